import type { KubernetesObject } from "./kubernetesObject";
import { parseManifest } from "./manifests";
import { ProblemError, refuse } from "./problem";
import { hasSecrets, markSecrets } from "./secretValue";
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
  const open = parseManifest(substitute(text, { ...variables, ...stand }, source, setting), source);
  if (used.length === 0) return open;
  const closed = markSecrets(open, parseSecretly(substitute(text, { ...variables, ...secrets }, source), source));
  if (!Array.isArray(closed) || (closed as KubernetesObject[]).some(hasSecretName)) {
    return refuse({
      key: source,
      rule: `take ${used.join(", ")} as values of fields alone, since templateSecrets must not name objects or make them`,
      remedy: `Move what names objects to ${setting}`,
    });
  }
  return closed as KubernetesObject[];
};

const hasSecretName = ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
  hasSecrets([apiVersion, kind, metadata]);

/** Without what is wrong where it goes wrong: the parser would quote the line. */
const parseSecretly = (text: string, source: string): KubernetesObject[] => {
  try {
    return parseManifest(text, source);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return refuse({
      key: source,
      rule: "be YAML with the values of templateSecrets in it",
      remedy: "Quote the variable in the template, or take base64 where its field wants it",
    });
  }
};
