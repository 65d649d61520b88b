import { valueAt } from "../base/json";
import { bringsCertManager, isCertManagers, isIssuer, usesCertManager } from "./certManager";
import { type Extension, extensionsOf, groupOfCrd } from "./extensions";
import { identityOf, isOwnGroup, namespaceOf } from "./identity";
import { beforeCertificates } from "./installOrder";
import type { Manifest } from "./manifest";
import { groupOf, isCrd, type KubernetesObject } from "./object";
import { hasOwnWait, isAccountToken, isIngress, runsPods, secretsOf, skipsWait } from "./waits";

/** One part of an installation. It waits for all parts with one of the names in `after`. */
interface Part {
  /** Number of the manifest. */
  readonly file: number;
  /** Names of the part, and of the groups that contain it. */
  readonly names: readonly string[];
  readonly after: readonly string[];
}

/** The CRDs of a manifest. */
export interface CrdPart extends Part {
  readonly type: "crds";
}

/** One object. */
export interface ObjectPart extends Part {
  readonly type: "object";
  readonly object: KubernetesObject;
}

/** A dry run that is repeated until the API server accepts objects like the samples. */
export interface GatePart extends Part {
  readonly type: "gate";
  /** Name behind the manifest's name. */
  readonly name: string;
  /** Objects of the manifests; absent for cert-manager, which has its own samples. */
  readonly samples?: readonly KubernetesObject[];
}

export type InstallPart = CrdPart | ObjectPart | GatePart;

/** Name of the part that installs MetalLB, which Slipway and not a manifest of the user defines. */
export const loadBalancerPart = "load balancer";

/** Name of the group of all objects whose wait can end without an Ingress. */
export const runningPart = "running";

/** Kinds on which the programs behind webhooks may depend: they never wait for a webhook. */
const basicKinds = ["Namespace", "Service", "ServiceAccount", "APIService"];

const isBasic = (object: KubernetesObject): boolean =>
  groupOf(object) === "rbac.authorization.k8s.io" ||
  groupOf(object) === "admissionregistration.k8s.io" ||
  (isOwnGroup(groupOf(object)) && (basicKinds.includes(object.kind) || namespaceOf(object) === ""));

const secretOf = (certificate: KubernetesObject): string =>
  `${namespaceOf(certificate)}/${String(valueAt(certificate, "spec", "secretName"))}`;

/**
 * Returns the parts of all manifests of one cluster in an order that works, whichever file an object is in: each part
 * comes after the parts that it waits for.
 *
 * Namespaces and CRDs of all files come first. Objects that only have to exist follow in the order of the files. Then
 * workloads start. An object that a webhook checks waits until the webhook answers. An object that MetalLB's
 * webhook checks, or that is in MetalLB's namespace, waits for the MetalLB that Slipway installs.
 *
 * @param loadBalancer - MetalLB's manifest, if Slipway installs MetalLB in the cluster
 * @param podNetwork - manifest of the pod network, whose CRDs exist before all parts
 */
