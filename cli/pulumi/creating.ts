import { readStackFile } from "../../preflight/stackFile";
import type { Target } from "./run";
import { type ExportedState, exportState } from "./state";

/** The step that waits for a cluster's nodes: with it in the state, a cluster has been up once. */
const nodesStep = "steps/wait-for-nodes";

/** Whether a state has a cluster that has been up once. */
const hasBeenUp = ({ deployment }: ExportedState): boolean =>
  (deployment.resources ?? []).some(({ inputs }) => inputs?.create === nodesStep);

/**
 * Whether an `up` creates several clusters. Then Pulumi goes on after a failure with what does not depend on it, so that the
 * other clusters' machines are asked for. Not for clusters that have been up: a run that goes on deletes what the settings
 * name no longer, machine templates for example, although the wait before that deletion did not take place.
 */
export const createsClusters = async (target: Target, read = exportState): Promise<boolean> => {
  const { settings } = readStackFile(target.checkout, target.stack);
  if (settings === undefined || settings.clusters.length < 2) return false;
  const state = await read(target);
  return state === undefined || !hasBeenUp(state);
};
