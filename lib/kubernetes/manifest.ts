import { isRecord } from "../base/json";
import { type Problem, ProblemError, typeName } from "../base/problem";
import type { KubernetesObject } from "./object";
import { secretProblems } from "./secrets/secretProblems";
import { readYaml } from "./yaml";

/** A manifest as the program installs it: CRDs by name and sum, every other object in full. */
export interface Manifest {
  /** Prefix of its resources' names. */
  name: string;
  crds: { name: string; sha256: string }[];
  objects: KubernetesObject[];
}

/** An object of a manifest, and where the manifest has it. */
export interface PlacedObject {
  readonly object: KubernetesObject;
  /** As in `item 1 of document 2 of cniManifest calico.yaml`. */
  readonly place: string;
}

/**
 * The objects of a manifest in order. Empty documents are skipped, lists give their items. Integers beyond 2^53 are
 * refused, since JavaScript would change them.
 *
 * @param source what to call the manifest in an error
 * @throws ProblemError for bad YAML, and naming every document without apiVersion, kind or metadata.name and every
 * Secret that the API server would refuse. The error repeats no value, since a document may be a Secret.
 */
export const parseManifest = (text: string, source = "the manifest"): KubernetesObject[] =>
  withValidSecrets(placedObjects(text, source));

/** Reads the objects of a manifest without a look into Secrets, which may hold other texts in place of their values. */
export const placedObjects = (text: string, source: string): Placed => {
  const problems: Problem[] = [];
  const objects = readYaml(text, source).flatMap((document, index) =>
    document === null ? [] : objectsIn(document, `document ${index + 1} of ${source}`, problems),
  );
  return { objects, problems };
};

/** What was read from a manifest: objects, and what is wrong with other documents. */
interface Placed {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly Problem[];
}

/** Returns the objects; throws a ProblemError for every problem, those of Secrets included. */
export const withValidSecrets = ({ objects, problems }: Placed): KubernetesObject[] => {
  const all = [...problems, ...objects.flatMap(({ object, place }) => secretProblems(object, place))];
  if (all.length > 0) throw new ProblemError(all);
  return objects.map(({ object }) => object);
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
    rule: {
      expected: "a Kubernetes object",
      got: isRecord(value) ? `a map that lacks ${lackOf(value).join(", ")}` : typeName(value),
    },
    remedy: "Add what it lacks, or remove the document",
  });
  return [];
};

/** The one place where YAML's `unknown` becomes a typed object. */
const isKubernetesObject = (value: unknown): value is KubernetesObject => lackOf(value).length === 0;

const lackOf = (value: unknown): string[] => {
  const { apiVersion, kind, metadata } = isRecord(value) ? value : {};
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  // An unquoted `no` is false to YAML; the API server would refuse it as a name too.
  const texts = { apiVersion, kind, "metadata.name": name, "metadata.namespace as text": namespace ?? "none" };
  return Object.entries(texts).flatMap(([key, given]) => (typeof given === "string" && given !== "" ? [] : [key]));
};

interface List {
  apiVersion?: unknown;
  kind: string;
  items: unknown[];
}

/** A kind of other groups may end in List as well; its objects have names. Lists of Kubernetes have none that counts. */
const isList = (value: unknown): value is List =>
  isRecord(value) &&
  typeof value["kind"] === "string" &&
  value["kind"].endsWith("List") &&
  Array.isArray(value["items"]) &&
  (!(isRecord(value["metadata"]) && "name" in value["metadata"]) ||
    (value["apiVersion"] === "v1" && ["List", "SecretList"].includes(value["kind"])));

/** Items of a typed list (RoleList) may leave out their kind, which the list's own name gives. */
const asItem = (item: unknown, list: List): unknown =>
  isRecord(item) && list.kind !== "List"
    ? { apiVersion: list.apiVersion, kind: list.kind.slice(0, -"List".length), ...item }
    : item;
