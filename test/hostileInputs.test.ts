import { describe, expect, jest, test } from "@jest/globals";
import type { Problem } from "../lib/base/problem";
import { describeSettings } from "../lib/settings/docs";
import { clusterFields } from "../lib/settings/schema/cluster";
import { readSettings, SettingsError } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins } from "../lib/versions/pins";
import { inputs } from "./helpers/fixtures";
import { hostileTexts } from "./helpers/hostileTexts";
import { type Program, recordProgram } from "./helpers/program";
import type { Registration } from "./helpers/recorder";

const mockArchiveSum = "0".repeat(64);
const mockExisting = { kubeconfig: "{}", uid: "0d3c", namespaces: {}, hasClusterApi: true, running: {} };
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const { archive } = settings.capd;
    return Promise.resolve({
      ...inputs(settings),
      ...(archive === "" ? {} : { capd: { archive: { path: archive, sha256: mockArchiveSum } } }),
      ...(settings.management.kubeconfig === "" ? {} : { existing: mockExisting }),
    });
  },
}));
const program = jest.requireActual<Program>("..");

/** Where a text can stand in a stack's settings: how it is given there, and what an error calls the place. */
interface Location {
  key: string;
  config: (text: string) => Record<string, unknown>;
}

const stringsOf = (table?: typeof clusterFields): string[] =>
  describeSettings(table).flatMap(({ key, type }) => (type === "string" ? [key] : []));

// The block of addresses that the mocked service answers with.
const cluster = { name: "east", loadBalancerSlot: 0 };

const inCluster = (field: string, value: (text: string) => unknown, key = field): Location => ({
  key: `clusters[0].${key}`,
  config: (text) => ({ clusters: [{ ...cluster, [field]: value(text) }] }),
});

const inPool = (key: string, more: (text: string) => object): Location =>
  inCluster("workers", (text) => [{ name: "md-0", ...more(text) }], `workers[0].${key}`);

const inProvider = (field: string): Location => ({
  key: `providers[0].${field}`,
  config: (text) => ({
    providers: [{ name: "aws", version: "v2.13.0", manifest: "aws.yaml", [field]: text }],
  }),
});

const taint = { key: "example.org/gpu", effect: "NoSchedule" };

const places: Location[] = [
  ...stringsOf().map((key) => ({
    key,
    config: (text: string) => ({
      [key]: text,
      ...(key === "capdImageArchive" ? { capdImageSource: "archive" } : {}),
    }),
  })),
  ...stringsOf(clusterFields).map((field) => inCluster(field, (text) => text)),
  inCluster("manifests", (text) => [text]),
  inCluster("templateVariables", (text) => ({ [text]: "1" })),
  inPool("name", (text) => ({ name: text })),
  inPool("labels", (text) => ({ labels: { [text]: "1" } })),
  inPool("labels", (text) => ({ labels: { "example.org/a": text } })),
  inPool("taints[0].key", (text) => ({ taints: [{ ...taint, key: text }] })),
  inPool("taints[0].value", (text) => ({ taints: [{ ...taint, value: text }] })),
  inPool("taints[0].effect", (text) => ({ taints: [{ ...taint, effect: text }] })),
  ...["name", "version", "manifest"].map(inProvider),
  { key: "extraImages", config: (text) => ({ imageSource: "local", extraImages: [text] }) },
  { key: "featureGates", config: (text) => ({ featureGates: { [text]: "1" } }) },
  { key: "featureGates", config: (text) => ({ featureGates: { CLUSTER_TOPOLOGY: text } }) },
  { key: "templateSecrets", config: (text) => ({ templateSecrets: { [text]: "1" } }) },
];

/** Places of paths and of variables' values, which may be any text; everything else has a form of its own. */
const isFree = ({ key, config }: Location): boolean =>
  /Manifest$|\.manifests?$|\.cni$|\.template$|^managementKubeconfig$|^capdImageArchive$/.test(key) ||
  JSON.stringify(config("?")).includes('"CLUSTER_TOPOLOGY":"?"');

const problemsOf = (config: Record<string, unknown>): readonly Problem[] => {
  try {
    readSettings({ config, pins });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

const formed = places.filter((place) => !isFree(place));
const free = places.filter(isFree);

describe("a text that a shell or an option parser would act on", () => {
  test.each(
    formed.flatMap((place) =>
      Object.entries(hostileTexts).map(([what, text]) => [place.key, what, place, text] as const),
    ),
  )("is refused as %s: %s", (key, _, place, text) => {
    const problems = problemsOf(place.config(text));
    expect(problems.map((problem) => problem.key?.startsWith(key))).toContain(true);
  });

  test.each(free.filter(({ key }) => key !== "featureGates").map((place) => [place.key, place] as const))(
    "is not a path if it breaks the line: %s",
    (key, place) => {
      expect(problemsOf(place.config(hostileTexts["line break"])).map((problem) => problem.key)).toContainEqual(
        expect.stringContaining(key),
      );
    },
  );
});

/** The configuration as the CLI hands it to a program, of every place that takes the text, but for some. */
const configOf = (text: string, without: readonly string[]): Record<string, string> => {
  const configs = free
    .filter(({ key, config }) => !without.includes(key) && problemsOf(config(text)).length === 0)
    .map(({ config }) => config(text));
  const clusters = configs.flatMap((config) => (config["clusters"] ?? []) as object[]);
  const merged = Object.assign({}, ...configs, { clusters: [Object.assign({}, ...clusters)] }) as object;
  return Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [
      `slipway:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
};

/** What a Command hands to its script, or does not hand to it at all. */
const data = ["environment", "stdin", "triggers", "logging", "addPreviousOutputInEnv"];

const commandsOf = (registrations: Registration[]): Registration[] =>
  registrations.filter(({ type }) => type === "command:local:Command");

/** All of them in one, which is enough where nothing reads it; and an option, which has to come first. */
const whole = Object.entries(hostileTexts).flatMap(([what, text]) => (what === "line break" ? [] : text));
const freeTexts = { "all of these": whole.join(" "), "an option": hostileTexts["short option"] };

describe.each(Object.entries(freeTexts))("a path or a value that is %s", (_, text) => {
  test.each([
    ["a kind cluster", ["managementKubeconfig"]],
    ["a given management cluster", ["capdImageArchive"]],
  ])("reaches steps of a stack with %s as data only", async (_, without) => {
    // A template's location is read before the program asks for anything, and its cluster has no machines here.
    const config = configOf(text, [...without, "clusters[0].template", "providers[0].manifest"]);
    expect(Object.keys(config).length).toBeGreaterThan(8);
    const { registrations } = await recordProgram(program, { preview: false, stack: "empty", config });
    const commands = commandsOf(registrations);
    expect(commands.length).toBeGreaterThan(5);
    for (const { inputs: commandInputs } of commands) {
      const shell = Object.entries(commandInputs).filter(([key]) => !data.includes(key));
      // Only these three are ever read as shell, and they are paths of this repository.
      for (const [key, command] of shell) {
        expect(["create", "update", "delete"]).toContain(key);
        expect(command).toMatch(/^steps\/[a-z-]+$/);
      }
    }
    const archives = commands.filter(({ inputs: commandInputs }) => commandInputs["create"] === "steps/capd-archive");
    expect(archives.map(({ inputs: commandInputs }) => commandInputs["environment"])).toEqual(
      without.includes("capdImageArchive") ? [] : [expect.objectContaining({ ARCHIVE: text })],
    );
  });
});
