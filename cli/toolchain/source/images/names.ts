import { type KubernetesPins, pins } from "../../../../lib/versions/pins";

const { source } = pins;

const clusterApi = (name: string): string => `registry.k8s.io/cluster-api/${name}:v${source.clusterApi}`;
const certManager = (name: string): string => `quay.io/jetstack/cert-manager-${name}:v${source.certManager}`;
const metallb = (name: string): string => `quay.io/metallb/${name}:v${source.metallb}`;
const calico = (name: string): string => `calico/${name}:v${source.calico}`;

/** Returns the images that kubeadm of a release requires. */
export const kubeadmImageNames = (release: KubernetesPins) => ({
  kubeApiserver: `registry.k8s.io/kube-apiserver:v${release.kubernetes}`,
  kubeControllerManager: `registry.k8s.io/kube-controller-manager:v${release.kubernetes}`,
  kubeScheduler: `registry.k8s.io/kube-scheduler:v${release.kubernetes}`,
  kubeProxy: `registry.k8s.io/kube-proxy:v${release.kubernetes}`,
  coredns: `registry.k8s.io/coredns/coredns:v${release.coredns}`,
  pause: `registry.k8s.io/pause:${release.pause}`,
  /** The suffix of kubeadm's tag is the revision of the image's packaging. */
  etcd: `registry.k8s.io/etcd:${release.etcd}-0`,
});

/** Returns the node image of a release. */
export const nodeImageName = ({ kubernetes }: KubernetesPins): string => `kindest/node:v${kubernetes}`;

/** Images of every stack, with the names in upstream's manifests and programs. */
export const imageNames = {
  ...kubeadmImageNames(source),
  node: nodeImageName(source),
  haproxy: `kindest/haproxy:v${source.haproxy}`,
  clusterApi: clusterApi("cluster-api-controller"),
  kubeadmBootstrap: clusterApi("kubeadm-bootstrap-controller"),
  kubeadmControlPlane: clusterApi("kubeadm-control-plane-controller"),
  capd: `gcr.io/k8s-staging-cluster-api/capd-manager:v${source.clusterApi}`,
  certManagerController: certManager("controller"),
  certManagerCainjector: certManager("cainjector"),
  certManagerWebhook: certManager("webhook"),
  metallbController: metallb("controller"),
  metallbSpeaker: metallb("speaker"),
  calicoNode: calico("node"),
  calicoCni: calico("cni"),
  calicoKubeControllers: calico("kube-controllers"),
  nginx: `nginx:${source.nginx}`,
};
