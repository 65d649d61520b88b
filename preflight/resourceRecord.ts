import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../system/files";
import { type DockerResources, unique } from "../system/dockerResources";

const recordFile = (checkout: string, stack: string): string => join(checkout, ".slipway", "holdings", `${stack}.json`);

/** What earlier runs found and did not see go: a destroy that is called twice still knows the volumes. */
export const loadRecord = (checkout: string, stack: string): DockerResources => {
  try {
    return JSON.parse(readFileSync(recordFile(checkout, stack), "utf8")) as DockerResources;
  } catch {
    return { clusters: [], containers: [], volumes: [], networks: [] };
  }
};

/** Keeps holdings beside those already recorded. */
export const saveRecord = (checkout: string, stack: string, holdings: DockerResources): DockerResources => {
  const before = loadRecord(checkout, stack);
  const merged: DockerResources = {
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
export const deleteRecord = (checkout: string, stack: string): void =>
  rmSync(recordFile(checkout, stack), { force: true });
