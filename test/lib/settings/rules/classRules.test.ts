import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";

const quick = { name: "a", class: "classes/quick.yaml" };
const read = (cluster: object, more: object = {}) => readSettings({ config: { clusters: [cluster], ...more }, pins });
const messagesOf = (cluster: object, more: object = {}): string[] =>
  problemsOf(() => read(cluster, more)).map(sentence);

describe("a cluster with a class", () => {
  test("has its source and values as they are written, and switches classes on", () => {
    const variables = { security: { enabled: false, level: 3 }, tag: "1" };
    const settings = read({ ...quick, variables, workers: [{ name: "md-1", class: "gpu" }] });
    expect(settings.clusters[0]).toMatchObject({
      backend: "docker",
      class: { source: "classes/quick.yaml", variables },
      workerPools: [{ name: "md-1", workerClass: "gpu", replicas: 1 }],
    });
    expect(settings.featureGates).toEqual({ CLUSTER_TOPOLOGY: "true" });
    expect(read({ name: "a" }).featureGates).toEqual({});
    expect(read({ name: "a" }).clusters[0]).not.toHaveProperty("class");
  });

  test("reads values from the text that Pulumi passes to a program", () => {
    const clusters = JSON.stringify([{ ...quick, variables: { security: { enabled: false } } }]);
    const settings = readSettings({ config: { clusters }, pins });
    expect(settings.clusters[0]?.class?.variables).toEqual({ security: { enabled: false } });
  });

  test.each<[string, object, object, RegExp]>([
    [
      "variables without a class",
      { name: "a", variables: { b: 1 } },
      {},
      /^clusters\[0\]\.variables: expected no value without a class/,
    ],
    [
      "a worker class without a class",
      { name: "a", workers: [{ name: "b", class: "c" }] },
      {},
      /^clusters\[0\]\.workers\[0\]\.class: expected no value without a class/,
    ],
    [
      "a health check",
      { ...quick, healthCheck: {} },
      {},
      /^clusters\[0\]\.healthCheck: expected no value beside class/,
    ],
    [
      "taints of a pool",
      { ...quick, workers: [{ name: "b", taints: [{ key: "c", effect: "PreferNoSchedule" }] }] },
      {},
      /^clusters\[0\]\.workers\[0\]\.taints: expected no value beside class/,
    ],
    [
      "labels that only a kubelet sets",
      { ...quick, workers: [{ name: "b", labels: { disk: "ssd" } }] },
      {},
      /^clusters\[0\]\.workers\[0\]\.labels: expected a label that Cluster API copies.*Write it as node\.cluster\.x-k8s\.io\/disk/,
    ],
    [
      "a switched-off gate",
      quick,
      { featureGates: { CLUSTER_TOPOLOGY: "false" } },
      /^featureGates\.CLUSTER_TOPOLOGY: expected true or no value, because cluster a has a class/,
    ],
  ])("refuses %s", (_, cluster, more, message) => {
    expect(messagesOf(cluster, more)).toEqual([expect.stringMatching(message)]);
  });

  test("may have labels that Cluster API copies to nodes", () => {
    expect(messagesOf({ ...quick, workers: [{ name: "b", labels: { "node-role.kubernetes.io/gpu": "" } }] })).toEqual(
      [],
    );
  });

  test("keeps variables in the template beside a template", () => {
    const providers = [{ name: "own", version: "v1.0.0", manifest: "own.yaml" }];
    const cluster = { name: "a", template: "t.yaml", class: "quick", variables: { b: 1 } };
    expect(messagesOf(cluster, { providers })[0]).toContain(
      "expected no value beside template, whose Cluster has the variables",
    );
  });
});