export const installPlan = (
  manifests: readonly Manifest[],
  loadBalancer?: Manifest,
  podNetwork?: Manifest,
): InstallPart[] => {
  const files = manifests.map((_, index) => index);
  const extensions = extensionsOf(manifests);
  const objects = manifests.flatMap((manifest, file) => manifest.objects.map((object) => ({ file, object })));
  const certificates = objects.filter(({ object }) => isCertManagers(object) && object.kind === "Certificate");
  const certifiedSecrets = new Set(certificates.map(({ object }) => secretOf(object)));
  const mounted = (object: KubernetesObject): string[] =>
    secretsOf(object)
      .map((name) => `${namespaceOf(object)}/${name}`)
      .filter((name) => certifiedSecrets.has(name));
  const uncertified = new Set(beforeCertificates(objects.map(({ object }) => object)));
  const isServer = (object: KubernetesObject): boolean => extensions.some(({ servers }) => servers.includes(object));

  // cert-manager may be in several files: one with its CRDs, and one with its programs.
  const bringers = manifests.filter(bringsCertManager);
  const sampleIssuer = { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: { name: "sample" } };
  const certManagerFiles = files.filter(
    (file) =>
      bringers.length > 0 &&
      (bringsCertManager(manifests[file]!) || extensions.some((one) => one.file === file && one.serves(sampleIssuer))),
  );

  const known = new Set(
    [...manifests, loadBalancer, podNetwork].flatMap((manifest) => (manifest?.crds ?? []).map(groupOfCrd)),
  );
  const hasPods = objects.some(({ object }) => runsPods(object));
  /** Returns true for an object whose CRD a program of the manifests may create. */
  const isUnknown = (object: KubernetesObject): boolean => {
    const group = groupOf(object);
    const isServed = extensions.some((one) => one.serves(object));
    return hasPods && !isOwnGroup(group) && !known.has(group) && !isServed;
  };

  const balancerGroups = new Set(loadBalancer?.crds.map(groupOfCrd));
  const balancerNamespaces = new Set(
    loadBalancer?.objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
  );
  const needsLoadBalancer = (object: KubernetesObject): boolean =>
    balancerGroups.has(groupOf(object)) || balancerNamespaces.has(namespaceOf(object));

  const gateOf = ({ service, file }: Extension): string => `gate ${file} ${service}`;
  /** Returns the names of the gates that an object waits for. */
  const gatesOf = (object: KubernetesObject): string[] => {
    if (isBasic(object) || isAccountToken(object) || isServer(object)) return [];
    const isIssued = isCertManagers(object);
    const waited = extensions.filter((extension) => {
      if (!extension.serves(object)) return false;
      // The gate of cert-manager covers its own webhook. A webhook that mounts a certificate cannot come before it.
      if (isIssued && (certManagerFiles.includes(extension.file) || extension.servers.some(isCertified))) return false;
      const near = isOwnGroup(groupOf(object)) && extension.service.startsWith(`${namespaceOf(object)}/`);
      return !near;
    });
    const issued = isIssued && certManagerFiles.length > 0 ? ["cert-manager"] : [];
    return [...new Set([...waited.map(gateOf), ...issued, ...(isUnknown(object) ? ["served"] : [])])];
  };
  const isCertified = (object: KubernetesObject): boolean => mounted(object).length > 0;
  const laterOf = (object: KubernetesObject): string[] => [
    ...gatesOf(object),
    ...(needsLoadBalancer(object) ? [loadBalancerPart] : []),
  ];

  const defined = ["namespaces", "crds"];
  const plain = files.map((file) => `plain ${file}`);
  const existing = [...defined, ...plain, "tokens"];

  const partOf = (file: number, object: KubernetesObject): ObjectPart => {
    const later = laterOf(object);
    const part = (names: readonly string[], after: readonly string[]): ObjectPart => ({
      type: "object",
      file,
      object,
      names: [...names, `object ${identityOf(object)}`],
      after: [...new Set([...after, ...later])],
    });
    if (object.kind === "Namespace" && groupOf(object) === "") return part(["namespaces", runningPart], []);
    if (isCertManagers(object)) {
      return isIssuer(object)
        ? part(["issuers", runningPart], [...defined, ...plain])
        : part([`certificate ${secretOf(object)}`, runningPart], [...defined, ...plain, "issuers"]);
    }
    if (isAccountToken(object)) return part(["tokens", runningPart], [...defined, ...plain]);
    if (runsPods(object)) {
      const secrets = mounted(object).map((name) => `certificate ${name}`);
      const early = uncertified.has(object) && later.length === 0 ? [`pods ${file}`] : [];
      return part(["workloads", runningPart, ...early], [...existing, ...secrets]);
    }
    if (hasOwnWait(object) && object.kind !== "Service") return part([runningPart], existing);
    if (isIngress(object) && !skipsWait(object)) return part([], [...existing, "workloads"]);
    // Workloads do not wait for an object that waits for another program.
    if (later.length > 0) return part([runningPart], [...defined, ...plain.slice(0, file)]);
    return part([`plain ${file}`, runningPart], [...defined, ...plain.slice(0, file)]);
  };

  const objectParts = objects.map(({ file, object }) => partOf(file, object));
  const waitedFor = (gate: string): ObjectPart[] => objectParts.filter(({ after }) => after.includes(gate));
  const gates = extensions.flatMap((extension): GatePart[] => {
    const gate = gateOf(extension);
    const samples = onePerKind(waitedFor(gate));
    if (samples.length === 0) return [];
    const servers = extension.servers.map((object) => `object ${identityOf(object)}`);
    const after = [...existing, ...servers];
    const name = `webhook/${extension.service}`;
    return [{ type: "gate", file: extension.file, name, names: [gate, runningPart], after, samples }];
  });
  return inOrder([
    ...files
      .filter((file) => manifests[file]!.crds.length > 0)
      .map((file): CrdPart => ({ type: "crds", file, names: ["crds", runningPart], after: [] })),
    ...objectParts,
    ...gates,
    ...certManagerGate(manifests, certManagerFiles, existing),
    ...servedGate(waitedFor("served"), existing),
  ]);
};

/** Returns the gate of cert-manager, if a manifest has objects that it reconciles. */
const certManagerGate = (
  manifests: readonly Manifest[],
  files: readonly number[],
  existing: readonly string[],
): GatePart[] => {
  const file = files.find((index) => bringsCertManager(manifests[index]!));
  if (file === undefined || !manifests.some(usesCertManager)) return [];
  const after = [...existing, ...files.map((index) => `pods ${index}`)];
  return [{ type: "gate", file, name: "cert-manager-webhook", names: ["cert-manager", runningPart], after }];
};

/** Returns the gate of objects whose CRDs are in no manifest, because a program creates them. */
const servedGate = (parts: readonly ObjectPart[], existing: readonly string[]): GatePart[] => {
  const [first] = parts;
  if (first === undefined) return [];
  const samples = onePerKind(parts);
  return [
    { type: "gate", file: first.file, name: "served", names: ["served", runningPart], after: [...existing], samples },
  ];
};

/** Returns the first object of each kind. */
const onePerKind = (parts: readonly ObjectPart[]): KubernetesObject[] => {
  const samples = new Map<string, KubernetesObject>();
  for (const { object } of parts) {
    const kind = `${groupOf(object)}/${object.kind}`;
    if (!samples.has(kind) && !isCrd(object)) samples.set(kind, object);
  }
  return [...samples.values()];
};

/** Sorts parts so that each one comes after all parts that it waits for. */
const inOrder = (parts: readonly InstallPart[]): InstallPart[] => {
  const sorted: InstallPart[] = [];
  let waiting = [...parts];
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ names }) => names));
    const ready = waiting.filter(({ after }) => !after.some((name) => open.has(name)));
    // The rules above make no cycle. If they did, the program must still create every object.
    const next = ready.length > 0 ? ready : waiting;
    sorted.push(...next);
    waiting = waiting.filter((part) => !next.includes(part));
  }
  return sorted;
};
