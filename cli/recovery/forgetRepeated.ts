import { nameOf } from "../../lib/base/urn";
import { withoutObjects } from "../../lib/plan/forgetDeleted";
import { repeatedObjects } from "../../lib/plan/repeatedObjects";
import { readStackFile } from "../../preflight/stackFile";
import type { Target } from "../pulumi/run";
import { type ExportedState, exportState, importState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";

/**
 * Removes the second resource of an object from the state, so that an `up` does not delete the object with it.
 *
 * @param state the exported state; undefined if the stack has none
 * @returns the state after the change
 */
export const forgetRepeated = async (
  target: Target,
  print: Print,
  state: ExportedState | undefined,
  { save, read } = { save: importState, read: exportState },
): Promise<ExportedState | undefined> => {
  const { settings } = readStackFile(target.checkout, target.stack);
  const resources = state?.deployment.resources ?? [];
  const repeated = repeatedObjects(resources, settings?.clusters ?? []);
  if (state === undefined || repeated.length === 0) return state;
  const kept = withoutObjects(resources, repeated);
  await save(target, { ...state, deployment: { ...state.deployment, resources: kept } });
  print(`state: ${repeated.map(nameOf).join(", ")}: kept the object, which an earlier manifest has too`);
  return read(target);
};
