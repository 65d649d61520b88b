import { isRecord } from "../base/json";
import { type Problem, ProblemError, typeName } from "../base/problem";
import { readPulumiYaml } from "../kubernetes/yaml";

/** Configuration in a stack file, as Pulumi passes it to a program. */
export interface StackConfig {
  /** Strings by full key, such as `slipway:clusterName`. Maps and lists are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys with an encrypted value, which only Pulumi can read. They are not in `values`. */
  readonly encrypted: readonly string[];
}

/** Returns the full key: Pulumi adds the project to a key without a namespace, and accepts `slipway:config:NAME`. */
const fullKey = (key: string): string | undefined => {
  const parts = key.split(":");
  if (parts.length === 1) return `slipway:${key}`;
  if (parts.length === 2) return key;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : undefined;
};

/** Returns true for a value with an encrypted part: a map whose only key is `secure`. */
const hasEncrypted = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(hasEncrypted);
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  return (keys.length === 1 && keys[0] === "secure") || Object.values(value).some(hasEncrypted);
};

/** Returns the string of a value: its text without quotes, JSON for a map or list, and nothing for null. */
const asString = (value: unknown): string => {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Returns the problem of a stack file's layout; undefined for a map with a map `config`, and for an empty file. */
const layoutProblem = ([document, ...more]: readonly unknown[], key: string): Problem | undefined => {
  const layout = "Write config: and the settings below it, indented";
  if (more.some((other) => other !== null))
    return { key, rule: "one YAML document", got: `${more.length + 1}`, remedy: "Remove the other documents" };
  if (document === null || document === undefined) return undefined;
  if (!isRecord(document)) return { key, rule: "a map with the key config", got: typeName(document), remedy: layout };
  const config = document["config"] ?? null;
  if (config === null || isRecord(config)) return undefined;
  return { key: `${key}, config`, rule: "a map of settings", got: typeName(config), remedy: layout };
};

/**
 * Reads a stack file as Pulumi does, so that all commands judge the file alike.
 *
 * @param file name of the file, for errors
 * @throws ProblemError for a text that is not a stack file
 */
export const readStackConfig = (text: string, file: string): StackConfig => {
  const documents = readPulumiYaml(text, file);
  const problem = layoutProblem(documents, file);
  if (problem !== undefined) throw new ProblemError([problem]);
  const config = isRecord(documents[0]) ? documents[0]["config"] : undefined;
  const values: Record<string, string> = {};
  const encrypted: string[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(isRecord(config) ? config : {})) {
    const full = fullKey(key);
    const place = `${file}, ${key}`;
    if (full === undefined) problems.push({ key: place, rule: "a key of the form slipway:NAME", remedy: "Rename it" });
    else if (seen.has(full))
      problems.push({ key: place, rule: `${full} only once, with or without slipway:`, remedy: "Remove one of them" });
    else if (hasEncrypted(value)) encrypted.push(full);
    else values[full] = asString(value);
    if (full !== undefined) seen.add(full);
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return { values, encrypted };
};
