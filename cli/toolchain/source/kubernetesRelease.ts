import { type KubernetesPins, pins } from "../../../lib/versions/pins";
import { minorOf, parseVersion } from "../../../lib/versions/semver";
import type { GoGroup } from "./goGroup";

const { source } = pins;

/** Returns the linker variables with the version of a Kubernetes project. */
export const gitVersion = (path: string, version: string): Record<string, string> => ({
  [`${path}.gitVersion`]: `v${version}`,
  [`${path}.gitMajor`]: String(parseVersion(version).major),
  [`${path}.gitMinor`]: String(parseVersion(version).minor),
  [`${path}.gitTreeState`]: "clean",
  [`${path}.gitCommit`]: "0000000000000000000000000000000000000000",
  [`${path}.buildDate`]: "1970-01-01T00:00:00Z",
});

/** Returns the suffix of a release's artifacts: empty for the pinned release, else for example `-1.33`. */
export const releaseSuffix = ({ kubernetes }: KubernetesPins): string =>
  kubernetes === source.kubernetes ? "" : minorOf(kubernetes).replace("v", "-");

/** Returns the group of programs of a Kubernetes release. */
export const kubernetesGroup = (release: KubernetesPins): GoGroup => ({
  name: `kubernetes${releaseSuffix(release)}`,
  like: `k8s.io/kubernetes@v${release.kubernetes}`,
  requires: { "k8s.io/kubernetes": `v${release.kubernetes}` },
  staging: `v${release.kubernetes.replace(/^1/, "0")}`,
  ...(release.replaces ? { replaces: release.replaces } : {}),
  variables: gitVersion("k8s.io/component-base/version", release.kubernetes),
  mains: [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
    "kubeadm",
    "kubectl",
  ].map((name) => ({ package: `k8s.io/kubernetes/cmd/${name}`, output: name })),
});

/** Returns the group of a release's CoreDNS. */
export const corednsGroup = (release: KubernetesPins): GoGroup => ({
  name: `coredns${releaseSuffix(release)}`,
  like: `github.com/coredns/coredns@v${release.coredns}`,
  requires: { "github.com/coredns/coredns": `v${release.coredns}` },
  mains: [{ package: "./coredns", output: "coredns" }],
});

/** Returns the group of a release's etcd. */
export const etcdGroup = (release: KubernetesPins): GoGroup => ({
  name: `etcd${releaseSuffix(release)}`,
  like: `go.etcd.io/etcd/server/v3@v${release.etcd}`,
  requires: { "go.etcd.io/etcd/server/v3": `v${release.etcd}` },
  mains: [{ package: "go.etcd.io/etcd/server/v3", output: "etcd" }],
});

/** Groups of the Kubernetes releases other than the pinned release. */
export const otherKubernetesGroups: GoGroup[] = source.otherKubernetes.flatMap((release) => [
  kubernetesGroup(release),
  corednsGroup(release),
  etcdGroup(release),
]);
