/**
 * Validations that run after a preview: in the webhooks of the pinned Cluster API, in kubeadm, the kubelet and the API
 * server. Each is covered by a rule of the settings, or no setting can break it. When a pin moves, read the listed files
 * of the new version, correct the table, and enter the version here.
 */
export const readVersions = { clusterApi: "1.14.2", kubernetes: ["1.34.4", "1.36.4"] } as const;

/** A settings value that breaks a validation, as fields of a cluster, and the start of the error. */
interface Covered {
  cluster: Record<string, unknown>;
  error: string;
}

/** A validation: the kind of object or the program, and a part of its message in the source. */
export interface Validation {
  of: string;
  message: string;
  /** One or more settings that break it. */
  covered?: Covered | Covered[];
  /** Why no setting can break it. */
  unreachable?: string;
}

const labels = (labels: Record<string, unknown>): Record<string, unknown> => ({ workers: [{ name: "p", labels }] });
const taints = (...taints: object[]): Record<string, unknown> => ({ workers: [{ name: "q" }, { name: "p", taints }] });

const kubeadm = (clusterConfiguration: object): Record<string, unknown> => ({ kubeadm: { clusterConfiguration } });
const simulated = (kubeadm: object): Record<string, unknown> => ({
  kubeadm,
  backend: "inMemory",
  loadBalancer: undefined,
});

const refusedChange = "preflight/management/kubeadm.ts refuses the change of a running cluster";
const alwaysSet = "every object that the program creates has the field";
const notWritten = "the program does not write the field";
const constant = "the program writes a constant";
const hashed = "the object's name has a hash of its content, so a change is another object";

