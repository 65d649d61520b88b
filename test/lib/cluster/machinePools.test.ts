import { describe, expect, test } from "@jest/globals";
import { machineContainer } from "../../../lib/base/container";
import { problemsOf, sentence } from "../../../lib/base/problem";
import { clusterObjects } from "../../../lib/cluster/objects";
import { machineOwners, partsOfSpec } from "../../../lib/cluster/parts";
import { clusterSpec, countMostNodes } from "../../../lib/cluster/spec";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { neededContainerNames } from "../../../lib/settings/containerNames";
import { rollingMachines } from "../../../lib/settings/rollout";
import { readSettings } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { pins } from "../../../lib/versions/pins";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const pool = { name: "mp-0", type: "machinePool" };
const read = (workers: object[], cluster: object = {}, stack: object = {}): Settings =>
  readSettings({ config: { clusters: [{ name: "one", workers, ...cluster }], ...stack }, pins });
const messagesOf = (...args: Parameters<typeof read>): string[] => problemsOf(() => read(...args)).map(sentence);
const specOf = (...args: Parameters<typeof read>) => clusterSpec(read(...args).clusters[0]!, "docker");
const objectsOf = (workers: object[]): KubernetesObject[] =>
  clusterObjects(specOf(workers)).workers.flatMap(({ machineTemplate, bootstrapTemplate, deployment }) => [
    machineTemplate,
    bootstrapTemplate,
    deployment,
  ]);

const min = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size";
const max = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size";

