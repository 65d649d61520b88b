import { printable } from "../../lib/base/problem";
import { stackFile } from "../../preflight/stackFile";
import { complaintOf, exec } from "../../system/exec";
import { isFileBackend } from "./backendUrl";
import { hasState } from "./fileBackend";
import { type Outputs, type Target } from "./run";
import { keepSettingsClean } from "./stack";
import { withoutUnknown } from "./unknownOutputs";

/** Error for a stack that is not in its backend. */
export class MissingStack extends Error {
  constructor(stack: string, backend: string) {
    super(`stack ${stack} does not exist in ${printable(backend)}: make up creates it`);
  }
}

/**
 * Checks that a file backend has the stack. Other backends are not checked.
 *
 * @throws MissingStack
 */
export const requireState = ({ stack, backend }: Pick<Target, "stack" | "backend">): void => {
  if (isFileBackend(backend) && !hasState(backend, stack)) throw new MissingStack(stack, backend);
};

/**
 * Runs Pulumi on a stack that must exist, and returns standard output.
 *
 * @throws MissingStack, or an error with Pulumi's message
 */
export const queryStack = async (target: Target, args: readonly string[]): Promise<string> => {
  const { checkout, stack, backend, variables } = target;
  requireState(target);
  const options = ["--non-interactive", "--stack", stack];
  const result = await keepSettingsClean(stackFile(checkout, stack), () =>
    exec("pulumi", [...args, ...options], { cwd: checkout, env: variables }),
  );
  if (result.code === 0) return result.stdout;
  if (result.code < 0)
    throw new Error(`pulumi: expected a program that runs, got ${complaintOf(result)}. Run make tools.`);
  if (/no stack named/i.test(result.stderr)) throw new MissingStack(stack, backend);
  throw new Error(`stack ${stack}: expected an answer from Pulumi, got this error:\n${complaintOf(result)}`);
};

/** Reads the outputs of a stack that must exist. A secret is the text `[secret]`, unless `showSecrets` is true. */
export const readExistingOutputs = async (
  target: Target,
  { showSecrets = false } = {},
): Promise<Record<string, unknown> & Omit<Outputs, "kubeconfigs">> => {
  const text = await queryStack(target, ["stack", "output", "--json", ...(showSecrets ? ["--show-secrets"] : [])]);
  return withoutUnknown(JSON.parse(text)) as Record<string, unknown>;
};
