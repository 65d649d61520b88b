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
 * Records the clusters that an `up` is about to make: those of the settings that Docker has no container of. From then on
 * containers of these names are the stack's own, also where an `up` is killed before its state knows them.
 */
export const claimClusters = async ({ checkout, stack }: Target, ask: Docker = docker): Promise<void> => {
  const { settings } = readStackFile(checkout, stack);
  if (settings === undefined) return; // the program says what is wrong with them
  const there = (await listContainers(ask, `label=${clusterLabel}`)).map(({ cluster }) => cluster);
  const clusters = requirementsOf(settings).wantedClusters.filter((name) => !there.includes(name));
  if (clusters.length > 0) saveRecord(checkout, stack, { clusters, containers: [], volumes: [], networks: [] });
};

/** Records what the stack holds after an `up`, containers by their ids too: if the state is lost, they tell what is its. */
export const recordMade = async ({ checkout, stack }: Target, ask: Docker = docker): Promise<void> => {
  const holdings = await findDockerResources(stack, loadRecord(checkout, stack).clusters, ask);
  const listed = holdings.containers.length > 0 ? await listContainers(ask) : [];
  const ids = listed.filter(({ name }) => holdings.containers.includes(name)).map(({ id }) => id);
  saveRecord(checkout, stack, { ...holdings, ids });
};

/**
 * The clusters of a stack's state, with the management cluster also where the state does not know it: an `up` that is
 * interrupted while kind is at work leaves the node and no word of it. It is the stack's by the name that the `up` claimed
 * and by a network with the stack's label.
 *
 * @param networks names of the stack's own networks
 */
export const withClaimed = async (
  clusters: StateClusters,
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  networks: readonly string[],
  ask: Docker = docker,
): Promise<StateClusters> => {
  const name = ownManagement(checkout, stack);
  if (clusters.management !== undefined || name === undefined) return clusters;
  if (!loadRecord(checkout, stack).clusters.includes(name)) return clusters;
  const rows = networks.map((network) => listContainers(ask, `label=${clusterLabel}=${name}`, `network=${network}`));
  const isThere = (await Promise.all(rows)).some((containers) => containers.length > 0);
  return isThere ? { ...clusters, management: { name } } : clusters;
};
