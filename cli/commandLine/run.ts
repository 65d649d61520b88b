import { root } from "../../system/checkout";
import { openTemporary } from "../../system/temporary";
import { requireStackFile } from "../pulumi/stack";
import type { CommandDefinition, Invocation } from "./definition";
import { reserveOutput } from "./output";
import { UsageError } from "./usageError";

/**
 * Sets STACK to the value of --stack, for this process and all programs that it starts.
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

/** Runs a command with checked arguments and a new temporary folder. */
export const runCommand = async (
  definition: CommandDefinition,
  invocation: Invocation,
  definitions: readonly CommandDefinition[],
): Promise<number> => {
  takeStack(invocation.options.stack, process.env);
  // A missing stack file must fail before the command chooses a route, builds tools or creates the state folder.
  if (definition.usesStack && process.env.STACK) requireStackFile(root, process.env.STACK);
  if (definition.pulumi && invocation.passed.some((word) => /^(--json|-j)(=true)?$/.test(word))) reserveOutput();
  const action = await definition.load();
  const { folder, close } = openTemporary();
  process.on("exit", close);
  process.env.TMPDIR = folder; // for all programs that this process starts
  return action(invocation, definitions);
};
