import type { RunInputs } from "../../../../provider/plugin/execute";
import type { Failure } from "../../../../provider/plugin/rpc";
import { hasUnknown, isAsset, reveal, type Properties, type Value } from "../../../../provider/plugin/values";

/** Inputs of command:local:Command. */
export interface CommandInputs extends RunInputs {
  create?: string;
  update?: string;
  delete?: string;
}

type Test = (value: Value) => string | undefined;

const text: Test = (value) =>
  typeof value === "string" ? undefined : `must be a string, not ${JSON.stringify(value)}`;
const flag: Test = (value) =>
  typeof value === "boolean" ? undefined : `must be true or false, not ${JSON.stringify(value)}`;
const texts: Test = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? undefined : "must be a list of strings";
const textMap: Test = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isAsset(value)
    ? Object.entries(value)
        .filter(([, item]) => typeof item !== "string")
        .map(([key, item]) => `${key} must be a string, not ${JSON.stringify(item)}`)[0]
    : "must be a map of strings";
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];
const logging: Test = (value) =>
  typeof value === "string" && loggings.includes(value) ? undefined : `must be one of ${loggings.join(", ")}`;
const list: Test = (value) => (Array.isArray(value) ? undefined : "must be a list");
const refused: Test = () =>
  "is not supported by Slipway's stand-in for the command plugin (source route); SLIPWAY_ROUTE=release has the real one";

const runTests: Record<string, Test> = {
  interpreter: texts,
  dir: text,
  environment: textMap,
  stdin: text,
  logging,
  addPreviousOutputInEnv: flag,
  assetPaths: refused,
  archivePaths: refused,
};

/** Properties of the resource; each with its test. */
export const commandTests: Record<string, Test> = {
  ...runTests,
  create: text,
  update: text,
  delete: text,
  triggers: list,
};

/** Properties of the function command:local:run. */
export const functionTests: Record<string, Test> = { ...runTests, command: text };

/** What is wrong with properties: unknown names and wrong types. Values not known yet are taken on trust. */
export const findFailures = (given: Properties, tests: Record<string, Test>): Failure[] => {
  const failures: Failure[] = [];
  for (const [property, value] of Object.entries(given)) {
    if (property.startsWith("__") || value === null) continue; // the engine's own, and what is unset
    const test = tests[property];
    if (!test) {
      failures.push({ property, reason: `is no property; there are ${Object.keys(tests).sort().join(", ")}` });
    } else if (test === refused || !hasUnknown(value)) {
      const reason = test(reveal(value));
      if (reason !== undefined) failures.push({ property, reason });
    }
  }
  return failures;
};

/** Checked properties as the runner takes them, secrets in clear. */
export const readInputs = (properties: Properties): CommandInputs => reveal(properties) as unknown as CommandInputs;
