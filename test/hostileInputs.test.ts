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

const mockArchiveChecksum = "0".repeat(64);
const mockImage = "slipway/capd-manager:000000000000";
const mockExisting = { kubeconfig: "{}", uid: "0d3c", namespaces: {}, hasClusterApi: true, running: {} };
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const { archive } = settings.capd;
    return Promise.resolve({
      ...inputs(settings),
      ...(settings.capd.clone === undefined ? {} : { capd: { image: mockImage, clone: settings.capd.clone } }),
      ...(archive === "" ? {} : { capd: { archive: { path: archive, sha256: mockArchiveChecksum } } }),
      ...(settings.management.kubeconfig === "" ? {} : { existing: mockExisting }),
    });
  },
}));
const program = jest.requireActual<Program>("..");

/** A place for a string in a stack's settings: the key in errors, and the settings with a string in this place. */
interface Location {
  key: string;
  config: (text: string) => Record<string, unknown>;
}

const stringsOf = (table?: typeof clusterFields): string[] =>
  describeSettings(table).flatMap(({ key, type }) => (type === "string" ? [key] : []));

// The mocked service has an address of this slot's block.
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

const locations: Location[] = [
  ...stringsOf().map((key) => ({
    key,
    config: (text: string) => ({
      [key]: text,
      ...(key === "capdImageArchive" ? { capdImageSource: "archive" } : {}),
      ...(key === "capdSource" ? { capdImageSource: "build" } : {}),
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

/** Returns true for locations of paths and of variables' values, which accept any string on one line. */
const isFree = ({ key, config }: Location): boolean =>
  /Manifest$|\.(manifests?|cni|template)$|\]\.class$|^managementKubeconfig$|^capdImageArchive$|^capdSource$|^caBundle$/.test(
    key,
  ) || JSON.stringify(config("?")).includes('"CLUSTER_TOPOLOGY":"?"');

const problemsOf = (config: Record<string, unknown>): readonly Problem[] => {
  try {
    readSettings({ config, pins });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

const restricted = locations.filter((location) => !isFree(location));
const free = locations.filter(isFree);

describe("a string with a meaning for a shell or an option parser", () => {
  test.each(
    restricted.flatMap((location) =>
      Object.entries(hostileTexts).map(([name, text]) => [location.key, name, location, text] as const),
    ),
  )("is rejected in %s: %s", (key, _, location, text) => {
    const problems = problemsOf(location.config(text));
    expect(problems.map((problem) => problem.key?.startsWith(key))).toContain(true);
  });

  test.each(free.filter(({ key }) => key !== "featureGates").map((location) => [location.key, location] as const))(
    "with a line break is rejected as a path in %s",
    (key, location) => {
      expect(problemsOf(location.config(hostileTexts["line break"])).map((problem) => problem.key)).toContainEqual(
        expect.stringContaining(key),
      );
    },
  );
});

/** Returns the configuration that the CLI passes to a program, with the string in all locations that accept it. */
const configOf = (text: string, excluded: readonly string[]): Record<string, string> => {
  const configs = free
    .filter(({ key, config }) => !excluded.includes(key) && problemsOf(config(text)).length === 0)
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

/** Inputs of a Command that no shell interprets. */
const data = ["environment", "stdin", "triggers", "logging", "addPreviousOutputInEnv"];

const commandsOf = (registrations: Registration[]): Registration[] =>
  registrations.filter(({ type }) => type === "command:local:Command");

/** All hostile strings joined, and an option by itself, because only the start of an argument can be an option. */
const oneLine = Object.entries(hostileTexts).flatMap(([name, text]) => (name === "line break" ? [] : text));
const freeTexts = { "all hostile strings": oneLine.join(" "), "an option": hostileTexts["short option"] };

describe.each(Object.entries(freeTexts))("a path or a value with %s", (_, text) => {
  test.each([
    ["a kind cluster", ["managementKubeconfig", "capdSource"]],
    ["a clone of Cluster API", ["managementKubeconfig", "capdImageArchive"]],
    ["an existing management cluster", ["capdImageArchive", "capdSource"]],
  ])("reaches steps of a stack with %s only as data", async (_, excluded) => {
    // The program reads templates and classes before it registers resources, and this test has no such file.
    const files = ["clusters[0].template", "clusters[0].class", "providers[0].manifest"];
    const config = configOf(text, [...excluded, ...files]);
    expect(Object.keys(config).length).toBeGreaterThan(8);
    const { registrations } = await recordProgram(program, { preview: false, stack: "empty", config });
    const commands = commandsOf(registrations);
    expect(commands.length).toBeGreaterThan(5);
    for (const { inputs: commandInputs } of commands) {
      const shell = Object.entries(commandInputs).filter(([key]) => !data.includes(key));
      // A shell interprets only these three inputs, which are paths of this repository.
      for (const [key, command] of shell) {
        expect(["create", "update", "delete"]).toContain(key);
        expect(command).toMatch(/^steps\/[a-z-]+$/);
      }
    }
    const archives = commands.filter(({ inputs: commandInputs }) => commandInputs["create"] === "steps/capd-archive");
    expect(archives.map(({ inputs: commandInputs }) => commandInputs["environment"])).toEqual(
      excluded.includes("capdImageArchive") ? [] : [expect.objectContaining({ ARCHIVE: text })],
    );
    const builds = commands.filter(({ inputs: commandInputs }) => commandInputs["create"] === "steps/capd-build");
    expect(builds.map(({ inputs: commandInputs }) => commandInputs["environment"])).toEqual(
      excluded.includes("capdSource") ? [] : [expect.objectContaining({ CAPD_SOURCE: text, IMAGE: mockImage })],
    );
  });
});
