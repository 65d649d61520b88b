import { namespaceOf } from "./identity";
import { groupOf, type KubernetesObject } from "./object";

/** Objects that a new cluster has, or gets from its own controllers. */
interface BuiltIn {
  /** The program that creates the objects. */
  readonly owner: "Kubernetes" | "kubeadm";
  readonly group: string;
  readonly kinds: readonly string[];
  /** Namespaces of the objects. @default - every namespace, and objects without one */
  readonly namespaces?: readonly string[];
  readonly names: RegExp;
}

/** Returns a pattern of whole names. */
const oneOf = (...names: readonly string[]): RegExp => new RegExp(`^(${names.join("|").replace(/\./g, "\\.")})$`);

const rbac = "rbac.authorization.k8s.io";

/**
 * Names of Kubernetes' own ClusterRoles and bindings below `system:`. The list is exact, because known add-ons use the
 * same prefix: metrics-server defines system:metrics-server.
 */
const systemRoles =
  /^system:(aggregate-to-(admin|edit|view)|auth-delegator|basic-user|certificates\.k8s\.io:.*|controller:.*|coredns|discovery|heapster|kube-(aggregator|controller-manager|dns|scheduler)|kubelet-api-admin|monitoring|node|node-(bootstrapper|problem-detector|proxier)|persistent-volume-provisioner|public-info-viewer|service-account-issuer-discovery|volume-scheduler)$/;

/** ServiceAccounts of kube-controller-manager. The list is exact, because add-ons use names of the same form. */
const controllerAccounts = oneOf(
  ...["attachdetach-controller", "bootstrap-signer", "certificate-controller", "clusterrole-aggregation-controller"],
  ...["cronjob-controller", "daemon-set-controller", "deployment-controller", "device-taint-eviction-controller"],
  ...["disruption-controller", "endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller"],
  ...["ephemeral-volume-controller", "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler"],
  ...["job-controller", "legacy-service-account-token-cleaner", "namespace-controller", "node-controller"],
  ...["persistent-volume-binder", "pod-garbage-collector", "pv-protection-controller", "pvc-protection-controller"],
  ...["replicaset-controller", "replication-controller", "resource-claim-controller", "resourcequota-controller"],
  ...["root-ca-cert-publisher", "selinux-warning-controller", "service-account-controller", "service-cidrs-controller"],
  ...["service-controller", "statefulset-controller", "token-cleaner", "ttl-after-finished-controller"],
  ...["ttl-controller", "validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller"],
);

