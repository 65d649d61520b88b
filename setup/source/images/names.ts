import { pins } from "../../pins";

const { source } = pins;

const kubernetes = (name: string): string => `registry.k8s.io/${name}:v${source.kubernetes}`;
const clusterApi = (name: string): string => `registry.k8s.io/cluster-api/${name}:v${source.clusterApi}`;
const certManager = (name: string): string => `quay.io/jetstack/cert-manager-${name}:v${source.certManager}`;
const metallb = (name: string): string => `quay.io/metallb/${name}:v${source.metallb}`;
const calico = (name: string): string => `calico/${name}:v${source.calico}`;

/** Every image of the source route under the name that upstream's manifests and programs ask for. */
export const imageNames = {
  kubeApiserver: kubernetes("kube-apiserver"),
  kubeControllerManager: kubernetes("kube-controller-manager"),
  kubeScheduler: kubernetes("kube-scheduler"),
  kubeProxy: kubernetes("kube-proxy"),
  coredns: `registry.k8s.io/coredns/coredns:v${source.coredns}`,
  pause: `registry.k8s.io/pause:${source.pause}`,
  /** kubeadm's tag ends in the revision of the image's packaging. */
  etcd: `registry.k8s.io/etcd:${source.etcd}-0`,
  node: `kindest/node:v${source.kubernetes}`,
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
