import type { Route } from "../../lib/versions/pins";
import { root } from "../../system/checkout";
import { print, printAside } from "../commandLine/output";
import { endInterrupted, mendState } from "../recovery/interrupted";
import { ensureTools } from "../toolchain";
import { pulumiEnvironment, writeEnvironmentScript } from "./environment";
import { removeStaleLocks, mendStateFiles } from "./fileBackend";
import { selectStack, type Target } from "./run";
import { chooseStack } from "./stack";
import type { Mend } from "./state";

export { print, printAside };

/** Stack and environment of a route; writes .slipway/env.sh. */
export const openTarget = (route: Route, say = print): Target => {
  const { stack, reason } = chooseStack(root, route);
  const environment = pulumiEnvironment(root);
  writeEnvironmentScript(root, environment);
  say(`stack: ${stack} (${reason})`);
  say(`state: ${environment.backend} (${environment.reason})`);
  return { checkout: root, stack, backend: environment.backend, variables: environment.variables };
};

/**
 * Tools, environment and stack, ready for Pulumi.
 *
 * @param mend what becomes of what an interrupted run left under way; a verb that only looks leaves all as it is
 */
export const ready = async (mend?: Mend, say = print): Promise<{ route: Route; target: Target }> => {
  const route = await ensureTools({ checkout: root, print: say });
  const target = openTarget(route, say);
  const interrupted = mend !== undefined && (await endInterrupted(target, say));
  removeStaleLocks(target.backend, target.stack, say);
  mendStateFiles(target.backend, target.stack, say);
  await selectStack(target);
  // Asked for only where a run is known to have ended badly: it takes the engine a second.
  if (interrupted) await mendState(target, say, mend);
  return { route, target };
};
