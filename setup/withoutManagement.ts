import { existsSync } from "node:fs";
import { join } from "node:path";
import { managementNode } from "../lib/dockerHost";
import { kubeconfigFile } from "../lib/paths";
import { deleteUnreachable, ownManagement, wakeManagement } from "./managementNode";
import type { Print } from "./progress";
import type { Target } from "./pulumi";
import { clustersIn, exportState } from "./state";

/** Whether that was found of a target. */
export const isWithoutManagement = ({ variables }: Target): boolean => variables[deleteUnreachable] === "true";

/** The name of the target's own management cluster; undefined where it never had one. */
const managementOf = ({ checkout, stack }: Target): string | undefined => {
  const name = ownManagement(checkout, stack);
  // Without its kubeconfig it never was, and there is nothing to say.
  return name !== undefined && existsSync(join(checkout, kubeconfigFile(stack, name))) ? name : undefined;
};

/** Whether the state has a management cluster of the stack's own. */
const stateKnows = async (target: Target): Promise<boolean> => {
  const state = await exportState(target);
  return state !== undefined && clustersIn(state).management !== undefined;
};

/**
 * Looks at the management cluster before Pulumi does, and gives the target: the same, but for a stack whose management
 * cluster is gone from Docker. Pulumi's Kubernetes plugin then takes what it cannot reach for deleted, which is true
 * only then. A Docker that does not answer tells of an outage, not of that.
 *
 * @throws where Docker does not answer
 */
export const withoutManagement = async (
  target: Target,
  print: Print,
  node = managementNode,
  isKnown = stateKnows,
): Promise<Target> => {
  const name = managementOf(target);
  if (name === undefined) return target;
  const found = await node(name);
  if (found && !found.running) {
    print(`management cluster ${name} is stopped: make up starts it; until then what stands in it cannot be read`);
  }
  // A kubeconfig that outlived its stack's state is no loss to tell of.
  if (found || !(await isKnown(target))) return target;
  print(`management cluster ${name}: Docker has it no more, so what stood in it is gone`);
  return { ...target, variables: { ...target.variables, [deleteUnreachable]: "true" } };
};

/**
 * Starts the management cluster where it stands still, and waits until it answers: after a restart of Docker it does not
 * for a while, and Pulumi would call it unreachable.
 */
export const awaitManagement = async (target: Target, print: Print, wake = wakeManagement): Promise<void> => {
  const name = managementOf(target);
  if (name === undefined || (await wake(name, print)) !== "silent") return;
  print(`management cluster ${name} does not answer, so what stands in it cannot be read`);
};
