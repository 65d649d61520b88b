import type { RunInputs } from "./execute";
import type { Failure } from "./rpc";
import { hasUnknown, isAsset, reveal, type Properties, type Value } from "./values";

/** Inputs of command:local:Command. */
export interface CommandInputs extends RunInputs {
  create?: string;
  update?: string;
  delete?: string;
}

type Test = (value: Value) => string | undefined;

const string: Test = (value) =>
  typeof value === "string" ? undefined : `expected a string, got ${JSON.stringify(value)}`;
const boolean: Test = (value) =>
  typeof value === "boolean" ? undefined : `expected true or false, got ${JSON.stringify(value)}`;
const strings: Test = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string")
    ? undefined
    : `expected a list of strings, got ${JSON.stringify(value)}`;
const stringMap: Test = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isAsset(value)
    ? Object.entries(value)
        .filter(([, item]) => typeof item !== "string")
        .map(([key, item]) => `${key}: expected a string, got ${JSON.stringify(item)}`)[0]
    : `expected a map of strings, got ${JSON.stringify(value)}`;
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];
const logging: Test = (value) =>
  typeof value === "string" && loggings.includes(value)
    ? undefined
    : `expected one of ${loggings.join(", ")}, got ${JSON.stringify(value)}`;
const list: Test = (value) => (Array.isArray(value) ? undefined : `expected a list, got ${JSON.stringify(value)}`);
const refused: Test = () =>
  "is not supported by Slipway's stand-in for the command plugin (source route). Use SLIPWAY_ROUTE=release, which has Pulumi's plugin.";

const runTests: Record<string, Test> = {
  interpreter: strings,
  dir: string,
  environment: stringMap,
  stdin: string,
  logging,
  addPreviousOutputInEnv: boolean,
  assetPaths: refused,
  archivePaths: refused,
};

/** Properties of the resource with their tests. */
export const commandTests: Record<string, Test> = {
  ...runTests,
  create: string,
  update: string,
  delete: string,
  triggers: list,
};

/** Properties of the function command:local:run with their tests. */
export const functionTests: Record<string, Test> = { ...runTests, command: string };

/** Returns failures for unknown properties and wrong types. Values that are not known yet are not tested. */
export const findFailures = (properties: Properties, tests: Record<string, Test>): Failure[] => {
  const failures: Failure[] = [];
  for (const [property, value] of Object.entries(properties)) {
    if (property.startsWith("__") || value === null) continue; // properties of the engine, and unset properties
    const test = tests[property];
    if (!test) {
      failures.push({ property, reason: `is not a property. Use one of ${Object.keys(tests).sort().join(", ")}` });
    } else if (test === refused || !hasUnknown(value)) {
      const reason = test(reveal(value));
      if (reason !== undefined) failures.push({ property, reason });
    }
  }
  return failures;
};

/** Returns checked properties for the runner, with plain-text secrets. */
export const readInputs = (properties: Properties): CommandInputs => reveal(properties) as unknown as CommandInputs;
