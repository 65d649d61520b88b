import type { KubernetesObject } from "./kubernetesObject";
import { type Problem, ProblemError } from "./problem";
import { readYaml } from "./yaml";

export { clusterctlLabels, inventoryObject, type ProviderEntry, providerLabel } from "./clusterctl";
export {
  imagesOf,
  isCrd,
  type KubernetesObject,
  objectKey,
  splitCrds,
  withAnnotations,
  withLabels,
} from "./kubernetesObject";
export { substitute, type TemplateVariable, variablesOf } from "./substitution";
export { toYaml } from "./yaml";

/**
 * The objects of a manifest in order. Empty documents are skipped, lists give their items. Integers beyond 2^53 are
 * refused, since JavaScript would change them.
 *
 * @param source what to call the manifest in an error
 * @throws ProblemError for bad YAML, and naming every document without apiVersion, kind or metadata.name
 */
export const parseManifest = (text: string, source = "the manifest"): KubernetesObject[] => {
  const problems: Problem[] = [];
  const objects = readYaml(text, source).flatMap((document, index) =>
    document === null ? [] : objectsIn(document, `document ${index + 1} of ${source}`, problems),
  );
  if (problems.length > 0) throw new ProblemError(problems);
  return objects;
};

const objectsIn = (value: unknown, place: string, problems: Problem[]): KubernetesObject[] => {
  if (isList(value)) {
    return value.items.flatMap((item, index) =>
      objectsIn(asItem(item, value), `item ${index + 1} of ${place}`, problems),
    );
  }
  if (isKubernetesObject(value)) return [value];
  problems.push({
    key: place,
    received: value,
    rule: `be a Kubernetes object; it lacks ${lackOf(value).join(", ")}`,
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

const isList = (value: unknown): value is List =>
  isRecord(value) &&
  typeof value["kind"] === "string" &&
  value["kind"].endsWith("List") &&
  Array.isArray(value["items"]) &&
  !(isRecord(value["metadata"]) && "name" in value["metadata"]);

/** Items of a typed list (RoleList) may leave out their kind, which the list's own name gives. */
const asItem = (item: unknown, list: List): unknown =>
  isRecord(item) && list.kind !== "List"
    ? { apiVersion: list.apiVersion, kind: list.kind.slice(0, -"List".length), ...item }
    : item;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
