import { root } from "../../system/checkout";
import { openTemporary } from "../../system/temporary";
import { requireStackFile } from "../pulumi/stack";
import type { CommandDefinition, Invocation } from "./definition";
import { reserveOutput } from "./output";
import { UsageError } from "./usageError";

/**
 * Makes --stack the same as STACK for everything that this process starts.
 *
 * @throws UsageError if both are given and differ
 */
export const takeStack = (stack: Invocation["options"][string], env: NodeJS.ProcessEnv): void => {
  if (typeof stack !== "string") return;
  if (stack === "") throw new UsageError('--stack: expected the name of a stack, got "". Write it behind the option.');
  if (env.STACK && env.STACK !== stack)
    throw new UsageError(
      `--stack: expected the same stack as STACK="${env.STACK}", got "${stack}". Give only one of them.`,
    );
  env.STACK = stack;
};

/** Runs a command whose arguments are checked, with a temporary folder of its own. */
export const runCommand = async (
  definition: CommandDefinition,
  invocation: Invocation,
  definitions: readonly CommandDefinition[],
): Promise<number> => {
  takeStack(invocation.options.stack, process.env);
  // Before anything is asked or written: the route, the tools and the state folder would come first otherwise.
  if (definition.usesStack && process.env.STACK) requireStackFile(root, process.env.STACK);
  if (definition.pulumi && invocation.passed.some((word) => /^(--json|-j)(=true)?$/.test(word))) reserveOutput();
  const action = await definition.load();
  const { folder, close } = openTemporary();
  process.on("exit", close);
  process.env.TMPDIR = folder; // of every program that this one starts
  return action(invocation, definitions);
};
