import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../system/files";
import { type Holdings, unique } from "../system/holdings";

const recordFile = (checkout: string, stack: string): string => join(checkout, ".slipway", "holdings", `${stack}.json`);

/** What earlier runs found and did not see go: a destroy that is called twice still knows the volumes. */
export const recall = (checkout: string, stack: string): Holdings => {
  try {
    return JSON.parse(readFileSync(recordFile(checkout, stack), "utf8")) as Holdings;
  } catch {
    return { clusters: [], containers: [], volumes: [], networks: [] };
  }
};

/** Keeps holdings beside those already recorded. */
export const record = (checkout: string, stack: string, holdings: Holdings): Holdings => {
  const before = recall(checkout, stack);
  const merged: Holdings = {
    clusters: unique([...before.clusters, ...holdings.clusters]),
    containers: unique([...before.containers, ...holdings.containers]),
    volumes: unique([...before.volumes, ...holdings.volumes]),
    networks: unique([...before.networks, ...holdings.networks]),
    ids: unique([...(before.ids ?? []), ...(holdings.ids ?? [])]),
  };
  writeAtomically(recordFile(checkout, stack), `${JSON.stringify(merged, null, 2)}\n`, { private: true });
  return merged;
};

/** Forgets the record: nothing of it is left. */
export const forget = (checkout: string, stack: string): void => rmSync(recordFile(checkout, stack), { force: true });
