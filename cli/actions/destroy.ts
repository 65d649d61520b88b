import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { pulumiEnvironment } from "../pulumi/environment";
import type { Target } from "../pulumi/run";
import { chooseStack } from "../pulumi/stack";
import { type ExportedState, exportState, pendingAsCreated, withoutPending } from "../pulumi/state";
import { print, prepareTarget } from "../pulumi/target";
import { endInterrupted, repairState } from "../recovery/interrupted";
import { restoreDeleted } from "../recovery/restoreDeleted";
import { forgetTakeOver, takeOverVariables } from "../recovery/runRecord";
import { openRunReport, reported, type RunReport } from "../report/runReport";
import { hasNoState, reportNoState, destroyStack } from "../teardown/destroy";
import { removeOrphanedStack } from "../teardown/sweep";
import { pickRoute } from "../toolchain";
import type { Print } from "../toolchain/build/progress";

/** Quotes a word for a shell, because URNs contain dollar signs. */
const quote = (word: string): string => (/^[\w-]+$/.test(word) ? word : `'${word}'`);

/** Deletes the stack and writes the report. The report of a failure has the lines about what is left. */
const runDestroy = async (target: Target, args: readonly string[], report: RunReport): Promise<number> => {
  const lines: string[] = [];
  const printAndKeep: Print = (line) => {
    lines.push(...line.split("\n"));
    print(line);
  };
  let before: ExportedState | undefined;
  const begin = (state: ExportedState): void => void (before = state);
  const code = await destroyStack(target, args, printAndKeep, { begin, observe: report.observe });
  const withSecrets = code === 0 ? undefined : await exportState(target, { showSecrets: true });
  await report.finish({ code, state: before, withSecrets, failure: code === 0 ? [] : lines });
  return code;
};

export const destroy: Action = async ({ passed: args }) => {
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (hasNoState(root, stack, pulumiEnvironment(root).backend)) return reportNoState(root, stack, print);
  const { target } = await prepareTarget(pendingAsCreated);
  const report = openRunReport(target, "destroy", args, print);
  const code = await reported(report, () => runDestroy(target, args, report));
  if (code === 0) forgetTakeOver(root, stack);
  return code;
};

/** Repairs the state after an interrupted run of plain pulumi, as `up` and `destroy` do before each run. */
export const recover: Action = async () => {
  const { target } = await prepareTarget(withoutPending);
  await repairState(target, print, withoutPending);
  const { args: replacements } = await restoreDeleted(target, print, []);
  if (replacements.length > 0) print(`plain pulumi up needs these options: ${replacements.map(quote).join(" ")}`);
  print(`stack ${target.stack} is ready for make up or make destroy`);
  const variables = Object.entries(takeOverVariables(root, target.stack)).map(([name, value]) => `${name}=${value}`);
  if (variables.length > 0) print(`for plain pulumi: ${variables.join(" ")} pulumi up`);
  return 0;
};

/** Removes a stack whose state is lost. A stack that has a state is refused, because `destroy` deletes it. */
export const sweep: Action = async ({ options }) => {
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (!hasNoState(root, stack, pulumiEnvironment(root).backend)) {
    const { target } = await prepareTarget(withoutPending);
    const state = await exportState(target);
    if ((state?.deployment.resources ?? []).length > 0) {
      print(`stack ${stack} has its state: make destroy deletes it`);
      return 1;
    }
  } else await endInterrupted({ checkout: root, stack }, print);
  return removeOrphanedStack({ checkout: root, stack }, options.yes === true, print);
};
