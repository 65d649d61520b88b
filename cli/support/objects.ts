import { type ApiObject, conditionsOf } from "../../lib/diagnosis/facts";

/** An object of a cluster as `kubectl get --output json` prints it. */
export type RawObject = ApiObject & Readonly<Record<string, unknown>>;

/** Resource types that stay out of the archive: secrets, short-lived objects, and long lists of permissions. */
const excluded = [
  /^secrets$/,
  /^events(\.|$)/,
  /^(leases|endpoints|componentstatuses|bindings|controllerrevisions|podtemplates)(\.|$)/,
  /^(cluster)?role(binding)?s\./,
  /\.(metrics|authentication|authorization)\.k8s\.io$/,
  /^endpointslices\./,
];

/** Selects the resource types for the archive from the output of `kubectl api-resources --output name`. */
export const kindsTaken = (names: readonly string[]): string[] =>
  names.map((name) => name.trim()).filter((name) => name !== "" && !excluded.some((pattern) => pattern.test(name)));

/** Resource types to read if a cluster does not list its own. */
export const commonKinds = [
  ...["nodes", "namespaces", "pods", "services", "configmaps", "persistentvolumeclaims", "deployments.apps"],
  ...["daemonsets.apps", "statefulsets.apps", "replicasets.apps"],
];

/** Namespaces of Kubernetes, of what Slipway installs, and of pod networks. All other namespaces are the user's. */
const ownNamespaces =
  /^(kube-(system|public|node-lease|flannel)|(capi|capd|cap[a-z]+)(-[a-z-]+)?-system|cert-manager|metallb-system|calico-(system|apiserver)|tigera-operator|cilium[a-z-]*|local-path-storage)$/;

/** Returns true if a namespace belongs to the installation, so that its logs and ConfigMaps go into the archive. */
export const isOwnNamespace = (namespace: string | undefined): boolean => ownNamespaces.test(namespace ?? "");

const sizeOf = (value: unknown): string => `(${String(value).length} characters)`;

/** Fields with certificates and certificate requests, which are public but long. */
const bulky = ["caBundle", "certificatesigningrequest", "request", "certificate"];

const withoutBulk = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutBulk);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      bulky.includes(key) && typeof inner === "string" && inner.length > 200 ? sizeOf(inner) : withoutBulk(inner),
    ]),
  );
};

/** Returns true if an object goes into the archive. Secrets and the user's ConfigMaps do not. */
export const isTaken = ({ kind, metadata }: RawObject): boolean =>
  kind !== "Secret" &&
  (kind !== "ConfigMap" || (isOwnNamespace(metadata.namespace) && metadata.name !== "kube-root-ca.crt"));

/** Removes long values from an object, and the schemas from a CustomResourceDefinition. */
export const slimObject = (object: RawObject): unknown => {
  const { spec, ...rest } = object;
  if (object.kind !== "CustomResourceDefinition") return withoutBulk(object);
  const { versions = [], conversion, ...kept } = (spec ?? {}) as { versions?: object[]; conversion?: unknown };
  const slim = versions.map((version) => ({ ...version, schema: undefined, additionalPrinterColumns: undefined }));
  return withoutBulk({ ...rest, spec: { ...kept, conversion, versions: slim } });
};

const pathOf = ({ kind, metadata }: ApiObject): string =>
  `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;

/** Returns one line for each condition: `Machine default/capd-x: Ready=False (NotReady) message`. */
export const conditionLines = (objects: readonly ApiObject[]): string[] =>
  objects.flatMap((object) =>
    conditionsOf(object).map(({ type, status, reason, message }) =>
      [`${pathOf(object)}: ${type}=${status}`, reason ? `(${reason})` : "", (message ?? "").replace(/\s+/g, " ")]
        .filter(Boolean)
        .join(" "),
    ),
  );

/** Groups objects by kind and API group: `Machine.cluster.x-k8s.io`. */
export const byKind = (objects: readonly RawObject[]): Record<string, RawObject[]> => {
  const groups: Record<string, RawObject[]> = {};
  for (const object of objects) {
    const group = object.apiVersion?.includes("/") ? `.${object.apiVersion.split("/")[0]}` : "";
    (groups[`${object.kind}${group}`] ??= []).push(object);
  }
  return groups;
};
