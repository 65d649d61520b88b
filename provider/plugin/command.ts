import { randomBytes } from "node:crypto";
import { execute, type Printed, type Log } from "./execute";
import type { Change, Difference, Failure } from "./rpc";
import { asSecret, hasSecret, hasUnknown, isSame, reveal, unknown, type Properties, type Value } from "./values";
import { commandTests, findFailures, functionTests, readInputs } from "./commandInputs";

const userProperties = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key, value]) => !key.startsWith("__") && value !== null));

/** Returns the inputs in a state, without the outputs. */
const inputsOf = (state: Properties): Properties =>
  Object.fromEntries(Object.entries(userProperties(state)).filter(([key]) => key in commandTests));

const printedOf = (state: Properties): Printed => {
  const text = (value: Value | undefined): string => {
    const plain = reveal(value ?? "");
    return typeof plain === "string" ? plain : "";
  };
  return { stdout: text(state.stdout), stderr: text(state.stderr) };
};

/** Merges inputs and outputs. Every output depends on every input, so one secret input makes all outputs secret. */
const withOutputs = (inputs: Properties, outputs: Properties): Properties => {
  const secret = hasSecret(inputs);
  const entries = Object.entries(outputs).map(([key, value]): [string, Value] => [
    key,
    secret ? asSecret(value) : value,
  ]);
  return { ...inputs, ...Object.fromEntries(entries) };
};

const pending = (inputs: Properties): Properties => withOutputs(inputs, { stdout: unknown, stderr: unknown });

/** Tests the inputs of a resource. */
export const check = (news: Properties): { inputs: Properties; failures: Failure[] } => ({
  inputs: userProperties(news),
  failures: findFailures(news, commandTests),
});

/** Compares inputs. Any difference is an update, and a difference in `triggers` is a replacement. */
export const diff = (oldInputs: Properties, news: Properties): Difference => {
  const [before, after] = [inputsOf(oldInputs), inputsOf(news)];
  const changes: Record<string, Change> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!(key in before)) changes[key] = "add";
    else if (!(key in after)) changes[key] = "delete";
    else if (hasUnknown(after[key] ?? null) || !isSame(before[key], after[key])) changes[key] = "update";
  }
  return { changes, replaces: "triggers" in changes ? ["triggers"] : [] };
};

/**
 * Runs the command in the input `create`, if that input is set. In a preview no command runs, and the outputs `stdout` and
 * `stderr` are unknown.
 */
export const create = async (
  name: string,
  news: Properties,
  preview: boolean,
  log: Log,
): Promise<{ id: string; state: Properties }> => {
  const inputs = userProperties(news);
  const id = `${name}${randomBytes(4).toString("hex")}`;
  if (preview) return { id, state: pending(inputs) };
  const plain = readInputs(inputs);
  const printed =
    plain.create === undefined ? { stdout: "", stderr: "" } : await execute(plain.create, plain, undefined, log);
  return { id, state: withOutputs(inputs, { ...printed }) };
};

/** Runs `update`, or `create` if the inputs have no `update`, with the last run's output in the environment. */
export const update = async (state: Properties, news: Properties, preview: boolean, log: Log): Promise<Properties> => {
  const inputs = userProperties(news);
  if (preview) return pending(inputs);
  const previous = printedOf(state);
  const plain = readInputs(inputs);
  const command = plain.update ?? plain.create;
  const printed = command === undefined ? previous : await execute(command, plain, previous, log);
  return withOutputs(inputs, { ...printed });
};

/** Runs `delete` of the state, with the environment of the state. */
export const remove = async (state: Properties, log: Log): Promise<void> => {
  const plain = readInputs(inputsOf(state));
  if (plain.delete !== undefined) await execute(plain.delete, plain, printedOf(state), log);
};

/** Runs the function command:local:run. */
export const invokeRun = async (args: Properties, log: Log): Promise<{ result: Properties; failures: Failure[] }> => {
  const inputs = userProperties(args);
  const failures = findFailures(inputs, functionTests);
  if (inputs.command === undefined) failures.push({ property: "command", reason: "is missing" });
  if (failures.length > 0) return { result: {}, failures };
  const { command, ...plain } = reveal(inputs) as { command: string };
  const printed = await execute(command, plain, undefined, log);
  return { result: withOutputs(inputs, { ...printed }), failures };
};
