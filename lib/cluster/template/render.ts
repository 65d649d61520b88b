import { ProblemError, refuse } from "../../base/problem";
import type { PlacedObject } from "../../kubernetes/identity";
import { placedObjects, withoutInvalid } from "../../kubernetes/manifest";
import type { KubernetesObject } from "../../kubernetes/object";
import { hasSecrets, isFields, markSecrets } from "../../kubernetes/secrets/secretValue";
import { substitute, variablesOf } from "./substitution";

/** Values for a template's variables. */
export interface TemplateValues {
  variables: Readonly<Record<string, string>>;
  /** Values that no error may show; the objects mark them as secrets. */
  secrets: Readonly<Record<string, string>>;
  /** Setting that supplies the variables, for errors about a missing value. */
  setting: string;
}

/**
 * Returns the objects of a template with clusterctl's variables filled in. Values with a secret are SecretValues.
 *
 * @param source - name of the template in an error
 * @throws ProblemError for every variable without a value, and for a secret that changes the set of objects,
 * their names or their top-level fields
 */
export const renderTemplate = (text: string, source: string, values: TemplateValues): KubernetesObject[] =>
  renderPlaced(text, source, values).map(({ object }) => object);

/** Renders a template as renderTemplate does, and returns each object with its place. */
export const renderPlaced = (text: string, source: string, values: TemplateValues): PlacedObject[] => {
  const { variables, secrets, setting } = values;
  const used = variablesOf(text, source).flatMap(({ name }) => (Object.hasOwn(secrets, name) ? [name] : []));
  const placeholders = Object.fromEntries(used.map((name) => [name, secrets[name] === "" ? "" : `secret-${name}`]));
  const open = placedObjects(substitute(text, { ...variables, ...placeholders }, source, setting), source);
  if (used.length === 0) return withoutInvalid(open);
  if (open.problems.length > 0) throw new ProblemError(open.problems);
  const markedBy = (names: readonly string[]): KubernetesObject[] | undefined => {
    const values = Object.fromEntries(names.map((name) => [name, secrets[name] ?? ""]));
    const closed = parseSecretly(substitute(text, { ...variables, ...placeholders, ...values }, source), source);
    return markObjects(open.objects, closed);
  };
  const marked = markedBy(used);
  if (marked === undefined) {
    const misplaced = used.filter((name) => !isMarked(() => markedBy([name])));
    const names = misplaced.length > 0 ? misplaced : used;
    return refuse({
      key: source,
      rule: `secret variables (${names.join(", ")}) only in values outside apiVersion, kind and metadata`,
      got: "one elsewhere or one that changes the number of objects or their top-level fields",
      remedy: `Move that variable to ${setting}`,
    });
  }
  // Names and top-level fields come from the template and not from secrets, so an error may repeat them.
  const objects = marked.map((object, index) => ({
    object,
    place: open.objects[index]?.place ?? source,
  }));
  return withoutInvalid({ objects, problems: [] });
};

/** Returns the objects with their secrets marked; undefined if a secret is a name, or changes the set of objects. */
const markObjects = (
  open: readonly PlacedObject[],
  closed: readonly PlacedObject[],
): KubernetesObject[] | undefined => {
  const marked = markSecrets(
    open.map(({ object }) => object),
    closed.map(({ object }) => object),
  );
  // An object with other top-level fields is a SecretValue as a whole.
  if (!Array.isArray(marked) || !marked.every(isFields)) return undefined;
  const objects = marked as unknown as KubernetesObject[];
  return objects.some(hasSecretName) ? undefined : objects;
};

const isMarked = (mark: () => KubernetesObject[] | undefined): boolean => {
  try {
    return mark() !== undefined;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
};

const hasSecretName = ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
  hasSecrets([apiVersion, kind, metadata]);

/** Parses a text with secrets. Its error has no details: values of templateSecrets may become keys and names. */
const parseSecretly = (text: string, source: string): readonly PlacedObject[] => {
  const invalid = (): never =>
    refuse({
      key: source,
      rule: "valid YAML with the values of templateSecrets filled in",
      remedy: "Quote the variable in the template, or use base64 if its field expects base64",
    });
  try {
    const { objects, problems } = placedObjects(text, source);
    return problems.length > 0 ? invalid() : objects;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return invalid();
  }
};