/** Validations by source file, below the Go module sigs.k8s.io/cluster-api of the pinned version. */
export const webhooks: Record<string, Validation[]> = {
  "core/webhooks/admission/cluster.go": [
    {
      of: "Cluster",
      message: "must be a valid label value %s",
      covered: [
        { cluster: { name: "A_b" }, error: "clusters[0].name: expected 1 to 43 lower-case letters" },
        { cluster: { name: "a".repeat(64) }, error: "clusters[0].name: expected 1 to 43 lower-case letters" },
      ],
    },
    { of: "Cluster", message: "cannot be removed", unreachable: alwaysSet },
    {
      of: "Cluster",
      message: "one of spec.controlPlaneRef, spec.infrastructureRef or spec.topology must be set",
      unreachable: alwaysSet,
    },
    {
      of: "Cluster",
      message: "func validateCIDRBlocks",
      covered: [
        { cluster: { podCidr: "10.0.0.0/33" }, error: "clusters[0].podCidr: expected" },
        { cluster: { serviceCidr: "10.0.0" }, error: "clusters[0].serviceCidr: expected" },
      ],
    },
    {
      of: "Cluster",
      message: "func (webhook *Cluster) validateTopology(",
      unreachable: "the program writes no topology",
    },
    {
      of: "Cluster",
      message: "cannot be removed from an existing Cluster",
      unreachable: "the program writes no topology",
    },
  ],
  "core/webhooks/admission/machinedeployment.go": [
    {
      of: "MachineDeployment",
      message: "must be a valid label value: %s",
      covered: [
        { cluster: { workers: [{ name: "P" }] }, error: "clusters[0].workers[0].name: expected 1 to 40" },
        {
          cluster: { name: "a".repeat(40), workers: [{ name: "b".repeat(30) }] },
          error: "clusters[0].workers: expected a pool name of at most 10 characters",
        },
      ],
    },
    {
      of: "MachineDeployment",
      message: "expected either spec.template.spec.bootstrap.dataSecretName",
      unreachable: alwaysSet,
    },
    {
      of: "MachineDeployment",
      message: "must match spec.selector %q",
      unreachable: "the template has the selector's labels",
    },
    { of: "MachineDeployment", message: "validateSkippedMachineSetPreflightChecks", unreachable: notWritten },
    { of: "MachineDeployment", message: "field is immutable", unreachable: "another cluster name is another object" },
    {
      of: "MachineDeployment",
      message: "spec.clusterName and spec.template.spec.clusterName must be set to the same value",
      unreachable: "both are the cluster's name",
    },
    { of: "MachineDeployment", message: "must be either an int or a percentage: %v", unreachable: constant },
    { of: "MachineDeployment", message: "maxUnavailable and maxSurge cannot both be 0", unreachable: constant },
    { of: "MachineDeployment", message: 'fldPath.Child("maxInFlight")', unreachable: notWritten },
    { of: "MachineDeployment", message: "must start with v", unreachable: "versionOf adds the v" },
    {
      of: "MachineDeployment",
      message: "must be a valid semantic version",
      covered: [
        {
          cluster: { kubernetesVersion: "v1.34" },
          error: "clusters[0].kubernetesVersion: expected a full Kubernetes version",
        },
        {
          cluster: { kubernetesVersion: "v1.034.4" },
          error: "clusters[0].kubernetesVersion: expected a full Kubernetes version",
        },
        {
          cluster: { kubernetesVersion: "=v1.34.4" },
          error: "clusters[0].kubernetesVersion: expected a full Kubernetes version",
        },
      ],
    },
    { of: "MachineDeployment", message: "validateMDMachineNaming", unreachable: notWritten },
    {
      of: "MachineDeployment",
      message: "taints.ValidateMachineTaints",
      unreachable: "taints are in the kubeadm configuration",
    },
    {
      of: "MachineDeployment",
      message: "validateMachineTaintsForWorkers",
      unreachable: "taints are in the kubeadm configuration",
    },
    {
      of: "MachineDeployment",
      message: "newMD.Spec.Template.Validate(",
      covered: [
        {
          cluster: labels({ "node-role.kubernetes.io/a/b": "" }),
          error: "clusters[0].workers[0].labels: expected a label's key",
        },
        {
          cluster: labels({ "node-role.kubernetes.io/-": "" }),
          error: "clusters[0].workers[0].labels: expected a label's key",
        },
        { cluster: labels({ "node-role.kubernetes.io/a": "a b" }), error: "clusters[0].workers[0].labels" },
      ],
    },
  ],
  "core/webhooks/admission/machinehealthcheck.go": [
    {
      of: "MachineHealthCheck",
      message: "LabelSelectorAsSelector",
      unreachable: "the selector has names that other rules check",
    },
    { of: "MachineHealthCheck", message: "selector must not be empty", unreachable: alwaysSet },
    {
      of: "MachineHealthCheck",
      message: "cannot specify a cluster selector other than the one specified by ClusterName",
      unreachable: "both are the cluster's name",
    },
    { of: "MachineHealthCheck", message: "field is immutable", unreachable: "another cluster name is another object" },
    {
      of: "MachineHealthCheck",
      message: "must be at least 30s",
      covered: [1, 10, 29].map((nodeStartupTimeoutSeconds) => ({
        cluster: { healthCheck: { nodeStartupTimeoutSeconds } },
        error: "clusters[0].healthCheck.nodeStartupTimeoutSeconds: expected 0, or a number from 30 to 86400",
      })),
    },
    {
      of: "MachineHealthCheck",
      message: "must be either an int or a percentage: %v",
      covered: {
        cluster: { healthCheck: { unhealthyLessThanOrEqualTo: "many" } },
        error: "clusters[0].healthCheck.unhealthyLessThanOrEqualTo: expected a count or a percentage",
      },
    },
  ],
  "controlplane/kubeadm/webhooks/admission/kubeadmcontrolplane.go": [
    { of: "KubeadmControlPlane", message: "is required", unreachable: alwaysSet },
    {
      of: "KubeadmControlPlane",
      message: "cannot be less than or equal to 0",
      covered: {
        cluster: { controlPlaneReplicas: 0 },
        error: "clusters[0].controlPlaneReplicas: expected 1, 3, 5 or 7",
      },
    },
    {
      of: "KubeadmControlPlane",
      message: "cannot be an even number when etcd is stacked",
      covered: {
        cluster: { controlPlaneReplicas: 2 },
        error: "clusters[0].controlPlaneReplicas: expected 1, 3, 5 or 7",
      },
    },
    { of: "KubeadmControlPlane", message: "cannot be empty", unreachable: alwaysSet },
    { of: "KubeadmControlPlane", message: "taints.ValidateMachineTaints", unreachable: notWritten },
    { of: "KubeadmControlPlane", message: "s.MachineTemplate.ObjectMeta.Validate", unreachable: notWritten },
    { of: "KubeadmControlPlane", message: "must start with v", unreachable: "versionOf adds the v" },
    {
      of: "KubeadmControlPlane",
      message: "must be a valid semantic version",
      covered: { cluster: { kubernetesVersion: "1.34.4.1" }, error: "clusters[0].kubernetesVersion: expected a full" },
    },
    { of: "KubeadmControlPlane", message: "only RollingUpdate is supported", unreachable: constant },
    { of: "KubeadmControlPlane", message: "replica count needs to be at least 3", unreachable: "maxSurge is 1" },
    { of: "KubeadmControlPlane", message: "value must be 1 or 0", unreachable: constant },
    {
      of: "KubeadmControlPlane",
      message: "must be less than or equal to caCertificateValidityPeriodDays",
      covered: {
        cluster: kubeadm({ certificateValidityPeriodDays: 20, caCertificateValidityPeriodDays: 10 }),
        error:
          "clusters[0].kubeadm.clusterConfiguration.certificateValidityPeriodDays: expected at most caCertificateValidityPeriodDays (10)",
      },
    },
    {
      of: "KubeadmControlPlane",
      message: "the default value of caCertificateValidityPeriodDays",
      covered: {
        cluster: kubeadm({ certificateValidityPeriodDays: 4000 }),
        error:
          "clusters[0].kubeadm.clusterConfiguration.certificateValidityPeriodDays: expected at most caCertificateValidityPeriodDays (3650)",
      },
    },
    { of: "KubeadmControlPlane", message: "must be less than certificateValidityPeriodDays", unreachable: notWritten },
    { of: "KubeadmControlPlane", message: "invalid template, {{ .random }} is missing", unreachable: notWritten },
    {
      of: "KubeadmControlPlane",
      message: "generated names would not be valid Kubernetes object names",
      unreachable: notWritten,
    },
    {
      of: "KubeadmControlPlane",
      message: "tag %s is invalid",
      covered: {
        cluster: kubeadm({ etcd: { local: { imageTag: "a b" } } }),
        error: "clusters[0].kubeadm.clusterConfiguration.etcd.local.imageTag: expected a tag of an image",
      },
    },
    {
      of: "KubeadmControlPlane",
      message: "failed to parse CoreDNS version",
      covered: {
        cluster: kubeadm({ dns: { imageTag: "latest" } }),
        error: "clusters[0].kubeadm.clusterConfiguration.dns.imageTag: expected a tag that is a version of CoreDNS",
      },
    },
    {
      of: "KubeadmControlPlane",
      message: "cannot have both external and local etcd",
      covered: {
        cluster: kubeadm({ etcd: { local: {}, external: {} } }),
        error: "clusters[0].kubeadm.clusterConfiguration.etcd: expected local or external",
      },
    },
    { of: "KubeadmControlPlane", message: "cannot change between external and local etcd", unreachable: refusedChange },
    {
      of: "KubeadmControlPlane",
      message: "cannot be modified",
      unreachable: refusedChange,
    },
    { of: "KubeadmControlPlane", message: "cannot migrate CoreDNS up to", unreachable: refusedChange },
    {
      of: "KubeadmControlPlane",
      message: "cannot update Kubernetes version from %s to %s",
      unreachable: "preflight/management/running.ts refuses a skipped minor version of a running cluster",
    },
  ],
  "bootstrap/kubeadm/webhooks/admission/kubeadmconfig.go": [
    {
      of: "kubeadm configuration",
      message: "func validateFiles",
      covered: {
        cluster: { kubeadm: { files: [{ path: "/a" }, { path: "/a" }] } },
        error: "clusters[0].kubeadm.files[1].path: expected another path",
      },
    },
    {
      of: "kubeadm configuration",
      message: "func validateUsers",
      covered: {
        cluster: simulated({ users: [{ passwd: "${A}", passwdFrom: {} }] }),
        error: "clusters[0].kubeadm.users[0]: expected passwd or passwdFrom",
      },
    },
    {
      of: "kubeadm configuration",
      message: "func validateIgnition",
      covered: {
        cluster: { kubeadm: { format: "ignition" } },
        error: "clusters[0].kubeadm.format: expected no Ignition without",
      },
    },
    {
      of: "kubeadm configuration",
      message: "func validateDiskSetup",
      covered: {
        cluster: simulated({ diskSetup: { partitions: [{ diskLayout: [{ percentage: 101 }] }] } }),
        error: "clusters[0].kubeadm.diskSetup.partitions[0].diskLayout: expected at most 100",
      },
    },
    {
      of: "kubeadm configuration",
      message: "only one of authProvider or exec must be defined",
      covered: {
        cluster: { kubeadm: { joinConfiguration: { discovery: { file: {} } } } },
        error: "clusters[0].kubeadm.joinConfiguration.discovery: expected no value",
      },
    },
    {
      of: "kubeadm configuration",
      message: "controlPlaneComponentHealthCheckSeconds must be set to the same",
      covered: {
        cluster: { kubeadm: { joinConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 9 } } } },
        error:
          "clusters[0].kubeadm.joinConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds: expected the value",
      },
    },
  ],
  "bootstrap/kubeadm/webhooks/admission/kubeadmconfigtemplate.go": [
    { of: "KubeadmConfigTemplate", message: "r.Template.ObjectMeta.Validate", unreachable: notWritten },
  ],
};