const builtIns: readonly BuiltIn[] = [
  {
    owner: "Kubernetes",
    group: "",
    kinds: ["Namespace"],
    names: oneOf("default", "kube-system", "kube-public", "kube-node-lease"),
  },
  {
    owner: "Kubernetes",
    group: "",
    kinds: ["Service", "Endpoints"],
    namespaces: ["default"],
    names: oneOf("kubernetes"),
  },
  {
    owner: "Kubernetes",
    group: "discovery.k8s.io",
    kinds: ["EndpointSlice"],
    namespaces: ["default"],
    names: oneOf("kubernetes"),
  },
  { owner: "Kubernetes", group: "", kinds: ["ConfigMap"], names: oneOf("kube-root-ca.crt") },
  {
    owner: "Kubernetes",
    group: "",
    kinds: ["ConfigMap"],
    namespaces: ["kube-system"],
    names: oneOf("extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking"),
  },
  {
    owner: "Kubernetes",
    group: "",
    kinds: ["ServiceAccount"],
    namespaces: ["kube-system"],
    names: controllerAccounts,
  },
  { owner: "Kubernetes", group: rbac, kinds: ["ClusterRole"], names: oneOf("cluster-admin", "admin", "edit", "view") },
  { owner: "Kubernetes", group: rbac, kinds: ["ClusterRoleBinding"], names: oneOf("cluster-admin") },
  { owner: "Kubernetes", group: rbac, kinds: ["ClusterRole", "ClusterRoleBinding"], names: systemRoles },
  {
    owner: "Kubernetes",
    group: rbac,
    kinds: ["Role", "RoleBinding"],
    namespaces: ["kube-system", "kube-public"],
    names:
      /^(system:controller:.*|system::.*|system:certificates\.k8s\.io:.*|extension-apiserver-authentication-reader)$/,
  },
  { owner: "Kubernetes", group: "scheduling.k8s.io", kinds: ["PriorityClass"], names: /^system-/ },
  {
    owner: "Kubernetes",
    group: "flowcontrol.apiserver.k8s.io",
    kinds: ["FlowSchema", "PriorityLevelConfiguration"],
    names: oneOf(
      ...["catch-all", "endpoint-controller", "exempt", "global-default", "kube-controller-manager", "kube-scheduler"],
      ...["kube-system-service-accounts", "leader-election", "node-high", "probes", "service-accounts", "system"],
      ...["system-leader-election", "system-node-high", "system-nodes", "workload-high", "workload-leader-election"],
      "workload-low",
    ),
  },
  {
    owner: "Kubernetes",
    group: "apiregistration.k8s.io",
    kinds: ["APIService"],
    names:
      /^v\d+((alpha|beta)\d+)?\.(|apps|autoscaling|batch|policy|((admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage)\.k8s\.io))$/,
  },
  { owner: "Kubernetes", group: "networking.k8s.io", kinds: ["ServiceCIDR"], names: oneOf("kubernetes") },
  {
    owner: "Kubernetes",
    group: "coordination.k8s.io",
    kinds: ["Lease"],
    namespaces: ["kube-system"],
    names: /^(kube-controller-manager|kube-scheduler|apiserver-.*)$/,
  },
  {
    owner: "Kubernetes",
    group: "coordination.k8s.io",
    kinds: ["Lease"],
    namespaces: ["kube-node-lease"],
    names: /^/,
  },
  {
    owner: "kubeadm",
    group: "",
    kinds: ["ConfigMap"],
    namespaces: ["kube-system"],
    names: /^(coredns|kube-proxy|kubeadm-config|kubelet-config(-\d+\.\d+)?)$/,
  },
  { owner: "kubeadm", group: "", kinds: ["ConfigMap"], namespaces: ["kube-public"], names: oneOf("cluster-info") },
  {
    owner: "kubeadm",
    group: "",
    kinds: ["ServiceAccount"],
    namespaces: ["kube-system"],
    names: oneOf("coredns", "kube-proxy"),
  },
  {
    owner: "kubeadm",
    group: "",
    kinds: ["Service", "Endpoints"],
    namespaces: ["kube-system"],
    names: oneOf("kube-dns"),
  },
  {
    owner: "kubeadm",
    group: "",
    kinds: ["Secret"],
    namespaces: ["kube-system"],
    names: /^(kubeadm-certs|bootstrap-token-.*)$/,
  },
  {
    owner: "kubeadm",
    group: "",
    kinds: ["Pod"],
    namespaces: ["kube-system"],
    names: /^(etcd|kube-apiserver|kube-controller-manager|kube-scheduler)-/,
  },
  { owner: "kubeadm", group: "apps", kinds: ["Deployment"], namespaces: ["kube-system"], names: oneOf("coredns") },
  { owner: "kubeadm", group: "apps", kinds: ["DaemonSet"], namespaces: ["kube-system"], names: oneOf("kube-proxy") },
  { owner: "kubeadm", group: rbac, kinds: ["ClusterRole", "ClusterRoleBinding"], names: /^kubeadm:/ },
  {
    owner: "kubeadm",
    group: rbac,
    kinds: ["Role", "RoleBinding"],
    namespaces: ["kube-system", "kube-public"],
    names: /^(kube-proxy|kubeadm:.*)$/,
  },
];

/**
 * Returns the program that creates an object in every cluster of kubeadm; undefined for all other objects. The
 * ServiceAccount `default` of a namespace is not one of them: Kubernetes creates it only if it is missing, and leaves
 * its fields to users.
 */
export const builtInOwner = (object: KubernetesObject): BuiltIn["owner"] | undefined =>
  builtIns.find(
    ({ group, kinds, namespaces, names }) =>
      group === groupOf(object) &&
      kinds.includes(object.kind) &&
      (namespaces === undefined || namespaces.includes(namespaceOf(object))) &&
      names.test(object.metadata.name),
  )?.owner;

/**
 * Namespaces of controllers that a management cluster can run: Kubernetes' own, kind's storage, cert-manager, pod
 * networks, load balancers, and the providers of Cluster API by their convention (capi-system, capd-system).
 */
const controllerNamespaces =
  /^(kube-(system|public|node-lease|flannel)|local-path-storage|cert-manager|metallb-system|calico-(system|apiserver)|tigera-operator|cilium-secrets|cap[a-z0-9]{1,3}(-[a-z0-9-]+)?-system|(caaph|caren|cabpt|cacppt|cabpck|cacpck|rke2-bootstrap|rke2-control-plane|k0smotron|kamaji)-system)$/;

/** Returns true for a namespace in which a controller runs, so that no cluster's objects may be there. */
export const isControllerNamespace = (name: string): boolean => controllerNamespaces.test(name);
