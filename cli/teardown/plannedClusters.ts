import { clusterLabel } from "../../lib/base/labels";
import { loadRecord, saveRecord } from "../../preflight/resourceRecord";
import { requirementsOf } from "../../preflight/host/requirements";
import { readStackFile } from "../../preflight/stackFile";
import { docker, type Docker, listContainers } from "../../system/docker";
import { findDockerResources } from "../../system/dockerResources";
import type { Target } from "../pulumi/run";
import type { StateClusters } from "../pulumi/state";
import { ownManagement } from "../recovery/managementNode";

/**
 * Records the clusters that an `up` will create: those in the settings that have no container in Docker. Containers of these
 * clusters then belong to the stack, even if the `up` is killed before it writes its state.
 */
export const recordPlannedClusters = async ({ checkout, stack }: Target, runDocker: Docker = docker): Promise<void> => {
  const { settings } = readStackFile(checkout, stack);
  if (settings === undefined) return; // the program reports the problems of the settings
  const existing = (await listContainers(runDocker, `label=${clusterLabel}`)).map(({ cluster }) => cluster);
  const clusters = requirementsOf(settings).wantedClusters.filter((name) => !existing.includes(name));
  if (clusters.length > 0) saveRecord(checkout, stack, { clusters, containers: [], volumes: [], networks: [] });
};

/** Records the stack's Docker objects after an `up`, with the ids of containers. They identify the stack if its state is lost. */
export const recordCreated = async ({ checkout, stack }: Target, runDocker: Docker = docker): Promise<void> => {
  const holdings = await findDockerResources(stack, loadRecord(checkout, stack).clusters, runDocker);
  const listed = holdings.containers.length > 0 ? await listContainers(runDocker) : [];
  const ids = listed.filter(({ name }) => holdings.containers.includes(name)).map(({ id }) => id);
  saveRecord(checkout, stack, { ...holdings, ids });
};

/**
 * Returns the clusters of a stack's state, and adds the management cluster if it is missing. An `up` that is interrupted
 * during `kind create` leaves a node that is not in the state. The node belongs to the stack if an `up` recorded its name
 * and if its network has the stack's label.
 *
 * @param networks names of the networks with the stack's label
 */
export const withPlannedManagement = async (
  clusters: StateClusters,
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  networks: readonly string[],
  runDocker: Docker = docker,
): Promise<StateClusters> => {
  const name = ownManagement(checkout, stack);
  if (clusters.management !== undefined || name === undefined) return clusters;
  if (!loadRecord(checkout, stack).clusters.includes(name)) return clusters;
  const rows = networks.map((network) =>
    listContainers(runDocker, `label=${clusterLabel}=${name}`, `network=${network}`),
  );
  const exists = (await Promise.all(rows)).some((containers) => containers.length > 0);
  return exists ? { ...clusters, management: { name } } : clusters;
};
