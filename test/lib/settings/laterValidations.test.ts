import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { problemsOf } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { crdLimits, dockerWebhooks, nodes, readVersions, type Validation, webhooks } from "./laterValidations";

const messagesOf = (cluster: Record<string, unknown>): string[] => {
  const config = { clusters: JSON.stringify([{ name: "a", loadBalancer: "none", ...cluster }]) };
  return problemsOf(() => readSettings({ config, pins, route: "source" })).map(
    ({ key, rule }) => `${key}: expected ${rule}`,
  );
};

const all: Validation[] = [...Object.values(webhooks), ...Object.values(dockerWebhooks), crdLimits, nodes].flat();

test("the table of later validations was read for the pinned versions", () => {
  expect([pins.release.clusterApi, pins.source.clusterApi]).toEqual([readVersions.clusterApi, readVersions.clusterApi]);
  expect([pins.source.kubernetes, pins.release.kubernetes]).toEqual(readVersions.kubernetes);
});

test("each later validation is covered by a rule, or states why no setting breaks it", () =>
  expect(all.filter(({ covered, unreachable }) => (covered === undefined) === (unreachable === undefined))).toEqual(
    [],
  ));

const cases = all.flatMap(({ of, message, covered = [] }) =>
  [covered]
    .flat()
    .map(({ cluster, error }) => [`${of}: ${message}`, JSON.stringify(cluster).slice(0, 100), error, cluster] as const),
);

describe("what a webhook or a node would refuse later is refused before work", () => {
  test.each(cases)("%s, by %s", (_, __, error, cluster) =>
    expect(messagesOf(cluster)).toEqual(expect.arrayContaining([expect.stringContaining(error)])),
  );
});

describe("what nodes and webhooks accept is accepted", () => {
  const labels = (keys: string[]) => ({
    workers: [{ name: "p", labels: Object.fromEntries(keys.map((key) => [key, "a"])) }],
  });
  test.each([
    [
      "labels of a kubelet",
      labels([
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
        "node.kubernetes.io/instance-type",
        "kubelet.kubernetes.io/x",
      ]),
    ],
    ["labels below a kubelet's domains", labels(["a.node.kubernetes.io/x", "a.b.kubelet.kubernetes.io/x"])],
    [
      "labels that Cluster API sets",
      labels(["node-role.kubernetes.io/batch", "a.node-restriction.kubernetes.io/x", "node.cluster.x-k8s.io/x"]),
    ],
    [
      "labels of other domains",
      labels(["tier", "example.org/tier", "notkubernetes.io/x", "x-k8s.io/a", "cluster.x-k8s.io/y"]),
    ],
    [
      "labels for a simulated node",
      { ...labels(["kubernetes.io/role"]), backend: "inMemory", loadBalancer: undefined },
    ],
    ["no limit for the start of a node", { healthCheck: { nodeStartupTimeoutSeconds: 0 } }],
    ["the shortest limit for the start of a node", { healthCheck: { nodeStartupTimeoutSeconds: 30 } }],
    [
      "one taint with two effects",
      { workers: [{ name: "p", taints: ["NoSchedule", "NoExecute"].map((effect) => ({ key: "a", effect })) }] },
    ],
    ["a network with room for exactly its nodes", { podCidr: "10.0.0.0/23", cni: "kindnet" }],
  ])("%s", (_, cluster) => expect(messagesOf(cluster)).toEqual([]));
});

/** The folder of a module in Go's cache, which the source route fills. */
const sourceOf = (module: string): string => {
  try {
    const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
    return join(cache, "sigs.k8s.io", `${module}@v${readVersions.clusterApi}`);
  } catch {
    return "/nowhere"; // without Go there are no sources
  }
};

describe.each([
  ["cluster-api", webhooks],
  ["cluster-api/test", dockerWebhooks],
])("the sources of %s", (module, table) => {
  const folder = sourceOf(module);
  const withSources = existsSync(folder) ? test : test.skip;
  withSources.each(Object.keys(table))("%s has each validation of the table", (file) => {
    const text = readFileSync(join(folder, file), "utf8");
    expect((table[file] ?? []).filter(({ message }) => !text.includes(message)).map(({ message }) => message)).toEqual(
      [],
    );
  });
});
