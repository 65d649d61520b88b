import { describe, expect, test } from "@jest/globals";
import {
  type DeletedObject,
  findLostClusters,
  findSecretWriters,
  recordedObjects,
  type RecordedResource,
} from "../../../lib/plan/deletedObjects";
import { deletedSteps } from "../../../lib/plan/deletedSteps";
import { deletionLines } from "../../../lib/plan/deletionText";
import { resourcesToForget, withoutObjects } from "../../../lib/plan/forgetDeleted";
import { changePlan } from "../../../lib/plan/plan";

const urn = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;
const component = urn("slipway:index:WorkloadCluster", "east");
const providerOf = (cluster: string): string => `${urn("pulumi:providers:kubernetes", cluster)}::1f0c`;

const object = (
  cluster: string,
  apiVersion: string,
  kind: string,
  name: string,
  more: Partial<RecordedResource> & { spec?: object; namespace?: string } = {},
): RecordedResource => {
  const { spec, namespace = "default", ...rest } = more;
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  return {
    urn: urn(type, `x/${kind}/${namespace}/${name}`),
    type,
    provider: providerOf(cluster),
    inputs: { apiVersion, kind, metadata: { name, namespace }, ...(spec ? { spec } : {}) },
    ...rest,
  };
};

const step = (name: string, create: string, dependencies: string[] = [], more: object = {}): RecordedResource => ({
  urn: urn("command:local:Command", name),
  type: "command:local:Command",
  dependencies,
  inputs: { create, ...more },
});

const references = {
  controlPlaneRef: { apiGroup: "controlplane.cluster.x-k8s.io", kind: "KubeadmControlPlane", name: "east-cp" },
  infrastructureRef: { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "DevCluster", name: "east" },
};
const cluster = object("clusterapi", "cluster.x-k8s.io/v1beta2", "Cluster", "east", {
  spec: references,
  parent: component,
});
const part = { parent: component, deletedWith: cluster.urn };
const controlPlane = object(
  "clusterapi",
  "controlplane.cluster.x-k8s.io/v1beta2",
  "KubeadmControlPlane",
  "east-cp",
  part,
);
const devCluster = object("clusterapi", "infrastructure.cluster.x-k8s.io/v1beta2", "DevCluster", "east", part);
const workers = object("clusterapi", "cluster.x-k8s.io/v1beta2", "MachineDeployment", "east-md-0", part);
const identity = { ...step("east-identity", "", []), parent: component };
const kubeconfig: RecordedResource = {
  ...object("clusterapi", "v1", "Secret", "east-kubeconfig", { external: true, parent: component }),
  id: "default/east-kubeconfig",
  inputs: {},
};
const crds = step("x/CustomResourceDefinitions", "steps/crds-apply", [], {
  delete: "steps/crds-delete",
  environment: { KUBECONFIG: ".slipway/kubeconfigs/dev/east.yaml" },
  stdin: "ipaddresspools.metallb.io 12 .slipway/crds/12.yaml\nbgppeers.metallb.io 34 .slipway/crds/34.yaml",
});
const controller = object("east", "apps/v1", "Deployment", "controller", { deletedWith: cluster.urn });
const webhook = step("east-metallb-webhook", "steps/wait-for-webhooks", [crds.urn, controller.urn]);
const pool = object("east", "metallb.io/v1beta1", "IPAddressPool", "slipway", {
  dependencies: [webhook.urn],
  propertyDependencies: { spec: [webhook.urn], metadata: null },
  deletedWith: cluster.urn,
});
const request = step("east-application-request", "steps/http-request", [pool.urn]);
const state = [
  ...[identity, cluster, devCluster, controlPlane, workers, kubeconfig],
  ...[crds, controller, webhook, pool, request],
];

const deleted = (resource: RecordedResource, isTerminating = false): DeletedObject => {
  const [[name, objects] = ["", []]] = [...recordedObjects([resource])];
  return { ...objects[0]!, cluster: name, isTerminating };
};

describe("the objects that a state says to exist", () => {
  test("are listed by cluster: CRDs of a step, but not what Pulumi only reads", () => {
    const result = recordedObjects(state);
    expect([...result.keys()]).toEqual(["clusterapi", "east"]);
    expect(result.get("clusterapi")?.map(({ kind }) => kind)).toEqual([
      "Cluster",
      "DevCluster",
      "KubeadmControlPlane",
      "MachineDeployment",
    ]);
    expect(result.get("east")?.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "CustomResourceDefinition ipaddresspools.metallb.io",
      "CustomResourceDefinition bgppeers.metallb.io",
      "Deployment controller",
      "IPAddressPool slipway",
    ]);
  });

  test.each([
    ["the rest of a replacement", object("east", "v1", "ConfigMap", "old", { delete: true })],
    [
      "a Job that Kubernetes deletes after its end",
      object("east", "batch/v1", "Job", "j", { spec: { ttlSecondsAfterFinished: 5 } }),
    ],
  ])("do not include %s", (_, resource) => expect(recordedObjects([resource]).size).toBe(0));
});

