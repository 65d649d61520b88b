import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { readSettings } from "../../lib/settings/settings";
import { pins } from "../../lib/versions/pins";
import type { HostInspection } from "../../preflight/host/inspect";
import type { prepare as Prepare } from "../../preflight/prepare";

let mockHost: HostInspection;
let mockDocker: () => Promise<unknown>;
// The host and Docker are not asked: what they would say is given. Files and rules are the real ones.
jest.mock("../../preflight/host/inspect", () => ({ inspectHost: () => Promise.resolve(mockHost) }));
jest.mock("../../system/docker", () => ({
  imageIds: () => mockDocker().then((answer) => answer ?? {}),
  managementNode: () => mockDocker(),
}));
// No registry has any image.
jest.mock("../../preflight/images/registry", () => ({ askRegistry: () => Promise.resolve("missing") }));
jest.mock("../../preflight/management/inNode", () => ({
  managedClusters: () => Promise.resolve(undefined),
  runningVersions: () => Promise.resolve({ "default/capd": { lowest: "v1.33.0", highest: "v1.33.0" } }),
}));
const { prepare } = jest.requireActual<{ prepare: typeof Prepare }>("../../preflight/prepare");

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-prepare-"));
  process.chdir(folder);
  mockHost = { answers: true, problems: [], warnings: [] };
  mockDocker = () => Promise.resolve(undefined);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const manifests = Object.fromEntries(
  ["certManager", "core", "bootstrap", "controlPlane", "infrastructure", "cni", "loadBalancer"].map((name) => [
    `${name}Manifest`,
    `absent/${name}.yaml`,
  ]),
);
const config = { ...manifests, imageSource: "local", capdImageSource: "archive", capdImageArchive: "absent.tar" };

const problems = async (more: Record<string, unknown> = {}): Promise<string[]> => {
  const settings = readSettings({ config: { ...config, ...more }, pins });
  const error = await prepare(settings, "slipway/test").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message.split("\n");
};
const subjects = (lines: string[]): string[] => lines.map((line) => line.split(/[ :]/)[0] ?? "");

test("host, archive, manifests, network and versions are all said at once", async () => {
  mockHost = {
    answers: true,
    problems: ["memory: too little; have more"],
    warnings: [],
    network: { owner: "slipway/other", subnets: ["172.18.0.0/16"] },
  };
  mockDocker = () => Promise.resolve({ running: true, image: "kindest/node:v1.36.4" });
  const lines = await problems({ pins: "release", kubernetesVersion: "v1.36.4" });
  expect(subjects(lines).sort()).toEqual(
    [...Object.keys(manifests), "Docker", "capdImageArchive", "kubernetesVersion", "memory"].sort(),
  );
  // Each with what to do.
  expect(lines.every((line) => /[.;] ?\(?[A-Z]?[a-z]+ |; /.test(line))).toBe(true);
});

test("a Docker that is silent is said once, and beside it what needs no Docker", async () => {
  mockHost = { answers: false, problems: ["docker: no answer; start Docker"], warnings: [] };
  mockDocker = () => Promise.reject(new Error("Docker does not answer"));
  const lines = await problems();
  expect(subjects(lines).sort()).toEqual([...Object.keys(manifests), "capdImageArchive", "docker"].sort());
});

test("every cluster's own manifests and pod networks are read before the error", async () => {
  const clusters = [
    { name: "a", manifests: ["absent/x.yaml"], cni: "absent/net.yaml" },
    { name: "b", manifests: ["absent/y.yaml"] },
  ];
  const lines = await problems({ clusters });
  for (const file of ["x.yaml", "net.yaml", "y.yaml"]) expect(lines.join("\n")).toContain(`absent/${file}`);
});

test("a clone of Cluster API that is missing is reported with all other problems", async () => {
  const clone = { capdImageSource: "build", capdImageArchive: "", capdSource: "absent/cluster-api" };
  const lines = await problems(clone);
  expect(
    subjects(lines)
      .filter((subject) => subject !== "capdSource")
      .sort(),
  ).toEqual(Object.keys(manifests).sort());
  expect(lines.join("\n")).toContain("capdSource: expected the folder of a clone of cluster-api");
});

test("names an image of the Docker provider that no registry has any more, unless a node has the image", async () => {
  const pull = { capdImageSource: "pull", capdImageArchive: "" };
  expect(subjects(await problems(pull)).sort()).toEqual([...Object.keys(manifests), "capdImage"].sort());
  mockDocker = () => Promise.resolve({ running: false, image: "kindest/node:v1.36.4" });
  expect(subjects(await problems(pull)).sort()).toEqual(Object.keys(manifests).sort());
});
