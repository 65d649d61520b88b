import { ProblemError, refuse } from "../../base/problem";
import { type PlacedObject, placedObjects, withValidSecrets } from "../../kubernetes/manifest";
import type { KubernetesObject } from "../../kubernetes/object";
import { hasSecrets, markSecrets } from "../../kubernetes/secrets/secretValue";
import { substitute, variablesOf } from "./substitution";

/** Values for a template's variables. */
export interface TemplateValues {
  variables: Readonly<Record<string, string>>;
  /** What must not be seen: it appears in no error, and is marked in the objects. */
  secrets: Readonly<Record<string, string>>;
  /** The setting that a variable without a value is missing in. */
  setting: string;
}

/**
 * The objects of a template with clusterctl's variables filled in. Values that hold a secret are SecretValues.
 *
 * @param source what to call the template in an error
 * @throws ProblemError naming every variable without a value; and where a secret changes which objects there are
 */
export const renderTemplate = (text: string, source: string, values: TemplateValues): KubernetesObject[] => {
  const { variables, secrets, setting } = values;
  const used = variablesOf(text, source).flatMap(({ name }) => (Object.hasOwn(secrets, name) ? [name] : []));
  const stand = Object.fromEntries(used.map((name) => [name, secrets[name] === "" ? "" : `secret-${name}`]));
  const open = placedObjects(substitute(text, { ...variables, ...stand }, source, setting), source);
  if (used.length === 0) return withValidSecrets(open);
  if (open.problems.length > 0) throw new ProblemError(open.problems);
  const closed = parseSecretly(substitute(text, { ...variables, ...secrets }, source), source);
  const marked = markSecrets(
    open.objects.map(({ object }) => object),
    closed.map(({ object }) => object),
  );
  if (!Array.isArray(marked) || (marked as KubernetesObject[]).some(hasSecretName)) {
    return refuse({
      key: source,
      rule: `take ${used.join(", ")} as values of fields alone, since templateSecrets must not name objects or make them`,
      remedy: `Move what names objects to ${setting}`,
    });
  }
  // Names and keys are those of the template, so an error may repeat them.
  const objects = (marked as KubernetesObject[]).map((object, index) => ({
    object,
    place: open.objects[index]?.place ?? source,
  }));
  return withValidSecrets({ objects, problems: [] });
};

const hasSecretName = ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
  hasSecrets([apiVersion, kind, metadata]);

/** Without what is wrong where it goes wrong: the values of templateSecrets may make keys and names. */
const parseSecretly = (text: string, source: string): readonly PlacedObject[] => {
  const invalid = (): never =>
    refuse({
      key: source,
      rule: "be YAML with the values of templateSecrets in it",
      remedy: "Quote the variable in the template, or take base64 where its field wants it",
    });
  try {
    const { objects, problems } = placedObjects(text, source);
    return problems.length > 0 ? invalid() : objects;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return invalid();
  }
};
