import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { sentence } from "../lib/base/problem";
import { parseManifest } from "../lib/kubernetes/manifest";
import { readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins } from "../lib/versions/pins";
import { ownerProblems } from "../preflight/manifests/owners";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, waitsFor } from "./helpers/recorder";

const location = "test/e2e/field/resourceSet.yaml";
const mockManifest = {
  name: location,
  crds: [],
  objects: parseManifest(readFileSync(location, "utf8"), location),
};

jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const all = inputs(settings);
    return Promise.resolve({ ...all, manifests: { ...all.manifests, management: [mockManifest] } });
  },
}));
const program = jest.requireActual<Program>("..");

describe("manifests for the management cluster", () => {
  let up: Recording;
  beforeAll(async () => {
    const clusters = [{ name: "sim", namespace: "team", backend: "inMemory", labels: { "example.org/a": "b" } }];
    up = await recordProgram(program, {
      preview: false,
      stack: "empty",
      config: { "slipway:clusters": JSON.stringify(clusters) },
    });
  });
  const set = (): ReturnType<Recording["find"]> =>
    up.find(`management-manifests/${location}/ClusterResourceSet/default/greeting`);

  test("come after Cluster API and the clusters' namespaces, and before the clusters", () => {
    expect(waitsFor(up, set(), up.find("cluster-api-webhooks"))).toBe(true);
    expect(waitsFor(up, set(), up.find("clusters/Namespace/team"))).toBe(true);
    expect(waitsFor(up, up.find("sim/Cluster/team/sim"), set())).toBe(true);
  });

  test("are selected by the labels of the Cluster object", () => {
    const { labels } = up.find("sim/Cluster/team/sim").inputs.metadata as { labels: object };
    expect(labels).toEqual({ "example.org/a": "b" });
  });
});

test("manifests for the management cluster define no object that Slipway creates there", () => {
  const config = { clusters: [{ name: "sim", namespace: "default", backend: "inMemory" }], managementManifests: ["a"] };
  const settings = readSettings({ config, pins });
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "capi-system" } };
  const { manifests } = inputs(settings);
  const problems = (objects: (typeof namespace)[]): string[] =>
    ownerProblems(settings, { ...manifests, management: [{ name: "a", crds: [], objects }] }).map(sentence);
  const installed = manifests.providers.flatMap(({ objects }) => objects).find(({ kind }) => kind === "Namespace");
  expect(problems([{ ...namespace, metadata: { name: "mine" } }])).toEqual([]);
  expect(problems([{ ...namespace, metadata: { name: installed!.metadata.name } }])).toEqual([
    expect.stringMatching(/^managementManifests a: expected no object that .* creates in the same cluster/),
  ]);
});
