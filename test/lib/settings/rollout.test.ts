import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { rollingMachines, rolloutShortages } from "../../../lib/settings/rollout";
import { readSettings } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { rollsClusters } from "../../../preflight/management/running";

const release = {
  ...{ kind: "0.33.0", kubernetes: "1.36.4", clusterApi: "1.14.2", certManager: "1.21.2" },
  ...{ calico: "3.32.2", flannel: "0.28.9", metallb: "0.16.1", nginx: "1.29.3" },
};
const pins = { release, source: { ...release, kubernetes: "1.34.4", etcd: "3.6.5" } };
const settingsOf = (config: Record<string, unknown>): Settings => readSettings({ config, pins });
const shortages = (config: Record<string, unknown>): string[] => rolloutShortages(settingsOf(config)).map(sentence);
const pool = (name: string, replicas: number) => ({ name, replicas });
const small = (workers: object[], more: object = {}) => ({
  networkSubnet: "172.30.5.0/28",
  clusters: [{ name: "a", workers, ...more }],
});

describe("the room of a rollout", () => {
  test.each<[string, Record<string, unknown>, string | undefined]>([
    ["fits with two spare addresses", small([pool("md-0", 1)]), undefined],
    [
      "is short in a subnet that the nodes fill",
      small([pool("md-0", 3)]),
      "networkSubnet: expected an address for each machine of a rollout: 4 nodes and 2 rolling machines, " +
        "got 172.30.5.0/28 (standing 4, rolling 2, free 0). Choose a larger networkSubnet, for example 172.18.0.0/16, " +
        "or fewer workerReplicas or workers.",
    ],
    ["is short by one machine of a second pool", small([pool("a", 1), pool("b", 1)]), "standing 3, rolling 3, free 1"],
    ["counts no machine for an empty pool", small([pool("a", 1), pool("b", 0)]), undefined],
    [
      "is short in a pod network",
      { clusters: [{ name: "a", podCidr: "10.64.0.0/23", workers: [pool("md-0", 1)] }] },
      "podCidr of cluster a: expected a /24 for each machine of a rollout: 2 nodes and 2 rolling machines, " +
        "got 10.64.0.0/23 (standing 2, rolling 2, free 0)",
    ],
    ["is not needed by clusters in memory", small([pool("md-0", 50)], { backend: "inMemory" }), undefined],
    [
      "is needed by all clusters at once",
      {
        networkSubnet: "172.30.5.0/27",
        loadBalancerPrefix: 30,
        clusters: ["a", "b"].map((name, loadBalancerSlot) => ({ name, loadBalancerSlot, workers: [pool("md-0", 4)] })),
      },
      "standing 10, rolling 4, free 1",
    ],
  ])("%s", (_, config, expected) => {
    if (expected === undefined) expect(shortages(config)).toEqual([]);
    else expect(shortages(config).join("\n")).toContain(expected);
  });

  test("counts one machine for the control plane and for each pool", () =>
    expect(rollingMachines(settingsOf(small([pool("a", 1), pool("b", 1)])))).toBe(3));

  test("is required for a new cluster and for an upgrade, not for a cluster that stays as it is", () => {
    const { clusters } = settingsOf(small([pool("md-0", 3)]));
    const running = (version: string) => ({ "default/a": { lowest: version, highest: version } });
    const [{ kubernetesVersion } = { kubernetesVersion: "" }] = clusters;
    expect(rollsClusters(clusters, {})).toBe(true);
    expect(rollsClusters(clusters, running("v1.30.0"))).toBe(true);
    expect(rollsClusters(clusters, running(kubernetesVersion))).toBe(false);
  });
});
