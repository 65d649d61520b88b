import { expect, test } from "@jest/globals";
import { builtInOwner, isControllerNamespace } from "../../../lib/kubernetes/builtIn";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import { objectKey } from "../../../lib/kubernetes/object";
import { fetchTimeout, realManifests } from "../../helpers/realManifests";

const ownerOf = (apiVersion: string, kind: string, name: string, namespace?: string): string | undefined =>
  builtInOwner({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
type Row = [apiVersion: string, kind: string, name: string, namespace?: string];
const rbac = "rbac.authorization.k8s.io/v1";

test.each<Row>([
  ["v1", "Namespace", "kube-system"],
  ["v1", "Namespace", "default"],
  ["v1", "Service", "kubernetes", "default"],
  ["v1", "Service", "kubernetes"],
  ["discovery.k8s.io/v1", "EndpointSlice", "kubernetes", "default"],
  ["v1", "ConfigMap", "kube-root-ca.crt", "any"],
  ["v1", "ConfigMap", "kube-root-ca.crt"],
  ["v1", "ConfigMap", "extension-apiserver-authentication", "kube-system"],
  ["v1", "ServiceAccount", "namespace-controller", "kube-system"],
  [rbac, "ClusterRole", "cluster-admin"],
  [rbac, "ClusterRole", "view"],
  [rbac, "ClusterRole", "system:node"],
  [rbac, "ClusterRole", "system:controller:job-controller"],
  [rbac, "ClusterRoleBinding", "system:kube-scheduler"],
  [rbac, "RoleBinding", "system::extension-apiserver-authentication-reader", "kube-system"],
  ["scheduling.k8s.io/v1", "PriorityClass", "system-node-critical"],
  ["flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "catch-all"],
  ["apiregistration.k8s.io/v1", "APIService", "v1."],
  ["apiregistration.k8s.io/v1", "APIService", "v1.apps"],
  ["networking.k8s.io/v1", "ServiceCIDR", "kubernetes"],
])("Kubernetes creates %s %s %s", (...object) => expect(ownerOf(...object)).toBe("Kubernetes"));

test.each<Row>([
  ["apps/v1", "Deployment", "coredns", "kube-system"],
  ["apps/v1", "DaemonSet", "kube-proxy", "kube-system"],
  ["v1", "Service", "kube-dns", "kube-system"],
  ["v1", "ConfigMap", "coredns", "kube-system"],
  ["v1", "ConfigMap", "kubeadm-config", "kube-system"],
  ["v1", "ConfigMap", "kubelet-config", "kube-system"],
  ["v1", "ConfigMap", "cluster-info", "kube-public"],
  ["v1", "ServiceAccount", "kube-proxy", "kube-system"],
  [rbac, "ClusterRoleBinding", "kubeadm:node-proxier"],
  [rbac, "Role", "kubeadm:nodes-kubeadm-config", "kube-system"],
])("kubeadm creates %s %s %s", (...object) => expect(ownerOf(...object)).toBe("kubeadm"));

// Published add-ons have these objects.
test.each<Row>([
  [rbac, "ClusterRole", "system:metrics-server"],
  [rbac, "ClusterRole", "system:aggregated-metrics-reader"],
  [rbac, "ClusterRoleBinding", "metrics-server:system:auth-delegator"],
  [rbac, "RoleBinding", "metrics-server-auth-reader", "kube-system"],
  ["apiregistration.k8s.io/v1", "APIService", "v1beta1.metrics.k8s.io"],
  ["v1", "ServiceAccount", "sealed-secrets-controller", "kube-system"],
  ["v1", "ServiceAccount", "default", "shop"],
  ["v1", "ConfigMap", "coredns-custom", "kube-system"],
  ["v1", "ConfigMap", "kubelet-config", "shop"],
  ["example.org/v1", "Namespace", "default"],
  ["v1", "Service", "kubernetes", "shop"],
  ["scheduling.k8s.io/v1", "PriorityClass", "shop-critical"],
])("a user may create %s %s %s", (...object) => expect(ownerOf(...object)).toBeUndefined());

test.each([
  ...["kube-system", "kube-public", "kube-node-lease", "cert-manager", "metallb-system", "calico-system"],
  ...["capi-system", "capi-kubeadm-bootstrap-system", "capi-kubeadm-control-plane-system", "capd-system"],
  ...["capa-system", "capz-system", "capo-system", "capmox-system", "caaph-system", "local-path-storage"],
])("%s is the namespace of a controller", (name) => expect(isControllerNamespace(name)).toBe(true));

test.each(["default", "team", "capd", "system", "team-system", "captains-system", "my-cert-manager", "kube-team"])(
  "%s may have the objects of clusters",
  (name) => expect(isControllerNamespace(name)).toBe(false),
);

test(
  "the manifests of Slipway have no object of Kubernetes or kubeadm",
  async () => {
    const objects = Object.entries(await realManifests()).flatMap(([file, text]) =>
      parseManifest(text.replace(/\$\{[^}]*\}/g, "0"), file),
    );
    expect(objects.length).toBeGreaterThan(100);
    expect(objects.filter((object) => builtInOwner(object) !== undefined).map(objectKey)).toEqual([]);
  },
  fetchTimeout,
);
