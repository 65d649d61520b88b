import { readStackFile } from "../../preflight/stackFile";
import type { Target } from "./run";
import { type ExportedState, exportState } from "./state";

/** The step that waits for a cluster's nodes. A state with this step has a cluster that was up once. */
const nodesStep = "steps/wait-for-nodes";

/** Returns true if a state has a cluster that was up once. */
const hasBeenUp = ({ deployment }: ExportedState): boolean =>
  (deployment.resources ?? []).some(({ inputs }) => inputs?.create === nodesStep);

/**
 * Returns true if an `up` creates several clusters. Pulumi then continues after a failure, so that the other clusters still
 * get their machines. It returns false for clusters that were up once. A continued run would delete objects that the
 * settings no longer name, such as machine templates, although the wait before the deletion failed.
 */
export const createsClusters = async (target: Target, read = exportState): Promise<boolean> => {
  const { settings } = readStackFile(target.checkout, target.stack);
  if (settings === undefined || settings.clusters.length < 2) return false;
  const state = await read(target);
  return state === undefined || !hasBeenUp(state);
};
