import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../../lib/base/errors";
import { isRecord } from "../../lib/base/json";
import { ProblemError, sentence } from "../../lib/base/problem";
import type { SettingValues } from "../../program/stackSettings";
import { hasSecret, hasUnknown, type Properties, reveal, type Value } from "../plugin/values";

/** An invalid property of a component: its path and the reason. */
type InvalidProperty = pulumi.InputPropertiesError["errors"][number];

/** The settings in a component's inputs, and the inputs that a preview does not know. */
export interface ReadInputs {
  readonly values: SettingValues;
  /** Names of inputs whose value is an output of a resource that does not exist yet. */
  readonly unknown: readonly string[];
}

/** Returns the paths of unknown values: `clusters[0].nodeImage`. */
const unknownPaths = (value: Value, path: string): string[] => {
  if (!hasUnknown(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownPaths(item, `${path}[${index}]`));
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([key, item]) => unknownPaths(item, `${path}.${key}`));
};

const unknownReason =
  "expected a value that is known at preview, because it decides which resources exist, got an output of a resource " +
  "that does not exist yet. Set a known value, or create that resource in an earlier run.";

/**
 * Refuses unknown values.
 *
 * @throws InputPropertiesError with the paths of all of them
 */
const refuseUnknown = (values: Properties): void => {
  const paths = Object.entries(values).flatMap(([key, value]) => unknownPaths(value, key));
  if (paths.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message:
      paths.length === 1 ? "1 input is not known at preview." : `${paths.length} inputs are not known at preview.`,
    errors: paths.map((propertyPath) => ({ propertyPath, reason: unknownReason })),
  });
};

/**
 * Returns the values of a component's inputs as settings.
 *
 * @param mayBeUnknown - names of inputs that a preview need not know, because no resource depends on their values; default:
 * none
 * @throws InputPropertiesError with the paths of all other values that a preview does not know
 */
export const readInputs = async (inputs: pulumi.Inputs, mayBeUnknown: readonly string[] = []): Promise<ReadInputs> => {
  const all = Object.entries((await pulumi.runtime.serializeProperties("inputs", inputs)) as Properties);
  const unknown = all.flatMap(([key, value]) => (hasUnknown(value) && mayBeUnknown.includes(key) ? [key] : []));
  const values = Object.fromEntries(all.filter(([key]) => !unknown.includes(key)));
  refuseUnknown(values);
  const secretKeys = all.flatMap(([key, value]) => (hasSecret(value) ? [key] : []));
  return { values: { config: reveal(values) as Properties, secretKeys }, unknown };
};

/** Returns a line of an error as a property and a reason: `clusters[0].name: expected …`. */
const propertyOfLine = (line: string, properties: readonly string[]): InvalidProperty | undefined => {
  const [, propertyPath = "", reason = ""] = /^([\w.[\]]+): (.+)$/s.exec(line) ?? [];
  const [name = ""] = propertyPath.split(/[.[]/);
  return properties.includes(name) ? { propertyPath, reason } : undefined;
};

/**
 * Converts an error about settings to Pulumi's error, which names all properties at once. Lines about the machine, which no
 * property causes, are in the message.
 *
 * @param properties - names of the component's inputs
 */
export const asPropertyError = (error: unknown, properties: readonly string[]): pulumi.InputPropertiesError => {
  const lines = error instanceof ProblemError ? error.problems.map(sentence) : messageOf(error).split("\n");
  const read = lines.map((line) => ({ line, property: propertyOfLine(line, properties) }));
  const rest = read.flatMap(({ line, property }) => (property === undefined ? [line] : []));
  const errors = read.flatMap(({ property }) => property ?? []);
  const count = errors.length === 1 ? "1 input is invalid." : `${errors.length} inputs are invalid.`;
  return new pulumi.InputPropertiesError({ message: rest.length > 0 ? rest.join("\n") : count, errors });
};
