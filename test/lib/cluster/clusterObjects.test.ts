import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { clusterObjects, longestNames } from "../../../lib/cluster/objects";
import { machineOwners, partsOfSpec } from "../../../lib/cluster/parts";
import type { ClusterSpec, WorkerPool } from "../../../lib/cluster/spec";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { parseNetworks } from "../../../lib/network/parse";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const spec: ClusterSpec = {
  name: "capd",
  namespace: "default",
  kubernetesVersion: "v1.34.4",
  controlPlaneReplicas: 1,
  workerPools: [{ name: "md-0", replicas: 1 }],
  podCidr: parseNetworks("192.168.0.0/16"),
  serviceCidr: parseNetworks("10.128.0.0/12"),
  serviceDomain: "cluster.local",
  nodeImage: "kindest/node:v1.34.4",
  backend: "docker",
};

const all = (of: ClusterSpec): KubernetesObject[] => {
  const { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers } = clusterObjects(of);
  const pools = workers.flatMap((pool) => [pool.machineTemplate, pool.bootstrapTemplate, pool.deployment]);
  return [infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, ...pools];
};

const pool = (of: ClusterSpec, index = 0) => clusterObjects(of).workers[index]!;

describe("the seed's cluster", () => {
  test("is these objects", () => {
    expect(all(spec)).toMatchSnapshot();
  });

  test("has every kind in v1beta2 and in the cluster's namespace", () => {
    for (const object of all({ ...spec, namespace: "team-a" })) {
      expect(object.apiVersion).toMatch(/\.x-k8s\.io\/v1beta2$/);
      expect(object.metadata.namespace).toBe("team-a");
    }
  });
});

describe("references", () => {
  test("name objects that are there", () => {
    const objects = all({
      ...spec,
      workerPools: [...spec.workerPools, { name: "gpu", replicas: 2, labels: { a: "b" } }],
    });
    const names = objects.map(({ apiVersion, kind, metadata }) =>
      [apiVersion.split("/")[0], kind, metadata.name].join("|"),
    );
    const refs: string[] = [];
    JSON.stringify(objects, (key, value: unknown) => {
      if (/Ref$/.test(key)) {
        expect(Object.keys(value as object)).toEqual(["apiGroup", "kind", "name"]);
        refs.push(Object.values(value as object).join("|"));
      }
      return value;
    });
    expect(refs).toHaveLength(2 + 1 + 2 * 2);
    expect(names).toEqual(expect.arrayContaining(refs));
  });

  test("a deployment selects the labels of its own machines", () => {
    const deployment = pool(spec).deployment as unknown as {
      spec: { selector: { matchLabels: object }; template: { metadata: { labels: object } } };
    };
    expect(deployment.spec.template.metadata.labels).toMatchObject(deployment.spec.selector.matchLabels);
  });
});

describe("versions", () => {
  test.each(["1.34.4", "v1.34.4"])("%s is written with the v that Cluster API would put there", (kubernetesVersion) => {
    const { controlPlane, workers } = clusterObjects({ ...spec, kubernetesVersion });
    expect(controlPlane["spec"]).toMatchObject({ version: "v1.34.4" });
    expect(workers[0]?.deployment["spec"]).toMatchObject({ template: { spec: { version: "v1.34.4" } } });
  });
});

describe("machines", () => {
  const backendOf = (object: KubernetesObject): unknown =>
    (object["spec"] as { template: { spec: { backend: unknown } } }).template.spec.backend;

  test.each([
    [{}, { docker: { customImage: "kindest/node:v1.34.4" } }],
    [{ nodeImage: undefined }, { docker: {} }],
  ] as [Partial<ClusterSpec>, unknown][])("with %j have the backend %j", (change, expected) => {
    const changed = { ...spec, ...change };
    expect(backendOf(clusterObjects(changed).controlPlaneTemplate)).toEqual(expected);
    expect(backendOf(pool(changed).machineTemplate)).toEqual(expected);
  });

  test("in memory have times instead of images", () => {
    const objects = clusterObjects({ ...spec, backend: "inMemory" });
    expect(objects.infrastructureCluster["spec"]).toEqual({ backend: { inMemory: {} } });
    // Without any annotation the provider panics.
    expect(Object.keys(objects.infrastructureCluster.metadata.annotations ?? {})).not.toEqual([]);
    expect(backendOf(objects.controlPlaneTemplate)).toMatchObject({
      inMemory: { vm: { provisioning: { startupDuration: "10s" } }, etcd: {} },
    });
    expect(JSON.stringify(objects)).not.toMatch(/docker:|customImage/);
  });
});

