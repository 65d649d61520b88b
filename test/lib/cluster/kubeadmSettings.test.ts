import { describe, expect, test } from "@jest/globals";
import { valueAt } from "../../../lib/base/json";
import { withTemplateSecrets, withKubeadm } from "../../../lib/cluster/kubeadm";
import { clusterObjects } from "../../../lib/cluster/objects";
import type { ClusterSpec } from "../../../lib/cluster/spec";
import { SecretValue } from "../../../lib/kubernetes/secrets/secretValue";
import { parseNetworks } from "../../../lib/network/parse";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const spec: ClusterSpec = {
  name: "a",
  namespace: "default",
  kubernetesVersion: "v1.34.4",
  controlPlaneReplicas: 1,
  workerPools: [{ name: "md-0", replicas: 1 }],
  podCidr: parseNetworks("10.64.0.0/16"),
  serviceCidr: parseNetworks("10.128.0.0/12"),
  serviceDomain: "cluster.local",
  backend: "docker",
};
const objectsOf = (more: Partial<ClusterSpec>) => clusterObjects({ ...spec, ...more });
const ofControlPlane = (more: Partial<ClusterSpec>): unknown =>
  valueAt(objectsOf(more).controlPlane, "spec", "kubeadmConfigSpec");
const ofPool = (pool: Partial<ClusterSpec["workerPools"][number]>, more: Partial<ClusterSpec> = {}): unknown => {
  const [worker] = objectsOf({ ...more, workerPools: [{ name: "md-0", replicas: 1, ...pool }] }).workers;
  return valueAt(worker?.bootstrapTemplate, "spec", "template", "spec");
};
const kubelet = (name: string, value: string) => ({ nodeRegistration: { kubeletExtraArgs: [{ name, value }] } });
const ownNames = ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"];

describe("settings of kubeadm", () => {
  test("are added to those of the control plane, Slipway's items of lists first and each item once", () => {
    const kubeadm = {
      clusterConfiguration: {
        apiServer: { certSANs: ["api.example.org", "localhost"] },
        encryptionAlgorithm: "RSA-3072",
      },
      preKubeadmCommands: ["mine"],
    };
    expect(ofControlPlane({ kubeadm })).toEqual({
      clusterConfiguration: {
        apiServer: { certSANs: [...ownNames, "api.example.org"] },
        encryptionAlgorithm: "RSA-3072",
      },
      preKubeadmCommands: ["mine"],
    });
    const dual = ofControlPlane({ kubeadm, podCidr: parseNetworks("10.64.0.0/16,fd00:64::/56") });
    expect(valueAt(dual, "preKubeadmCommands")).toEqual([expect.stringContaining("sed -i"), "mine"]);
  });

  test("of a pool are added to its labels, and give the template another name", () => {
    const labels = { "example.org/a": "b" };
    const joinConfiguration = kubelet("max-pods", "60");
    const labelled = { name: "node-labels", value: "example.org/a=b" };
    expect(ofPool({ labels, kubeadm: { joinConfiguration } })).toEqual({
      joinConfiguration: {
        nodeRegistration: { kubeletExtraArgs: [labelled, ...joinConfiguration.nodeRegistration.kubeletExtraArgs] },
      },
    });
    expect(ofPool({ kubeadm: { files: [{ path: "/a" }] } })).toEqual({ files: [{ path: "/a" }] });
    const nameOf = (kubeadm: object): string | undefined =>
      objectsOf({ workerPools: [{ name: "md-0", replicas: 1, kubeadm: { ...kubeadm } }] }).workers[0]?.bootstrapTemplate
        .metadata.name;
    expect(nameOf({ files: [{ path: "/a" }] })).not.toBe(nameOf({ files: [{ path: "/b" }] }));
    expect(nameOf({ files: [{ path: "/a", content: "b" }] })).toBe(nameOf({ files: [{ content: "b", path: "/a" }] }));
  });

  test("change nothing where they are absent", () => {
    const base = { a: [1] };
    expect(withKubeadm(base, undefined)).toBe(base);
    expect(objectsOf({})).toEqual(clusterObjects(spec));
  });

  test("get values of templateSecrets, marked as secrets; all other variables stay", () => {
    const kubeadm = {
      files: [{ path: "/a", content: "password: ${PASSWORD}\nhome: ${HOME}" }],
      preKubeadmCommands: ["${A}"],
    };
    const filled = withTemplateSecrets({ ...spec, kubeadm }, { PASSWORD: "hunter2" });
    expect(filled.kubeadm).toEqual({
      files: [{ path: "/a", content: new SecretValue("password: hunter2\nhome: ${HOME}") }],
      preKubeadmCommands: ["${A}"],
    });
    const pools = [{ name: "p", replicas: 1, kubeadm: { files: [{ path: "/a", content: "${PASSWORD}" }] } }];
    const template = clusterObjects(withTemplateSecrets({ ...spec, workerPools: pools }, { PASSWORD: "hunter2" }));
    expect(
      valueAt(template.workers[0]?.bootstrapTemplate, "spec", "template", "spec", "files", "0", "content"),
    ).toEqual(new SecretValue("hunter2"));
  });
});

describe("mounts", () => {
  const mount = (path: string, readOnly = true) => ({ hostPath: path, containerPath: path, readOnly });
  const mountsOf = (template: unknown): unknown =>
    valueAt(template, "spec", "template", "spec", "backend", "docker", "extraMounts");

  test("are those of the cluster on all machines, and those of a pool in addition", () => {
    const workerPools = [
      { name: "md-0", replicas: 1 },
      { name: "p", replicas: 1, mounts: [mount("/b", false)] },
    ];
    const { controlPlaneTemplate, workers } = objectsOf({ mounts: [mount("/a")], workerPools });
    const [first, second] = workers.map(({ machineTemplate }) => mountsOf(machineTemplate));
    expect([mountsOf(controlPlaneTemplate), first]).toEqual([[mount("/a")], [mount("/a")]]);
    // Cluster API omits false.
    expect(second).toEqual([mount("/a"), { hostPath: "/b", containerPath: "/b" }]);
  });

  test("change nothing where they are absent", () => {
    expect(mountsOf(objectsOf({}).controlPlaneTemplate)).toBeUndefined();
  });
});

test(
  "objects with all of the settings fit the real CRDs",
  async () => {
    const kubeadm = {
      clusterConfiguration: { apiServer: { extraArgs: [{ name: "profiling", value: "false" }] } },
      joinConfiguration: { nodeRegistration: { taints: [] } },
      files: [{ path: "/a", content: "b" }],
    };
    const workerPools = [{ name: "p", replicas: 1, kubeadm: { joinConfiguration: kubelet("max-pods", "60") } }];
    const mounts = [{ hostPath: "/a", containerPath: "/b", readOnly: true }];
    const { controlPlane, controlPlaneTemplate, workers } = objectsOf({ kubeadm, workerPools, mounts });
    const crds = await realCrds();
    const objects = [
      controlPlane,
      controlPlaneTemplate,
      ...workers.flatMap((worker) => [worker.machineTemplate, worker.bootstrapTemplate, worker.deployment]),
    ];
    expect(objects.flatMap((object) => misfits(object, crds))).toEqual([]);
  },
  fetchTimeout,
);
