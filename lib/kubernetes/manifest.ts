import { isRecord } from "../base/json";
import { type Problem, ProblemError, typeName } from "../base/problem";
import { identityOf, type PlacedObject, uniqueObjects } from "./identity";
import type { KubernetesObject } from "./object";
import { secretProblems } from "./secrets/secretProblems";
import { readYaml } from "./yaml";

/** A CRD of a manifest. Its schema stays in a file that the checksum identifies. */
export interface CrdRow {
  /** Plural and group, such as `widgets.example.org`. */
  readonly name: string;
  readonly sha256: string;
  /** Kind of its objects, if the CRD's text was read. */
  readonly kind?: string;
  /** `namespace/name` of the service that converts its objects; absent without conversion. */
  readonly conversion?: string;
}

/** A manifest as the program installs it: CRDs by name and checksum, all other objects in full. */
export interface Manifest {
  /** Prefix of its resources' names. */
  name: string;
  crds: CrdRow[];
  objects: KubernetesObject[];
  /** All objects and CRDs with their places in the file; absent for a manifest without a file. */
  placed?: readonly PlacedObject[];
  /** True for a manifest that the user chose: its workloads keep their probes. @default false */
  asWritten?: boolean;
}

/**
 * Parses the objects of a manifest in order. Skips empty documents and equal repetitions, and replaces lists by their
 * items. Rejects integers beyond 2^53, since JavaScript would change them.
 *
 * @param source - name of the manifest in an error
 * @throws ProblemError for invalid YAML, for every document without apiVersion, kind or metadata.name, for every
 * invalid Secret, and for every object with two contents. The error repeats no value, since a document may be a Secret.
 */
export const parseManifest = (text: string, source = "the manifest"): KubernetesObject[] =>
  placedManifest(text, source).map(({ object }) => object);

/** Parses a manifest as parseManifest does, and returns each object with its place. */
export const placedManifest = (text: string, source: string): PlacedObject[] =>
  withoutInvalid(placedObjects(text, source));

/** Parses the objects of a manifest without validation of Secrets, whose values may be placeholders. */
export const placedObjects = (text: string, source: string): Placed => {
  const problems: Problem[] = [];
  const objects = readYaml(text, source).flatMap((document, index) =>
    document === null ? [] : objectsIn(document, `document ${index + 1} of ${source}`, problems),
  );
  return { objects, problems };
};

/** The parsed objects of a manifest, and the problems of other documents. */
interface Placed {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly Problem[];
}

/**
 * Returns each object once.
 *
 * @throws ProblemError for all problems, including invalid Secrets and objects with two contents
 */
export const withoutInvalid = ({ objects, problems }: Placed): PlacedObject[] => {
  const secrets = new Map(objects.map((one) => [one, secretProblems(one.object, one.place)]));
  const unique = uniqueObjects(objects.filter((one) => secrets.get(one)?.length === 0));
  const all = [...problems, ...[...secrets.values()].flat(), ...unique.problems];
  if (all.length > 0) throw new ProblemError(all);
  return [...unique.objects];
};

const objectsIn = (value: unknown, place: string, problems: Problem[]): PlacedObject[] => {
  if (isList(value)) {
    return value.items.flatMap((item, index) =>
      objectsIn(asItem(item, value), `item ${index + 1} of ${place}`, problems),
    );
  }
  if (isKubernetesObject(value)) return [{ object: value, place }];
  problems.push({
    key: place,
    rule: "a Kubernetes object",
    got: isRecord(value) ? `a map that lacks ${missingFields(value).join(", ")}` : typeName(value),
    remedy: "Add the missing fields, or remove the document",
  });
  return [];
};

/** The only place where YAML's `unknown` becomes a typed object. */
const isKubernetesObject = (value: unknown): value is KubernetesObject => missingFields(value).length === 0;

const missingFields = (value: unknown): string[] => {
  const { apiVersion, kind, metadata } = isRecord(value) ? value : {};
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  // YAML parses an unquoted `no` as false; the API server would reject such a name too.
  const texts = { apiVersion, kind, "metadata.name": name, "metadata.namespace as text": namespace ?? "none" };
  return Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" && value !== "" ? [] : [key]));
};

interface List {
  apiVersion?: unknown;
  kind: string;
  items: unknown[];
}

/**
 * Returns true for a list of Kubernetes. A custom kind may also end in List, but its objects have names; a list's name
 * has no meaning.
 */
const isList = (value: unknown): value is List =>
  isRecord(value) &&
  typeof value["kind"] === "string" &&
  value["kind"].endsWith("List") &&
  Array.isArray(value["items"]) &&
  (!(isRecord(value["metadata"]) && "name" in value["metadata"]) ||
    (value["apiVersion"] === "v1" && ["List", "SecretList"].includes(value["kind"])));

/** Adds the kind to an item. Items of a typed list (RoleList) may omit their kind, which the list's kind implies. */
const asItem = (item: unknown, list: List): unknown =>
  isRecord(item) && list.kind !== "List"
    ? { apiVersion: list.apiVersion, kind: list.kind.slice(0, -"List".length), ...item }
    : item;

/**
 * Returns manifests of one cluster without objects that an earlier manifest has too. CRDs stay in each manifest: the
 * step of a manifest deletes the CRDs that it no longer lists.
 */
export const withoutRepeatedObjects = (manifests: readonly Manifest[]): Manifest[] => {
  const seen = new Set<string>();
  const isFirst = (object: KubernetesObject): boolean => {
    const identity = identityOf(object);
    return !seen.has(identity) && seen.add(identity).size > 0;
  };
  return manifests.map((manifest) => ({ ...manifest, objects: manifest.objects.filter(isFirst) }));
};
