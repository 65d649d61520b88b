import { show } from "../../lib/base/problem";
import { installedRoute } from "../../preflight/installedRoute";
import { stackName, trustStackAuthorities } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import { correctUserFolders } from "../../system/homeFolder";
import { openTemporary } from "../../system/temporary";
import { openOwnNetwork } from "../pulumi/ownNetwork";
import { requireStackFile } from "../pulumi/stack";
import type { CommandDefinition, Invocation } from "./definition";
import { requireFiles } from "./fileOptions";
import { printAside, reserveOutput } from "./output";
import { takeProxy } from "./proxy";
import { UsageError } from "./usageError";

/**
 * Checks the name of a stack, which is part of paths. The rule is Pulumi's, without names that begin as an option or a
 * hidden file.
 *
 * @param subject the option or variable with the name
 */
const requireStackName = (subject: string, name: string): void => {
  if (/^\w[\w.-]{0,99}$/.test(name)) return;
  throw new UsageError(
    `${subject}: expected a stack's name of 1 to 100 letters, digits, underscores, inner hyphens and periods, ` +
      `got ${show(name)}. Correct the name.`,
  );
};

/**
 * Sets STACK to the value of --stack, for this process and all programs that it starts.
 *
 * @throws UsageError for a wrong name, and if both are given and differ
 */
export const takeStack = (stack: Invocation["options"][string], env: NodeJS.ProcessEnv): void => {
  if (typeof stack !== "string") return;
  requireStackName("--stack", stack);
  if (env.STACK && env.STACK !== stack)
    throw new UsageError(
      `--stack: expected the same stack as STACK=${show(env.STACK)}, got ${show(stack)}. Give only one of them.`,
    );
  env.STACK = stack;
};

/** Commands of a stack that ask no cluster. */
const withoutClusters: readonly string[] = ["tools", "sources", "outputs", "kubeconfig", "report"];

/** Runs a command with checked arguments and a new temporary folder. */
export const runCommand = async (
  definition: CommandDefinition,
  invocation: Invocation,
  definitions: readonly CommandDefinition[],
): Promise<number> => {
  correctUserFolders(process.env);
  takeProxy(process.env);
  takeStack(invocation.options.stack, process.env);
  if (definition.usesStack && process.env.STACK) requireStackName("STACK", process.env.STACK);
  requireFiles(invocation.files ?? [], root);
  // A missing stack file must fail before the command chooses a route, builds tools or creates the state folder.
  if (definition.usesStack && process.env.STACK) requireStackFile(root, process.env.STACK);
  if (definition.usesStack) trustStackAuthorities(root, stackName(installedRoute(root)));
  if (definition.pulumi && invocation.passed.some((word) => /^(--json|-j)(=true)?$/.test(word))) reserveOutput();
  const action = await definition.load();
  const { folder, close } = openTemporary();
  process.on("exit", close);
  process.env.TMPDIR = folder; // for all programs that this process starts
  const opensClusters = definition.usesStack && !withoutClusters.includes(definition.name);
  const network = opensClusters ? await openOwnNetwork(root, printAside) : undefined;
  try {
    return await action(invocation, definitions);
  } finally {
    await network?.close();
  }
};
