import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../lib/base/json";
import { messageOf } from "../../lib/base/errors";
import { ProblemError, sentence } from "../../lib/base/problem";
import type { SettingValues } from "../../program/stackSettings";
import { hasSecret, hasUnknown, type Properties, reveal, type Value } from "../plugin/values";

/** An invalid property of a component: its path and the reason. */
type InvalidProperty = pulumi.InputPropertiesError["errors"][number];

/** Returns the paths of unknown values: `clusters[0].nodeImage`. */
const unknownPaths = (value: Value, path: string): string[] => {
  if (!hasUnknown(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownPaths(item, `${path}[${index}]`));
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([key, item]) => unknownPaths(item, `${path}.${key}`));
};

const refuseUnknown = (values: Properties): void => {
  const paths = Object.entries(values).flatMap(([key, value]) => unknownPaths(value, key));
  if (paths.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message: "Some inputs are not known before the preview.",
    errors: paths.map((propertyPath) => ({
      propertyPath,
      reason:
        "expected a value that is known at preview, because it decides which resources exist, got an output of a " +
        "resource that does not exist yet. Set a known value, or create that resource in an earlier run.",
    })),
  });
};

/**
 * Returns the values of a component's inputs as settings.
 *
 * @throws InputPropertiesError with the paths of all values that are unknown in a preview
 */
export const settingValues = async (inputs: pulumi.Inputs): Promise<SettingValues> => {
  const values = (await pulumi.runtime.serializeProperties("inputs", inputs)) as Properties;
  refuseUnknown(values);
  return {
    config: reveal(values) as Properties,
    secretKeys: Object.entries(values).flatMap(([key, value]) => (hasSecret(value) ? [key] : [])),
  };
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
