import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../system/files";
import { type DockerResources, unique } from "../system/dockerResources";

const recordFile = (checkout: string, stack: string): string => join(checkout, ".slipway", "holdings", `${stack}.json`);

/** Loads the resources that earlier runs recorded and did not delete. A second destroy needs their volumes. */
export const loadRecord = (checkout: string, stack: string): DockerResources => {
  try {
    return JSON.parse(readFileSync(recordFile(checkout, stack), "utf8")) as DockerResources;
  } catch {
    return { clusters: [], containers: [], volumes: [], networks: [] };
  }
};

/** Adds resources to the record of a stack and returns the whole record. */
export const saveRecord = (checkout: string, stack: string, resources: DockerResources): DockerResources => {
  const before = loadRecord(checkout, stack);
  const merged: DockerResources = {
    clusters: unique([...before.clusters, ...resources.clusters]),
    containers: unique([...before.containers, ...resources.containers]),
    volumes: unique([...before.volumes, ...resources.volumes]),
    networks: unique([...before.networks, ...resources.networks]),
    ids: unique([...(before.ids ?? []), ...(resources.ids ?? [])]),
  };
  writeAtomically(recordFile(checkout, stack), `${JSON.stringify(merged, null, 2)}\n`, { private: true });
  return merged;
};

/** Deletes the record of a stack. */
export const deleteRecord = (checkout: string, stack: string): void =>
  rmSync(recordFile(checkout, stack), { force: true });