describe("a workload cluster", () => {
  test.each([
    ["its Cluster object", cluster],
    ["its control plane", controlPlane],
    ["its infrastructure object", devCluster],
  ])("is lost without %s", (_, resource) => {
    const [lost, ...otherClusters] = findLostClusters(state, [deleted(resource)]);
    expect(otherClusters).toEqual([]);
    expect(lost).toMatchObject({ name: "east", namespace: "default", identityUrn: identity.urn });
    expect(lost?.urns).toEqual(expect.arrayContaining([cluster.urn, pool.urn, kubeconfig.urn, workers.urn]));
    expect(lost?.urns).not.toContain(identity.urn);
  });

  test("is lost while its control plane is being deleted", () =>
    expect(findLostClusters(state, [deleted(controlPlane, true)])).toHaveLength(1));

  test.each([
    ["a MachineDeployment", workers],
    ["an object inside it", controller],
  ])("is not lost without %s", (_, resource) => expect(findLostClusters(state, [deleted(resource)])).toEqual([]));

  test("is not lost by the deletion of a namesake in another namespace", () => {
    const other = object("clusterapi", controlPlane.type.split(":")[1]!, "KubeadmControlPlane", "east-cp", {
      namespace: "other",
    });
    expect(findLostClusters(state, [{ ...deleted(other), urn: other.urn }])).toEqual([]);
  });
});

describe("a state without deleted objects", () => {
  test("lacks them and every reference to them", () => {
    const rest = withoutObjects(state, [controller.urn]);
    const urns = rest.map((resource) => resource.urn);
    expect(urns).not.toContain(controller.urn);
    const known = new Set(urns);
    for (const { dependencies = [], propertyDependencies = {} } of rest) {
      for (const needed of [...dependencies, ...Object.values(propertyDependencies).flatMap((list) => list ?? [])])
        expect(known.has(needed)).toBe(true);
    }
    expect(rest.find(({ urn: result }) => result === pool.urn)?.propertyDependencies).toEqual({
      spec: [],
      metadata: null,
    });
  });

  test("repeats the waits that depend on a deleted object, however far, and no others", () => {
    expect([...resourcesToForget(state, [controller.urn])]).toEqual([controller.urn, webhook.urn, request.urn]);
    expect([...resourcesToForget(state, [pool.urn])]).toEqual([pool.urn, request.urn]);
  });

  test("does not repeat waits for machines while other objects are still being deleted", () =>
    expect([...resourcesToForget(state, [controller.urn], true)]).toEqual([controller.urn, webhook.urn]));

  test("keeps everything if nothing was deleted", () => expect(withoutObjects(state, [])).toEqual(state));
});

describe("a plan after deletions", () => {
  const steps = (...changed: [RecordedResource, string][]) => [
    { op: "same", urn: component },
    ...state.map(({ urn: each, ...newState }) => ({
      op: changed.find(([resource]) => resource.urn === each)?.[1] ?? "same",
      urn: each,
      newState,
    })),
  ];
  const inComponent = (resource: RecordedResource): RecordedResource => ({
    ...resource,
    urn: resource.urn.replace("::slipway::", "::slipway::slipway:index:WorkloadCluster$"),
  });

  test("creates a deleted object again and does not call the cluster replaced", () => {
    const result = deletedSteps(state, { clusters: [], objects: [deleted(controller)], secrets: [] });
    const plan = changePlan(steps([controller, "replace"], [webhook, "replace"]), result);
    expect(
      plan.filter(({ change }) => change !== "unchanged").map(({ change, reasons }) => ({ change, reasons })),
    ).toEqual([{ change: "in place", reasons: ["Deployment default/controller was deleted and is created again"] }]);
  });

  test("names the deleted Cluster object and what is lost", () => {
    const lost = { ...findLostClusters(state, [deleted(cluster)])[0]!, identityUrn: inComponent(identity).urn };
    const replaced = [inComponent(identity), inComponent(cluster), inComponent(controlPlane)].map(
      ({ urn: each, ...oldState }) => ({ op: "replace", urn: each, oldState, newState: oldState }),
    );
    const result = deletedSteps(state, { clusters: [lost], objects: [], secrets: [] });
    const [east] = changePlan([{ op: "same", urn: component }, ...replaced], result).filter(({ part: name }) =>
      name.startsWith("cluster "),
    );
    expect(east).toMatchObject({ change: "replaced", reasons: ["Cluster default/east was deleted"] });
    expect(east?.lost.join()).toMatch(/everything in it, volumes and Secrets included/);
  });

  test("names the controller that writes a deleted kubeconfig Secret again", () => {
    const [[name, objects] = ["", []]] = [...recordedObjects(state, true)];
    const secrets = findSecretWriters(state, [{ ...objects[0]!, cluster: name, isTerminating: false }]);
    expect(deletionLines({ clusters: [], objects: [], secrets })).toEqual([
      "cluster clusterapi: Secret default/east-kubeconfig was deleted; " +
        "the controller of KubeadmControlPlane default/east-cp writes the Secret again",
    ]);
  });

  test("comes with a line for each deletion", () => {
    const clusters = findLostClusters(state, [deleted(controlPlane, true)]);
    expect(deletionLines({ clusters, objects: [deleted(controller)], secrets: [] })).toEqual([
      "cluster default/east: KubeadmControlPlane default/east-cp is being deleted, so everything in the cluster is lost; " +
        "make up creates the cluster again, empty",
      "cluster east: Deployment default/controller was deleted; make up creates the object again",
    ]);
  });
});
