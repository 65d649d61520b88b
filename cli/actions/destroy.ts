import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { pulumiEnvironment } from "../pulumi/environment";
import { chooseStack } from "../pulumi/stack";
import { exportState, pendingAsMade, withoutPending } from "../pulumi/state";
import { print, ready } from "../pulumi/target";
import { endInterrupted, mendState } from "../recovery/interrupted";
import { restoreDeleted } from "../recovery/restoreDeleted";
import { forgetTakeOver, takeOver } from "../recovery/runRecord";
import { neverUp, sayNeverUp, takeDown } from "../teardown/destroy";
import { sweepLost } from "../teardown/sweep";
import { pickRoute } from "../toolchain";

/** A word as a shell takes it: URNs hold dollar signs. */
const quote = (word: string): string => (/^[\w-]+$/.test(word) ? word : `'${word}'`);

export const destroy: Action = async ({ passed: args }) => {
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (neverUp(root, stack, pulumiEnvironment(root).backend)) return sayNeverUp(root, stack, print);
  const code = await takeDown((await ready(pendingAsMade)).target, args, print);
  if (code === 0) forgetTakeOver(root, stack);
  return code;
};

/** What `up` and `destroy` do by themselves after a run of theirs was killed; for runs of plain pulumi. */
export const recover: Action = async () => {
  const { target } = await ready(withoutPending);
  await mendState(target, print, withoutPending);
  const { args: replacements } = await restoreDeleted(target, print, []);
  if (replacements.length > 0) print(`plain pulumi up needs these options: ${replacements.map(quote).join(" ")}`);
  print(`stack ${target.stack} is ready for make up or make destroy`);
  const variables = Object.entries(takeOver(root, target.stack)).map(([name, value]) => `${name}=${value}`);
  if (variables.length > 0) print(`for plain pulumi: ${variables.join(" ")} pulumi up`);
  return 0;
};

/** For a stack whose state is lost; one that has a state is `destroy`'s. */
export const sweep: Action = async ({ options }) => {
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (!neverUp(root, stack, pulumiEnvironment(root).backend)) {
    const { target } = await ready(withoutPending);
    const state = await exportState(target);
    if ((state?.deployment.resources ?? []).length > 0) {
      print(`stack ${stack} has its state: make destroy takes it away`);
      return 1;
    }
  } else await endInterrupted({ checkout: root, stack }, print);
  return sweepLost({ checkout: root, stack }, options.yes === true, print);
};
