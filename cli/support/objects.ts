import { type ApiObject, conditionsOf } from "../../lib/diagnosis/facts";

/** An object of a cluster as `kubectl get --output json` gives it. */
export type RawObject = ApiObject & Readonly<Record<string, unknown>>;

/** Kinds that are left where they are: secrets, what changes all the time, and copies or lists of rights without end. */
const left = [
  /^secrets$/,
  /^events(\.|$)/,
  /^(leases|endpoints|componentstatuses|bindings|controllerrevisions|podtemplates)(\.|$)/,
  /^(cluster)?role(binding)?s\./,
  /\.(metrics|authentication|authorization)\.k8s\.io$/,
  /^endpointslices\./,
];

/** Of the names that `kubectl api-resources --output name` prints those whose objects are taken. */
export const kindsTaken = (names: readonly string[]): string[] =>
  names.map((name) => name.trim()).filter((name) => name !== "" && !left.some((pattern) => pattern.test(name)));

/** Asked for where a cluster does not say what it has. */
export const commonKinds = [
  ...["nodes", "namespaces", "pods", "services", "configmaps", "persistentvolumeclaims", "deployments.apps"],
  ...["daemonsets.apps", "statefulsets.apps", "replicasets.apps"],
];

/** Namespaces of Kubernetes, of what Slipway installs, and of pod networks; all others are the user's. */
const ownNamespaces =
  /^(kube-(system|public|node-lease|flannel)|(capi|capd|cap[a-z]+)(-[a-z-]+)?-system|cert-manager|metallb-system|calico-(system|apiserver)|tigera-operator|cilium[a-z-]*|local-path-storage)$/;

/** Whether a namespace belongs to the installation, so that its logs and ConfigMaps are about it. */
export const isOwnNamespace = (namespace: string | undefined): boolean => ownNamespaces.test(namespace ?? "");

const sizeOf = (value: unknown): string => `(${String(value).length} characters)`;

/** Certificates and requests for them are public, and in the way of whoever reads. */
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

/** Whether an object goes into the archive: no Secret, and no ConfigMap of the user's. */
export const isTaken = ({ kind, metadata }: RawObject): boolean =>
  kind !== "Secret" &&
  (kind !== "ConfigMap" || (isOwnNamespace(metadata.namespace) && metadata.name !== "kube-root-ca.crt"));

/** An object without what only takes room; of the definition of a kind no schema. */
export const slimObject = (object: RawObject): unknown => {
  const { spec, ...rest } = object;
  if (object.kind !== "CustomResourceDefinition") return withoutBulk(object);
  const { versions = [], conversion, ...kept } = (spec ?? {}) as { versions?: object[]; conversion?: unknown };
  const slim = versions.map((version) => ({ ...version, schema: undefined, additionalPrinterColumns: undefined }));
  return withoutBulk({ ...rest, spec: { ...kept, conversion, versions: slim } });
};

const pathOf = ({ kind, metadata }: ApiObject): string =>
  `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;

/** Every condition of every object on a line: `Machine default/capd-x: Ready=False (NotReady) message`. */
export const conditionLines = (objects: readonly ApiObject[]): string[] =>
  objects.flatMap((object) =>
    conditionsOf(object).map(({ type, status, reason, message }) =>
      [`${pathOf(object)}: ${type}=${status}`, reason ? `(${reason})` : "", (message ?? "").replace(/\s+/g, " ")]
        .filter(Boolean)
        .join(" "),
    ),
  );

/** Objects by the name of a file for their kind: `Machine.cluster.x-k8s.io`. */
export const byKind = (objects: readonly RawObject[]): Record<string, RawObject[]> => {
  const groups: Record<string, RawObject[]> = {};
  for (const object of objects) {
    const group = object.apiVersion?.includes("/") ? `.${object.apiVersion.split("/")[0]}` : "";
    (groups[`${object.kind}${group}`] ??= []).push(object);
  }
  return groups;
};
