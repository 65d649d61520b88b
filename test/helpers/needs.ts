import type { Recording, Registration } from "./recorder";

interface Inputs {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  type?: string;
  spec?: Record<string, unknown>;
}

const inputsOf = (one: Registration): Inputs => one.inputs as unknown as Inputs;
const kindOf = ({ type }: Registration): string => type.split(":").at(-1) ?? "";
const isKubernetes = ({ type }: Registration): boolean => type.startsWith("kubernetes:");
const annotationsOf = (one: Registration): Record<string, string> => inputsOf(one).metadata.annotations ?? {};
const namespaceOf = (one: Registration): string => inputsOf(one).metadata.namespace ?? "default";

/** Kinds with a wait of their own in the plugin (provider/pkg/await/awaiters.go); the others are done when they are sent. */
const awaitedKinds: readonly string[] = [
  "DaemonSet",
  "Deployment",
  "Ingress",
  "Job",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "ReplicationController",
  "ResourceQuota",
  "Secret",
  "Service",
  "StatefulSet",
];

const ownGroups = /^kubernetes:(core|apps|batch|networking\.k8s\.io)\//;

/** Whether the plugin waits after it has sent the object. */
export const isAwaited = (one: Registration): boolean => {
  if (!isKubernetes(one) || one.read) return false;
  const { [`pulumi.com/skipAwait`]: skip, "pulumi.com/waitFor": condition } = annotationsOf(one);
  return (
    skip !== "true" && (condition !== undefined || (ownGroups.test(one.type) && awaitedKinds.includes(kindOf(one))))
  );
};

const podKinds: readonly string[] = ["DaemonSet", "Deployment", "Job", "Pod", "ReplicationController", "StatefulSet"];

const podOf = (one: Registration): object =>
  (kindOf(one) === "Pod"
    ? inputsOf(one).spec
    : (inputsOf(one).spec?.["template"] as { spec?: object } | undefined)?.spec) ?? {};

/** Every text in a value that stands behind one of these keys, however deep. */
const textsAt = (value: unknown, keys: readonly string[]): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, keys));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    keys.includes(key) && typeof inner === "string" ? [inner] : textsAt(inner, keys),
  );
};

const labelsOf = (one: Registration): Record<string, string> =>
  (inputsOf(one).spec?.["template"] as { metadata?: { labels?: Record<string, string> } } | undefined)?.metadata
    ?.labels ?? {};

const selects = (service: Registration, one: Registration): boolean => {
  const selector = Object.entries((inputsOf(service).spec?.["selector"] as Record<string, string> | undefined) ?? {});
  const labels = labelsOf(one);
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
};

/** What of a recording an awaited object waits for; what it waits for in the machine itself is not listed. */
export const needsOf = (recording: Recording, one: Registration): Registration[] => {
  const otherResources = recording.registrations.filter((other) => other !== one);
  const inCluster = otherResources.filter(
    (other) => isKubernetes(other) && !other.read && other.provider === one.provider,
  );
  const near = inCluster.filter((other) => namespaceOf(other) === namespaceOf(one));
  const named = (kinds: readonly string[], names: readonly string[]): Registration[] =>
    near.filter((other) => kinds.includes(kindOf(other)) && names.includes(inputsOf(other).metadata.name));
  const ofKind = (...kinds: string[]): Registration[] => inCluster.filter((other) => kinds.includes(kindOf(other)));
  const certManager = ofKind("Deployment").filter(({ name }) => name.includes("cert-manager-webhook"));
  const issuers = [...near.filter((other) => kindOf(other) === "Issuer"), ...ofKind("ClusterIssuer")];
  const workers = otherResources.filter((other) => kindOf(other) === "MachineDeployment");
  const isWorkload = one.provider.includes("::capd::");
  const ofPodNetwork = (other: Registration): boolean => other.name.startsWith("capd-cni/");
  const kind = kindOf(one);

  const needsOfPods = (): Registration[] => {
    const names = textsAt(podOf(one), ["secretName", "claimName", "name", "serviceAccountName"]);
    const certificates = near.filter(
      (other) =>
        kindOf(other) === "Certificate" && names.includes(textsAt(inputsOf(other).spec, ["secretName"])[0] ?? ""),
    );
    return [
      ...named(["Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount"], names),
      ...certificates,
      // MetalLB's pods go to control plane nodes, or to whatever nodes there are.
      ...(isWorkload && kind !== "DaemonSet" && !one.name.startsWith("capd-metallb/") ? workers : []),
      ...(isWorkload && kind !== "DaemonSet"
        ? inCluster.filter((other) => ofPodNetwork(other) && kindOf(other) === "DaemonSet")
        : []),
    ];
  };
  const needsOfIngress = (): Registration[] => {
    const services = named(["Service"], textsAt(inputsOf(one).spec, ["name"]));
    return [...services, ...near.filter((other) => services.some((service) => selects(service, other)))];
  };
  if (podKinds.includes(kind)) return needsOfPods();
  switch (kind) {
    case "Service":
      // Its address and a pause; pods only while some of them start.
      return ofKind("IPAddressPool", "L2Advertisement");
    case "Ingress":
      return needsOfIngress();
    case "Secret":
      return named(["ServiceAccount"], [annotationsOf(one)["kubernetes.io/service-account.name"] ?? "no name"]);
    case "Issuer":
    case "ClusterIssuer":
      return certManager;
    case "Certificate":
      return [...certManager, ...issuers];
    case "KubeadmControlPlane":
      return ofKind("Cluster", "DevCluster", "DevMachineTemplate", "Deployment").filter(
        (other) => kindOf(other) !== "DevMachineTemplate" || other.name.includes("control-plane"),
      );
    case "PersistentVolumeClaim":
      return ofKind("PersistentVolume", "StorageClass", ...podKinds);
    default:
      return [];
  }
};

/** Waits of steps, by the names of their resources, and what each waits for. */
export const stepNeeds: readonly (readonly [string, readonly string[]])[] = [
  ["clusterapi-ready", ["management-kind"]],
  ["cert-manager-webhook", ["cert-manager/Deployment/cert-manager/cert-manager-webhook"]],
  ["cluster-api-webhooks", ["cluster-api/Deployment/capi-system/capi-controller-manager"]],
  // The control plane itself is sent at the same time: the step gives up after a minute without it.
  ["capd-api", ["capd/Cluster/default/capd", "capd/DevCluster/default/capd"]],
  ["capd-metallb-webhook", ["capd-metallb/Deployment/metallb-system/controller"]],
  [
    "capd-nodes",
    [
      "capd/KubeadmControlPlane/default/capd-control-plane",
      "capd/MachineDeployment/default/capd-md-0",
      "capd-cni/DaemonSet/kube-system/calico-node",
    ],
  ],
  [
    "capd-application-request",
    [
      "capd-application/Service/default/nginx",
      "capd-application/Deployment/default/nginx",
      "capd-metallb/DaemonSet/metallb-system/speaker",
      "capd-metallb/L2Advertisement/metallb-system/slipway",
    ],
  ],
];
