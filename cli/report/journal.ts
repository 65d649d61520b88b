import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../../lib/base/paths";
import type { Report } from "../../lib/report/model";
import type { TimedEvent } from "../../lib/report/resources";
import { createFolder } from "../../system/files";
import { isRunning, type ProcessIdentity, startOf } from "../../system/processes";

/** The first line of a journal: the run that the journal belongs to. */
export interface JournalHead
  extends ProcessIdentity, Pick<Report, "command" | "stack" | "settingsChecksum" | "machine"> {
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** The events of a run that was killed. */
export interface Journal {
  file: string;
  head: JournalHead;
  events: TimedEvent[];
}

/** A journal of a run in progress. */
export interface OpenJournal {
  add: (event: TimedEvent) => void;
  /** Deletes the journal, because the run has its report. */
  remove: () => void;
}

/** Deletes a journal. In a folder that became read-only the journal stays. */
export const removeJournal = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // the journal has nothing that other users may not read
  }
};

const folderOf = (checkout: string): string => join(checkout, stateFolder, "reports", "unfinished");

const none: OpenJournal = { add: () => undefined, remove: () => undefined };

/**
 * Opens the journal of a run (mode 0600), so that the next command can write the report of a killed run. The journal has
 * names, operations and times, and no messages or values. A journal that cannot be written stays empty without an error.
 */
export const openJournal = (checkout: string, head: Omit<JournalHead, "pid" | "start">): OpenJournal => {
  const file = join(folderOf(checkout), `${head.stack}@${process.pid}.jsonl`);
  let opened: number | undefined;
  const write = (value: unknown): void => {
    if (opened === undefined) return;
    try {
      writeSync(opened, `${JSON.stringify(value)}\n`);
    } catch {
      closeSync(opened); // a full disk: the rest of the run has no journal
      opened = undefined;
    }
  };
  try {
    createFolder(folderOf(checkout), 0o700);
    if (lstatSync(join(checkout, stateFolder, "reports")).isSymbolicLink()) return none;
    rmSync(file, { force: true });
    const { O_CREAT, O_EXCL, O_WRONLY, O_APPEND } = constants;
    opened = openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0o600);
  } catch {
    return none;
  }
  write({ ...head, pid: process.pid, start: startOf(process.pid) });
  return {
    add: ({ at, kind, urn, op }) => write([at, kind, urn, op]),
    remove: () => {
      if (opened !== undefined) closeSync(opened);
      opened = undefined;
      removeJournal(file);
    },
  };
};

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the kill came in the middle of a line
  }
};

const toEvent = (value: unknown): TimedEvent[] => {
  if (!Array.isArray(value)) return [];
  const [at, kind, urn, op] = value as unknown[];
  if (typeof at !== "number" || typeof urn !== "string" || typeof op !== "string") return [];
  return kind === "begins" || kind === "done" || kind === "failed" ? [{ at, kind, urn, op }] : [];
};

const readJournal = (file: string): Journal[] => {
  const [head, ...lines] = readFileSync(file, "utf8").split("\n").map(parseLine);
  if (typeof head !== "object" || head === null || !("startedAt" in head)) return [];
  return [{ file, head: head as JournalHead, events: lines.flatMap(toEvent) }];
};

/** Returns the journals of killed runs of a stack. Journals of running processes are left out. */
export const abandonedJournals = (checkout: string, stack: string): Journal[] => {
  const folder = folderOf(checkout);
  try {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names
      .filter((name) => name.startsWith(`${stack}@`) && lstatSync(join(folder, name)).isFile())
      .flatMap((name) => readJournal(join(folder, name)))
      .filter(({ head }) => head.stack === stack && !isRunning(head));
  } catch {
    return []; // another command removed the journal, or the folder cannot be read
  }
};