/** Validations by source file, below the Go module sigs.k8s.io/cluster-api/test of the pinned version. */
export const dockerWebhooks: Record<string, Validation[]> = {
  "infrastructure/docker/internal/webhooks/devcluster.go": [
    { of: "DevCluster", message: "failure domains must be sorted by name", unreachable: notWritten },
  ],
  "infrastructure/docker/internal/webhooks/devmachinetemplate.go": [
    { of: "DevMachineTemplate", message: "obj.Spec.Template.ObjectMeta.Validate", unreachable: notWritten },
    { of: "DevMachineTemplate", message: "spec.template.spec field is immutable", unreachable: hashed },
  ],
};

/** Limits in the CRDs, by the Go module sigs.k8s.io/cluster-api/api of the pinned version. */
export const crdLimits: Validation[] = [
  {
    of: "KubeadmConfigTemplate",
    message: "kubeletExtraArgs[].value: MaxLength=1024",
    covered: {
      cluster: labels(
        Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}.example.org/x`, "y".repeat(50)])),
      ),
      error: "clusters[0].workers[0].labels: expected at most 1024 characters",
    },
  },
  {
    of: "KubeadmConfigTemplate",
    message: "taints: MaxItems=100",
    covered: {
      cluster: taints(...Array.from({ length: 101 }, (_, index) => ({ key: `k${index}`, effect: "NoSchedule" }))),
      error: "clusters[0].workers[1].taints: expected at most 100 taints",
    },
  },
  {
    of: "MachineHealthCheck",
    message: "unhealthyNodeConditions: MaxItems=100",
    covered: {
      cluster: {
        healthCheck: { unhealthyNodeConditions: Array.from({ length: 101 }, (_, index) => ({ type: `T${index}` })) },
      },
      error: "clusters[0].healthCheck.unhealthyNodeConditions: expected at most 100 conditions",
    },
  },
];

const unknownLabel = "clusters[0].workers[0].labels: expected a label that a kubelet may set";

/** Validations of kubeadm, the kubelet, the controllers and the API server of the pinned versions of Kubernetes. */
export const nodes: Validation[] = [
  {
    of: "kubelet",
    message: "unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels",
    covered: [
      ...["kubernetes.io/role", "scheduling.k8s.io/tier", "k8s.io/a", "foo.kubernetes.io/a", "app.kubernetes.io/name"],
      ...["kubernetes.io/hostnames", "topology.kubernetes.io/rack", "xnode.kubernetes.io/a"],
    ].map((key) => ({ cluster: labels({ [key]: "a" }), error: unknownLabel })),
  },
  {
    of: "kubelet",
    message: "invalid node labels",
    covered: [
      { cluster: labels({ "a b": "" }), error: "clusters[0].workers[0].labels: expected a label's key" },
      { cluster: labels({ a: "b c" }), error: "clusters[0].workers[0].labels" },
      { cluster: labels({ a: "b".repeat(64) }), error: "clusters[0].workers[0].labels" },
    ],
  },
  {
    of: "NodeRestriction",
    message: "is not allowed to set the following labels",
    unreachable: "Cluster API sets labels of node-restriction.kubernetes.io with its own rights",
  },
  {
    of: "Cluster API",
    message: "Control plane Node %s does not have a corresponding Machine",
    covered: {
      cluster: labels({ "node-role.kubernetes.io/control-plane": "" }),
      error: "clusters[0].workers[0].labels: expected no role control-plane",
    },
  },
  {
    of: "Cluster API",
    message: "taints that Cluster API owns",
    covered: ["node.cluster.x-k8s.io/uninitialized", "node.cluster.x-k8s.io/outdated-revision"].map((key) => ({
      cluster: taints({ key, effect: "NoSchedule" }),
      error: "clusters[0].workers[1].taints: expected no taint that Cluster API adds and removes itself",
    })),
  },
  {
    of: "API server",
    message: "taints must be unique by key and effect pair",
    covered: {
      cluster: taints({ key: "a", effect: "NoSchedule" }, { key: "a", value: "b", effect: "NoSchedule" }),
      error: "clusters[0].workers[1].taints: expected each key once for an effect",
    },
  },
  {
    of: "API server",
    message: "a taint's key, value and effect",
    covered: [
      {
        cluster: taints({ key: "a b", effect: "NoSchedule" }),
        error: "clusters[0].workers[1].taints[0].key: expected a label's key",
      },
      {
        cluster: taints({ key: "a", value: "b c", effect: "NoSchedule" }),
        error: "clusters[0].workers[1].taints[0].value",
      },
      {
        cluster: taints({ key: "a", effect: "Never" }),
        error: "clusters[0].workers[1].taints[0].effect: expected one of",
      },
    ],
  },
  {
    of: "kubelet",
    message: "a hostname of at most 63 characters",
    covered: [
      { cluster: { name: "a".repeat(44) }, error: "clusters[0].name: expected 1 to 43" },
      {
        cluster: { name: "a".repeat(43), workers: [{ name: "b".repeat(8) }] },
        error: "clusters[0].workers: expected a pool name of at most 7 characters",
      },
    ],
  },
  {
    of: "kubeadm",
    message: "a service network of 10 addresses or more",
    covered: [
      { cluster: { serviceCidr: "10.0.0.0/29" }, error: "clusters[0].serviceCidr: expected" },
      { cluster: { podCidr: "fd00:1::/56", serviceCidr: "fd00:2::/125" }, error: "clusters[0].serviceCidr: expected" },
    ],
  },
  {
    of: "API server",
    message: "a service network of at most 20 bits of addresses",
    covered: [
      { cluster: { serviceCidr: "10.0.0.0/11" }, error: "clusters[0].serviceCidr: expected" },
      { cluster: { podCidr: "fd00:1::/56", serviceCidr: "fd00:2::/107" }, error: "clusters[0].serviceCidr: expected" },
    ],
  },
  {
    of: "kube-controller-manager",
    message: "a pod network of at most 2^16 networks of nodes, and of one or more",
    covered: [
      { cluster: { podCidr: "10.0.0.0/7" }, error: "clusters[0].podCidr: expected" },
      { cluster: { podCidr: "10.0.0.0/25" }, error: "clusters[0].podCidr: expected" },
      { cluster: { podCidr: "fd00::/47", serviceCidr: "fd10::/112" }, error: "clusters[0].podCidr: expected" },
      { cluster: { podCidr: "fd00::/65", serviceCidr: "fd10::/112" }, error: "clusters[0].podCidr: expected" },
    ],
  },
  {
    of: "kube-controller-manager",
    message: "CIDRNotAvailable",
    covered: [
      {
        cluster: { podCidr: "10.0.0.0/24", cni: "kindnet" },
        error: "clusters[0].podCidr: expected a network with a /24",
      },
      {
        cluster: { podCidr: "10.0.0.0/22", cni: "flannel", controlPlaneReplicas: 3, workerReplicas: 2 },
        error: "clusters[0].podCidr: expected a network with a /24 for each of 5 nodes",
      },
    ],
  },
  {
    of: "kubeadm",
    message: "a DNS domain",
    covered: [
      { cluster: { serviceDomain: "Cluster.local" }, error: "clusters[0].serviceDomain: expected a domain" },
      { cluster: { serviceDomain: "a..b" }, error: "clusters[0].serviceDomain: expected a domain" },
    ],
  },
  {
    of: "Cluster API",
    message: "a supported version of Kubernetes",
    covered: { cluster: { kubernetesVersion: "v1.20.0" }, error: "clusters[0].kubernetesVersion: expected" },
  },
  { of: "kubeadm", message: "ports", unreachable: "no setting has a port" },
];