describe("a MachinePool", () => {
  test("is one object with its infrastructure and its kubeadm settings", () => {
    const [infrastructure, bootstrap, owner] = objectsOf([{ ...pool, replicas: 2 }]);
    const image = specOf([pool]).nodeImage;
    expect(infrastructure).toMatchObject({
      kind: "DevMachinePool",
      metadata: { name: "one-mp-0", namespace: "default" },
      spec: { backend: { docker: { customImage: image } } },
    });
    expect(bootstrap).toMatchObject({ kind: "KubeadmConfig", metadata: { name: expect.stringMatching(/^one-mp-0-/) } });
    expect(owner).toMatchObject({
      kind: "MachinePool",
      metadata: { name: "one-mp-0", labels: { "cluster.x-k8s.io/cluster-name": "one" } },
      spec: {
        replicas: 2,
        template: {
          spec: {
            bootstrap: { configRef: { kind: "KubeadmConfig", name: bootstrap?.metadata.name } },
            infrastructureRef: { kind: "DevMachinePool", name: "one-mp-0" },
          },
        },
      },
    });
  });

  test("keeps the name of its infrastructure, which the provider rolls, and renames its kubeadm settings", () => {
    const taints = [{ key: "gpu", effect: "NoSchedule" }];
    const namesOf = (objects: KubernetesObject[]): string[] => objects.map(({ metadata }) => metadata.name);
    const [before, after] = [namesOf(objectsOf([pool])), namesOf(objectsOf([{ ...pool, taints }, { name: "a" }]))];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  test("gives its machines the labels that Cluster API copies, and its kubelets the other labels and the taints", () => {
    const labels = { "node.cluster.x-k8s.io/pool": "a", "example.org/b": "c" };
    const [, bootstrap, owner] = objectsOf([{ ...pool, labels, taints: [{ key: "x", effect: "PreferNoSchedule" }] }]);
    expect(owner).toMatchObject({
      spec: { template: { metadata: { labels: { "node.cluster.x-k8s.io/pool": "a" } } } },
    });
    expect(bootstrap).toMatchObject({
      spec: {
        joinConfiguration: {
          nodeRegistration: {
            kubeletExtraArgs: [{ name: "node-labels", value: "example.org/b=c" }],
            taints: [{ key: "x", effect: "PreferNoSchedule" }],
          },
        },
      },
    });
  });

  test(
    "fits the CRDs of the providers",
    async () => {
      const crds = await realCrds();
      const labels = { "node.cluster.x-k8s.io/pool": "a", "example.org/b": "c" };
      const bounds = { minReplicas: 0, maxReplicas: 3 };
      const objects = objectsOf([pool, { ...pool, name: "b", labels }, { ...pool, name: "c", ...bounds }]);
      expect(objects.flatMap((object) => misfits(object, crds))).toEqual([]);
    },
    fetchTimeout,
  );

  test("is awaited apart from pools with its name that are MachineDeployments", () => {
    const parts = partsOfSpec(specOf([pool, { name: "a" }]));
    expect(machineOwners(parts)).toEqual(["one-control-plane", "one-a"]);
    expect(parts.machinePools).toEqual(["one-mp-0"]);
    expect(partsOfSpec(specOf([{ name: "a" }]))).not.toHaveProperty("machinePools");
  });

  test("has no MachineHealthCheck, because Cluster API does not replace its machines", () => {
    const { healthChecks = [] } = partsOfSpec(specOf([pool, { name: "a" }], { healthCheck: {} }));
    expect(healthChecks.map(({ metadata }) => metadata.name)).toEqual(["one-a"]);
    expect(messagesOf([pool], { healthCheck: {} })).toEqual([
      expect.stringContaining("clusters[0].healthCheck: expected no value where all pools are MachinePools"),
    ]);
    expect(messagesOf([pool], { healthCheck: {}, controlPlaneReplicas: 3 })).toEqual([]);
  });

  test("needs room for all of its machines in a rollout, and its own names of containers", () => {
    expect(rollingMachines(read([{ ...pool, replicas: 3 }]))).toBe(1 + 3);
    expect(rollingMachines(read([{ name: "a", replicas: 3 }]))).toBe(1 + 1);
    const patterns = neededContainerNames(read([pool])).map(({ pattern }) => pattern);
    expect(patterns.some((pattern) => pattern.test("one-worker-a1b2c3"))).toBe(true);
  });

  test("has machines whose containers have the cluster's name before the machine's name", () => {
    expect(machineContainer("one", "worker-a1b2c3")).toBe("one-worker-a1b2c3");
    expect(machineContainer("one", "one-md-0-xxxxx-yyyyy")).toBe("one-md-0-xxxxx-yyyyy");
  });

  test.each<[string, object, object, string]>([
    ["in memory", { backend: "inMemory" }, {}, "machineDeployment where backend is inMemory"],
    ["without the feature", {}, { featureGates: { EXP_MACHINE_POOL: "false" } }, "where featureGates.EXP_MACHINE_POOL"],
  ])("is refused %s", (_, cluster, stack, rule) => {
    expect(messagesOf([pool], cluster, stack)).toEqual([expect.stringContaining(rule)]);
    expect(messagesOf([{ name: "a" }], cluster, stack)).toEqual([]);
  });
});

describe("the bounds of an autoscaler", () => {
  const bounds = { minReplicas: 1, maxReplicas: 4 };

  test.each([{ name: "a" }, pool])("are annotations, and leave the replicas of %j to others", (workers) => {
    const owner = objectsOf([{ ...workers, ...bounds }]).at(-1);
    expect(owner?.metadata.annotations).toEqual({ [min]: "1", [max]: "4" });
    expect(owner?.["spec"]).not.toHaveProperty("replicas");
  });

  test("count as the minimum in waits, and as the maximum in the needs of the host", () => {
    const spec = specOf([{ name: "a", ...bounds }]);
    expect(partsOfSpec(spec).nodes).toBe(2);
    expect(countMostNodes(spec)).toBe(5);
    expect(
      messagesOf([{ name: "a", minReplicas: 1, maxReplicas: 20 }], {}, { networkSubnet: "172.30.5.0/28" }),
    ).toEqual([expect.stringContaining("a subnet for 21 nodes")]);
  });

  test.each<[object, string]>([
    [{ ...bounds, replicas: 2 }, "either replicas, or minReplicas and maxReplicas"],
    [{ minReplicas: 1 }, "both minReplicas and maxReplicas"],
    [{ maxReplicas: 1 }, "both minReplicas and maxReplicas"],
    [{ minReplicas: 5, maxReplicas: 2 }, "got minReplicas 5, maxReplicas 2"],
  ])("%j are refused", (fields, rule) => {
    expect(messagesOf([{ name: "a", ...fields }])).toEqual([
      expect.stringMatching(new RegExp(`^clusters\\[0\\]\\.workers\\[0\\]: .*${rule}`)),
    ]);
  });

  test.each([{ replicas: 0 }, { minReplicas: 0, maxReplicas: 2 }])(
    "may be zero only without a load balancer and an application: %j",
    (fields) => {
      expect(messagesOf([{ name: "a", ...fields }])).toEqual([
        expect.stringContaining("clusters[0].workers: expected 1 or more where loadBalancer is metallb"),
      ]);
      expect(messagesOf([{ name: "a", ...fields }], { loadBalancer: "none" })).toEqual([]);
    },
  );
});