describe("worker pools", () => {
  const labelled: WorkerPool = {
    name: "gpu",
    replicas: 3,
    labels: {
      zone: "b",
      "example.org/gpu": "yes",
      "node.cluster.x-k8s.io/pool": "gpu",
      "team.node.cluster.x-k8s.io/x": "1",
      "node-role.kubernetes.io/worker": "",
      "x.node-restriction.kubernetes.io/y": "2",
      "other-node.cluster.x-k8s.io/z": "3",
    },
    taints: [{ key: "gpu", value: "only", effect: "NoSchedule" }],
  };

  test("labels that Cluster API propagates are the Machine's, others the kubelet's, and taints kubeadm's", () => {
    const { deployment, bootstrapTemplate } = pool({ ...spec, workerPools: [labelled] });
    expect(deployment["spec"]).toMatchObject({
      replicas: 3,
      template: {
        metadata: {
          labels: {
            "cluster.x-k8s.io/cluster-name": "capd",
            "cluster.x-k8s.io/deployment-name": "capd-gpu",
            "node-role.kubernetes.io/worker": "",
            "node.cluster.x-k8s.io/pool": "gpu",
            "team.node.cluster.x-k8s.io/x": "1",
            "x.node-restriction.kubernetes.io/y": "2",
          },
        },
      },
    });
    expect(bootstrapTemplate["spec"]).toEqual({
      template: {
        spec: {
          joinConfiguration: {
            nodeRegistration: {
              kubeletExtraArgs: [
                { name: "node-labels", value: "example.org/gpu=yes,other-node.cluster.x-k8s.io/z=3,zone=b" },
              ],
              taints: [{ key: "gpu", value: "only", effect: "NoSchedule" }],
            },
          },
        },
      },
    });
  });

  test("a pool without labels of the kubelet and taints has a bootstrap template without a spec", () => {
    expect(
      pool({ ...spec, workerPools: [{ name: "a", replicas: 1, labels: {}, taints: [] }] }).bootstrapTemplate["spec"],
    ).toBe(undefined);
  });

  test.each([["cp"], ["control-plane"], ["a", "b", "a"]])("named %s are refused", (...names) => {
    const workerPools = names.map((name) => ({ name, replicas: 1 }));
    expect(() => clusterObjects({ ...spec, workerPools })).toThrow(
      /a worker pool of capd: expected a name other than .* Rename the pool\./,
    );
  });

  test("own machines by the names of their deployments, beside the control plane", () => {
    const workerPools = [...spec.workerPools, { name: "gpu", replicas: 0 }];
    expect(machineOwners(partsOfSpec({ ...spec, workerPools }))).toEqual([
      "capd-control-plane",
      "capd-md-0",
      "capd-gpu",
    ]);
  });

  test("no pools are no objects", () => {
    expect(clusterObjects({ ...spec, workerPools: [] }).workers).toEqual([]);
  });
});

