import { expect, test } from "@jest/globals";
import { valueAt } from "../../../lib/base/json";
import { sentence } from "../../../lib/base/problem";
import { partsOfSpec } from "../../../lib/cluster/parts";
import { clusterSpec } from "../../../lib/cluster/spec";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { kubeadmChangeProblems } from "../../../preflight/management/kubeadm";
import { readControlPlanes } from "../../../preflight/management/running";

const settingsOf = (kubeadm: object | undefined, more: object = {}) =>
  readSettings({ config: { clusters: JSON.stringify([{ name: "a", kubeadm, loadBalancer: "none", ...more }]) }, pins });

/** The problems of other settings of kubeadm for a running cluster. */
const problems = (before: object | undefined, after: object | undefined, more: object = {}): string[] => {
  const [cluster] = settingsOf(before).clusters;
  if (cluster === undefined || cluster.backend === "template") throw new Error("no cluster");
  const kubeadmConfigSpec = valueAt(
    partsOfSpec(clusterSpec(cluster, cluster.backend)).controlPlane.owner,
    "spec",
    "kubeadmConfigSpec",
  );
  const item = {
    metadata: { namespace: "default", labels: { "cluster.x-k8s.io/cluster-name": "a" } },
    spec: { kubeadmConfigSpec },
    status: { version: "v1.34.4" },
  };
  const running = readControlPlanes(JSON.stringify({ items: [item] }));
  return kubeadmChangeProblems(settingsOf(after, more).clusters, running).map(sentence);
};
const cluster = (clusterConfiguration: object) => ({ clusterConfiguration });
const init = (maxPods: string, more: object = {}) => ({
  initConfiguration: { nodeRegistration: { kubeletExtraArgs: [{ name: "max-pods", value: maxPods }] }, ...more },
});

test.each<[object | undefined, object | undefined, string]>([
  [
    undefined,
    cluster({ certificatesDir: "/srv/pki" }),
    'clusters[0].kubeadm.clusterConfiguration.certificatesDir: expected no value while the cluster a exists, because Cluster API does not let it change, got "/srv/pki". Set it back. Or give the cluster another name',
  ],
  [
    cluster({ caCertificateValidityPeriodDays: 10 }),
    cluster({ caCertificateValidityPeriodDays: 20 }),
    "caCertificateValidityPeriodDays: expected 10 while the cluster a exists, because Cluster API does not let it change, got 20.",
  ],
  [
    cluster({ caCertificateValidityPeriodDays: 10 }),
    undefined,
    "caCertificateValidityPeriodDays: expected 10 while the cluster a exists, because Cluster API does not let it change, got none.",
  ],
  [
    init("60"),
    undefined,
    "clusters[0].kubeadm.initConfiguration: expected at least one field while the cluster a exists, because Cluster API does not let it be removed, got none. Keep one field in it, for example nodeRegistration: {imagePullPolicy: IfNotPresent}",
  ],
  [
    undefined,
    cluster({ etcd: { external: { endpoints: ["a"] } } }),
    "clusters[0].kubeadm.clusterConfiguration.etcd.external: expected no value while the cluster a exists",
  ],
  [
    cluster({ dns: { imageTag: "v1.12.1" } }),
    cluster({ dns: { imageTag: "v1.12.0" } }),
    "dns.imageTag: expected v1.12.1 or later, because Cluster API does not downgrade CoreDNS",
  ],
])("refuses a change from %j to %j", (before, after, text) =>
  expect(problems(before, after)).toEqual([expect.stringContaining(text)]),
);

test.each<[object | undefined, object | undefined]>([
  [undefined, undefined],
  [init("60"), init("60")],
  [init("60"), { initConfiguration: { nodeRegistration: { imagePullPolicy: "IfNotPresent" } } }],
  [undefined, init("60", { skipPhases: ["addon/kube-proxy"], patches: { directory: "/a" } })],
  [
    undefined,
    cluster({
      encryptionAlgorithm: "ECDSA-P256",
      apiServer: { certSANs: ["a"], extraArgs: [{ name: "a", value: "b" }] },
    }),
  ],
  [cluster({ encryptionAlgorithm: "ECDSA-P256", scheduler: { extraArgs: [{ name: "a", value: "b" }] } }), undefined],
  [{ files: [{ path: "/a", content: "b" }], preKubeadmCommands: ["a"] }, undefined],
  [cluster({ dns: { imageTag: "v1.12.0" } }), cluster({ dns: { imageTag: "v1.12.1" } })],
])("accepts a change from %j to %j", (before, after) => expect(problems(before, after)).toEqual([]));

test("accepts all changes of a cluster that other address families replace, and of a cluster that does not run", () => {
  const more = { podCidr: "fd00:64::/56", serviceCidr: "fd00:65::/112" };
  expect(problems(init("60"), undefined, more)).toEqual([]);
  expect(kubeadmChangeProblems(settingsOf(cluster({ certificatesDir: "/a" })).clusters, {})).toEqual([]);
});
