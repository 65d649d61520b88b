import { messageOf } from "../../lib/base/errors";
import { docker, type Docker, listContainers } from "../../system/docker";
import { containersOf, removeContainers } from "../../system/dockerResources";
import type { StateClusters } from "../pulumi/state";
import { deleteUnreachable, wakeManagement } from "../recovery/managementNode";
import type { Print } from "../toolchain/build/progress";

/** Variables that make Pulumi drop unreachable objects from the state. */
const dropUnreachable = {
  [deleteUnreachable]: "true",
  // Pulumi writes the state only at the end. After a kill, destroy repeats all deletions, which is safe.
  PULUMI_SKIP_CHECKPOINTS: "true",
};

/** Returns true if the node with this name belongs to the stack. The id decides if the state has one. */
const isOurs = async (
  { name, nodeId }: NonNullable<StateClusters["management"]>,
  runDocker: Docker,
): Promise<boolean> => {
  const [node] = await listContainers(runDocker, `name=^/?${name}-control-plane$`);
  return node === undefined || nodeId === undefined || node.id === nodeId;
};

/** A removal of containers that runs beside Pulumi. */
export interface Removal {
  /** Variables for Pulumi, which drops the removed objects from the state. */
  environment: Record<string, string>;
  /** Resolves when Docker has removed the containers, or after the error was printed. */
  removed: Promise<void>;
}

/**
 * Removes the containers of the stack's clusters before a complete destroy, as `kind delete` does. Cluster API would need
 * longer, and could not delete them if the management cluster is stopped, broken or gone.
 *
 * The management cluster deletes clusters on other infrastructure, and is started if it is stopped.
 */
export const removeClusterContainers = async (
  { management, workload, withDeleteStep, onDocker }: StateClusters,
  print: Print,
  runDocker: Docker = docker,
): Promise<Removal> => {
  const nothing = { environment: {}, removed: Promise.resolve() };
  // A management cluster that someone else created stays, and deletes its clusters itself.
  if (management === undefined) return nothing;
  if (!onDocker) {
    const state = await wakeManagement(management.name, print, runDocker);
    if (state === "answers") return nothing;
    print(`the management cluster ${management.name} ${state === "gone" ? "is gone from Docker" : "does not answer"}:`);
    print("  remove the resources of its clusters at other providers yourself: Slipway no longer knows them");
  }
  const remove = async (clusters: string[]): Promise<void> => {
    const names = await containersOf(clusters, runDocker);
    for (const name of names) print(`removing container ${name}, with its volumes`);
    await removeContainers(names, runDocker);
  };
  // The management node first, because its controllers would replace the other containers.
  if (await isOurs(management, runDocker)) await remove([management.name]);
  // Docker refuses to delete a network with containers. Pulumi waits only for clusters with a delete step.
  await remove(workload.filter((name) => !withDeleteStep.includes(name)));
  const removed = remove(workload.filter((name) => withDeleteStep.includes(name))).catch((error: unknown) =>
    print(messageOf(error)),
  );
  return { environment: dropUnreachable, removed };
};
