import { containersOf, docker, type Docker, removeContainers } from "./leftovers";
import { deleteUnreachable, wakeManagement } from "./managementNode";
import type { Print } from "./progress";
import type { StateClusters } from "./state";

/** The environment in which Pulumi drops from the state what nobody can reach any more. */
const unreachable = {
  [deleteUnreachable]: "true",
  // The state is written at the end alone. One that is killed before does all of it again, and each delete may be repeated.
  PULUMI_SKIP_CHECKPOINTS: "true",
};

/** Whether the node that Docker has under that name is the stack's: by its id, where the state knows one. */
const isOurs = async ({ name, nodeId }: NonNullable<StateClusters["management"]>, ask: Docker): Promise<boolean> => {
  const [id] = await ask(
    "ps",
    "--all",
    "--no-trunc",
    "--filter",
    `name=^/?${name}-control-plane$`,
    "--format",
    "{{.ID}}",
  );
  return id === undefined || nodeId === undefined || id === nodeId;
};

/**
 * Before a whole destroy: removes the containers of the stack's clusters where Docker alone holds them, as `kind delete`
 * does with its own. Going through Cluster API would take longer, and could not be done where the management cluster is
 * stopped, broken or gone. Gives the environment for Pulumi to take the rest out of the state.
 *
 * Clusters on other infrastructure are left to the management cluster, which is started where it is stopped.
 */
export const takeContainers = async (
  { management, workload, onDocker }: StateClusters,
  print: Print,
  ask: Docker = docker,
): Promise<Record<string, string>> => {
  // One that someone else made lives on, and takes its clusters away itself.
  if (management === undefined) return {};
  if (!onDocker) {
    const state = await wakeManagement(management.name, print, ask);
    if (state === "answers") return {};
    print(`the management cluster ${management.name} ${state === "gone" ? "is gone from Docker" : "does not answer"}:`);
    print("  what its clusters have at other providers is no longer known to anyone, and yours to remove");
  }
  // First the node whose controllers would make others in their place.
  const groups = [(await isOurs(management, ask)) ? [management.name] : [], workload];
  for (const group of groups) {
    const names = await containersOf(group, ask);
    for (const name of names) print(`removing container ${name}, with its volumes`);
    await removeContainers(names, ask);
  }
  return unreachable;
};
