import { type KubernetesPins, pins } from "../../../lib/versions/pins";
import { minorOf, parseVersion } from "../../../lib/versions/semver";
import type { GoGroup } from "./goGroup";

const { source } = pins;

/** The linker variables by which Kubernetes projects state their version. */
export const gitVersion = (path: string, version: string): Record<string, string> => ({
  [`${path}.gitVersion`]: `v${version}`,
  [`${path}.gitMajor`]: String(parseVersion(version).major),
  [`${path}.gitMinor`]: String(parseVersion(version).minor),
  [`${path}.gitTreeState`]: "clean",
  [`${path}.gitCommit`]: "0000000000000000000000000000000000000000",
  [`${path}.buildDate`]: "1970-01-01T00:00:00Z",
});

/** What tells a release's artifacts from others': nothing for the pinned one, else `-1.33`. */
export const releaseSuffix = ({ kubernetes }: KubernetesPins): string =>
  kubernetes === source.kubernetes ? "" : minorOf(kubernetes).replace("v", "-");

/** The programs of a Kubernetes release. */
export const kubernetesGroup = (release: KubernetesPins): GoGroup => ({
  name: `kubernetes${releaseSuffix(release)}`,
  like: `k8s.io/kubernetes@v${release.kubernetes}`,
  requires: { "k8s.io/kubernetes": `v${release.kubernetes}` },
  staging: `v${release.kubernetes.replace(/^1/, "0")}`,
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

/** The CoreDNS that a release asks for. */
export const corednsGroup = (release: KubernetesPins): GoGroup => ({
  name: `coredns${releaseSuffix(release)}`,
  like: `github.com/coredns/coredns@v${release.coredns}`,
  requires: { "github.com/coredns/coredns": `v${release.coredns}` },
  mains: [{ package: "./coredns", output: "coredns" }],
});

/** The etcd that a release asks for. */
export const etcdGroup = (release: KubernetesPins): GoGroup => ({
  name: `etcd${releaseSuffix(release)}`,
  like: `go.etcd.io/etcd/server/v3@v${release.etcd}`,
  requires: { "go.etcd.io/etcd/server/v3": `v${release.etcd}` },
  mains: [{ package: "go.etcd.io/etcd/server/v3", output: "etcd" }],
});

/** What is compiled for another release of Kubernetes than the pinned one. */
export const otherKubernetesGroups: GoGroup[] = source.otherKubernetes.flatMap((release) => [
  kubernetesGroup(release),
  corednsGroup(release),
  etcdGroup(release),
]);