describe("names of templates", () => {
  const names = (of: ClusterSpec) => {
    const { controlPlaneTemplate, workers } = clusterObjects(of);
    return {
      controlPlane: controlPlaneTemplate.metadata.name,
      machine: workers[0]?.machineTemplate.metadata.name,
      bootstrap: workers[0]?.bootstrapTemplate.metadata.name,
    };
  };
  const before = names(spec);
  const machines = { controlPlane: false, machine: false, bootstrap: true };
  const nothing = { controlPlane: true, machine: true, bootstrap: true };

  test.each([
    ["nothing", {}, nothing],
    ["replicas", { controlPlaneReplicas: 3, workerPools: [{ name: "md-0", replicas: 5 }] }, nothing],
    ["networks", { podCidr: parseNetworks("10.0.0.0/16"), serviceDomain: "x.y" }, nothing],
    ["namespace", { namespace: "other" }, nothing],
    [
      "a label that is propagated",
      { workerPools: [{ name: "md-0", replicas: 1, labels: { "node.cluster.x-k8s.io/a": "b" } }] },
      nothing,
    ],
    ["node image", { nodeImage: "kindest/node:v1.34.5" }, machines],
    ["backend", { backend: "inMemory" }, machines],
    [
      "a label of the kubelet",
      { workerPools: [{ name: "md-0", replicas: 1, labels: { a: "b" } }] },
      { ...nothing, bootstrap: false },
    ],
    [
      "a taint",
      { workerPools: [{ name: "md-0", replicas: 1, taints: [{ key: "a", effect: "NoExecute" }] }] },
      { ...nothing, bootstrap: false },
    ],
  ] as [string, Partial<ClusterSpec>, typeof nothing][])(
    "after a change of %s stay or change as they must",
    (_, change, stays) => {
      const after = names({ ...spec, ...change });
      expect({
        controlPlane: after.controlPlane === before.controlPlane,
        machine: after.machine === before.machine,
        bootstrap: after.bootstrap === before.bootstrap,
      }).toEqual(stays);
    },
  );

  const label = (maxLength: number) =>
    fc
      .string({ unit: fc.constantFrom(..."abcxyz0189-"), minLength: 1, maxLength })
      .filter((text) => /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text));
  const text = fc.string({ minLength: 1, maxLength: 12 });
  const anySpec: fc.Arbitrary<ClusterSpec> = fc
    .record({
      name: label(longestNames.cluster),
      pools: fc.uniqueArray(
        fc.record({
          name: label(7),
          replicas: fc.nat(9),
          labels: fc.dictionary(text, text, { noNullPrototype: true }),
        }),
        {
          selector: (one) => one.name,
          maxLength: 3,
        },
      ),
      nodeImage: fc.option(text, { nil: undefined }),
      backend: fc.constantFrom("docker" as const, "inMemory" as const),
      controlPlaneReplicas: fc.constantFrom(1, 3, 5),
    })
    .map(({ pools, nodeImage, ...rest }) => ({
      ...spec,
      ...rest,
      ...(nodeImage === undefined ? {} : { nodeImage }),
      workerPools: pools,
    }));

  test("are valid, short enough for what is derived from them, and unique in their kind", () => {
    fc.assert(
      fc.property(anySpec, (any) => {
        const objects = all(any);
        for (const { kind, metadata } of objects) {
          expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
          if (kind === "KubeadmControlPlane") expect(`${metadata.name}-xxxxx`.length).toBeLessThanOrEqual(63);
          if (kind === "MachineDeployment") expect(`${metadata.name}-xxxxx-xxxxx`.length).toBeLessThanOrEqual(63);
        }
        expect(new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).size).toBe(objects.length);
      }),
      { numRuns: 300 },
    );
  });

  test("depend on the content alone", () => {
    fc.assert(
      fc.property(anySpec, (any) => {
        const reordered = {
          ...any,
          workerPools: any.workerPools.map(({ labels = {}, ...rest }) => ({
            ...rest,
            labels: Object.fromEntries(Object.entries(labels).reverse()),
          })),
        };
        expect(all(reordered)).toEqual(all(any));
      }),
      { numRuns: 300 },
    );
  });

  test("differ where contents differ", () => {
    fc.assert(
      fc.property(anySpec, anySpec, (one, other) => {
        const [a, b] = [one, other].map((any) => clusterObjects({ ...any, name: "same" }).controlPlaneTemplate);
        expect(a?.metadata.name === b?.metadata.name).toBe(JSON.stringify(a?.["spec"]) === JSON.stringify(b?.["spec"]));
      }),
      { numRuns: 300 },
    );
  });
});

describe("the real CRDs", () => {
  const labels = { a: "b", "node.cluster.x-k8s.io/c": "d" };
  const taints: WorkerPool["taints"] = [{ key: "k", effect: "NoSchedule" }];

  test.each([
    ["the seed's cluster", {}],
    ["labels and taints", { workerPools: [{ name: "a", replicas: 0, labels, taints }] }],
    ["the backend in memory", { backend: "inMemory" }],
  ] as [string, Partial<ClusterSpec>][])(
    "accept %s",
    async (_, change) => {
      const crds = await realCrds();
      expect(all({ ...spec, ...change }).flatMap((object) => misfits(object, crds))).toEqual([]);
    },
    fetchTimeout,
  );

  test(
    "would not accept a field of another version",
    async () => {
      const controlPlane = clusterObjects(spec).controlPlane;
      const old = {
        ...controlPlane,
        spec: { ...(controlPlane["spec"] as object), rolloutStrategy: {}, replicas: "1" },
      };
      expect(misfits(old, await realCrds())).toEqual([
        'KubeadmControlPlane.spec.replicas: must be integer, and is "1"',
        "KubeadmControlPlane.spec.rolloutStrategy: unknown",
      ]);
    },
    fetchTimeout,
  );
});
