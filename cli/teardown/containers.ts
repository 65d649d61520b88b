import { messageOf } from "../../lib/base/errors";
import { docker, type Docker, listContainers } from "../../system/docker";
import { containersOf, removeContainers } from "../../system/dockerResources";
import type { StateClusters } from "../pulumi/state";
import { deleteUnreachable, wakeManagement } from "../recovery/managementNode";
import type { Print } from "../toolchain/build/progress";

/** The environment in which Pulumi drops from the state what nobody can reach any more. */
const unreachable = {
  [deleteUnreachable]: "true",
  // The state is written at the end alone. One that is killed before does all of it again, and each delete may be repeated.
  PULUMI_SKIP_CHECKPOINTS: "true",
};

/** Whether the node that Docker has under that name is the stack's: by its id, where the state knows one. */
const isOurs = async ({ name, nodeId }: NonNullable<StateClusters["management"]>, ask: Docker): Promise<boolean> => {
  const [node] = await listContainers(ask, `name=^/?${name}-control-plane$`);
  return node === undefined || nodeId === undefined || node.id === nodeId;
};

/** What has begun when Pulumi begins. */
export interface Taking {
  /** For Pulumi, which takes the rest out of the state. */
  environment: Record<string, string>;
  /** Ends when Docker has removed what is being removed, or has said why not. */
  removed: Promise<void>;
}

/**
 * Before a whole destroy: removes the containers of the stack's clusters where Docker alone holds them, as `kind delete`
 * does with its own. Going through Cluster API would take longer, and could not be done where the management cluster is
 * stopped, broken or gone.
 *
 * Clusters on other infrastructure are left to the management cluster, which is started where it is stopped.
 */
export const takeContainers = async (
  { management, workload, awaited, onDocker }: StateClusters,
  print: Print,
  ask: Docker = docker,
): Promise<Taking> => {
  const nothing = { environment: {}, removed: Promise.resolve() };
  // One that someone else made lives on, and takes its clusters away itself.
  if (management === undefined) return nothing;
  if (!onDocker) {
    const state = await wakeManagement(management.name, print, ask);
    if (state === "answers") return nothing;
    print(`the management cluster ${management.name} ${state === "gone" ? "is gone from Docker" : "does not answer"}:`);
    print("  what its clusters have at other providers is no longer known to anyone, and yours to remove");
  }
  const remove = async (clusters: string[]): Promise<void> => {
    const names = await containersOf(clusters, ask);
    for (const name of names) print(`removing container ${name}, with its volumes`);
    await removeContainers(names, ask);
  };
  // First the node whose controllers would make others in their place.
  if (await isOurs(management, ask)) await remove([management.name]);
  // While a container is on the network Docker keeps it, and only for some does Pulumi wait before it deletes that.
  await remove(workload.filter((name) => !awaited.includes(name)));
  const removed = remove(workload.filter((name) => awaited.includes(name))).catch((error: unknown) =>
    print(messageOf(error)),
  );
  return { environment: unreachable, removed };
};
