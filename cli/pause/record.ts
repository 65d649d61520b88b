import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../system/files";

/** A container of a stopped stack. */
export interface RecordedContainer {
  id: string;
  name: string;
  cluster: string;
  role: string;
  /** Addresses on the network kind before the stop; empty if they were not known. */
  addresses: readonly string[];
  /** Restart policy before the stop, as `docker update` takes it: `on-failure:1`. */
  restartPolicy: string;
}

/** Record of a stopped stack. It exists from the begin of `stop` until `start` has started all containers. */
export interface PauseRecord {
  version: 1;
  stack: string;
  /** Time of the first `stop`, in ISO 8601. */
  stoppedAt: string;
  /** Id of the Docker network kind; empty if Docker did not have this network. */
  network: string;
  containers: readonly RecordedContainer[];
  /** Names of containers that `stop` asked Docker to stop, while it waits for them. Docker goes on after a killed `stop`. */
  stopping?: readonly string[];
  /** Pods that were not Ready before the stop, as `CLUSTER NAMESPACE/NAME`. A start does not wait for them. */
  unready: readonly string[];
}

const recordFile = (checkout: string, stack: string): string => join(checkout, ".slipway", "stopped", `${stack}.json`);

/**
 * Loads the record of a stopped stack; undefined without a record.
 *
 * @throws if the file is not a record of this version
 */
export const loadPause = (checkout: string, stack: string): PauseRecord | undefined => {
  const file = recordFile(checkout, stack);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const record = parse(text);
  if (record?.version === 1 && Array.isArray(record.containers)) return record as PauseRecord;
  throw new Error(
    `${file}: expected a record of a stopped stack, got another text. Delete the file, then run make start.`,
  );
};

const parse = (text: string): Partial<PauseRecord> | undefined => {
  try {
    return Object(JSON.parse(text)) as Partial<PauseRecord>;
  } catch {
    return undefined;
  }
};

/** Returns true if a stack has a record, readable or not. */
export const isPaused = (checkout: string, stack: string): boolean => existsSync(recordFile(checkout, stack));

/** Writes the record of a stopped stack. */
export const savePause = (checkout: string, record: PauseRecord): void =>
  writeAtomically(recordFile(checkout, record.stack), `${JSON.stringify(record, null, 2)}\n`, { private: true });

/** Deletes the record of a stopped stack. */
export const deletePause = (checkout: string, stack: string): void =>
  rmSync(recordFile(checkout, stack), { force: true });
