import { deletionParts } from "../../lib/plan/deletedSteps";
import { changePlan, exitCode } from "../../lib/plan/plan";
import type { PreviewDigest, PartPlan } from "../../lib/plan/step";
import { planSummary, planTable } from "../../lib/plan/text";
import { stackFile } from "../../preflight/stackFile";
import { exec, type ExecResult, requireStart } from "../../system/exec";
import type { Target } from "../pulumi/run";
import { keepSettingsClean } from "../pulumi/stack";
import type { DeletionPreview } from "../recovery/restoreDeleted";
import type { Print } from "../toolchain/build/progress";

/** Runs Pulumi and returns its output. Tests replace it. */
export type RunPreview = (target: Target, args: string[]) => Promise<ExecResult>;

const runPreview: RunPreview = ({ checkout, stack, variables }, args) =>
  keepSettingsClean(stackFile(checkout, stack), async () =>
    requireStart("pulumi", await exec("pulumi", args, { cwd: checkout, env: variables }), "Run make tools."),
  );

/** Options of `printPlan`. */
export interface PlanOptions {
  /** Prints JSON instead of a table. @default false */
  json?: boolean;
  preview?: RunPreview;
  /** Objects that were deleted outside of Slipway. */
  deleted?: DeletionPreview["deleted"];
}

/**
 * Previews the stack and prints the change of each part. Returns the exit code (0, 1, 2 or 3).
 *
 * @param args options for Pulumi
 */
export const printPlan = async (
  target: Target,
  args: readonly string[],
  print: Print,
  { json = false, preview = runPreview, deleted }: PlanOptions = {},
): Promise<0 | 1 | 2 | 3> => {
  // --show-sames, because the unchanged resources show which clusters exist and to which cluster a resource belongs.
  const options = ["preview", "--json", "--show-sames", "--non-interactive", "--stack", target.stack];
  const { code, stdout, stderr } = await preview(target, [...options, ...args]);
  const digest = digestOf(stdout);
  const errors = (digest?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  if (code !== 0 || digest === undefined || errors.length > 0) {
    const messages = errors.map(({ message = "" }) => message.trim());
    if (deleted && messages.some((text) => text.includes("failed calling webhook"))) {
      const parts = deletionParts(deleted.deletions);
      report(parts, json, print);
      if (!json) print("other changes show once make up has created the deleted webhooks again");
      return exitCode(parts);
    }
    throw new Error(`the preview failed\n${messages.join("\n") || stderr.trim() || stdout.slice(-2000)}`);
  }
  const parts = changePlan(digest.steps ?? [], deleted?.steps);
  report(parts, json, print);
  return exitCode(parts);
};

const report = (parts: PartPlan[], json: boolean, print: Print): void => {
  if (json) print(JSON.stringify({ exitCode: exitCode(parts), parts }, null, 2));
  else for (const line of ["", ...planTable(parts), "", planSummary(parts)]) print(line);
};

const digestOf = (text: string): PreviewDigest | undefined => {
  try {
    return JSON.parse(text) as PreviewDigest;
  } catch {
    return undefined; // Pulumi ended before it printed JSON
  }
};
