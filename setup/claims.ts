import { demandsOf } from "../lib/hostDemands";
import { readStackFile } from "../lib/stackFile";
import { clusterLabel, docker, type Docker, findHoldings, recall, record } from "./leftovers";
import type { Target } from "./pulumi";
import { stackFile } from "./stack";

/**
 * Records the clusters that an `up` is about to make: those of the settings that Docker has no container of. From then on
 * containers of these names are the stack's own, also where an `up` is killed before its state knows them.
 */
export const claimClusters = async ({ checkout, stack }: Target, ask: Docker = docker): Promise<void> => {
  const { settings } = readStackFile(stackFile(checkout, stack));
  if (settings === undefined) return; // the program says what is wrong with them
  const there = await ask(
    "ps",
    "--all",
    "--filter",
    `label=${clusterLabel}`,
    "--format",
    `{{.Label "${clusterLabel}"}}`,
  );
  const clusters = demandsOf(settings).wantedClusters.filter((name) => !there.includes(name));
  if (clusters.length > 0) record(checkout, stack, { clusters, containers: [], volumes: [], networks: [] });
};

/** Records what the stack holds after an `up`, containers by their ids too: if the state is lost, they tell what is its. */
export const recordMade = async ({ checkout, stack }: Target, ask: Docker = docker): Promise<void> => {
  const holdings = await findHoldings(stack, recall(checkout, stack).clusters, ask);
  const { containers } = holdings;
  const ids =
    containers.length > 0 ? await ask("inspect", "--type", "container", "--format", "{{.Id}}", ...containers) : [];
  record(checkout, stack, { ...holdings, ids });
};
