import { closeSync, constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runSync } from "../../system/exec";

/** Source of the engine's events of one run of Pulumi, as text. */
export interface EventSource {
  /** Additional arguments and variables for Pulumi. */
  args: string[];
  variables: Record<string, string>;
  /** Starts to pass text to `take`. */
  follow: (take: (text: string) => void) => void;
  /** Passes the rest of the text after Pulumi has ended, and closes the source. */
  close: () => Promise<void>;
}

/** Returns the file of `--event-log FILE` or `--event-log=FILE` in the user's arguments. */
const ownLog = (args: readonly string[]): string | undefined => {
  const index = args.findIndex((arg) => arg === "--event-log" || arg.startsWith("--event-log="));
  if (index < 0) return undefined;
  const [, value = args[index + 1]] = args[index]!.split(/=(.*)/s);
  return value;
};

/** Milliseconds between two reads of a file. */
const pause = 300;

/** Milliseconds without text after which a pipe counts as empty. */
const quiet = 100;

/** Follows the user's event log, which Pulumi creates. */
const fromFile = (file: string): EventSource => {
  let offset = 0;
  let take: (text: string) => void = () => undefined;
  const decoder = new TextDecoder();
  const read = (): void => {
    let opened: number;
    try {
      opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      return; // Pulumi has not created the file yet
    }
    try {
      const buffer = Buffer.alloc(1 << 16);
      for (let count; (count = readSync(opened, buffer, 0, buffer.length, offset)) > 0; offset += count)
        take(decoder.decode(buffer.subarray(0, count), { stream: true }));
    } catch {
      // the file does not support reads at an offset
    } finally {
      closeSync(opened);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    args: [],
    variables: {},
    follow: (reader) => {
      take = reader;
      timer = setInterval(read, pause);
    },
    close: () => {
      clearInterval(timer);
      read();
      return Promise.resolve();
    },
  };
};

/**
 * Opens a pipe in the run's private folder. Debug events contain secrets in plain text, so events must not be on a disk.
 * Returns undefined if the pipe cannot be created.
 */
const fromPipe = (folder: string): EventSource | undefined => {
  const path = join(folder, "events");
  let opened: number;
  try {
    runSync("mkfifo", ["-m", "600", path]);
    // Open for read and write: without a writer, the pipe would end before Pulumi opens the pipe.
    opened = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const socket = new Socket({ fd: opened, readable: true, writable: false });
  socket.on("error", () => undefined).setEncoding("utf8");
  let last = Date.now();
  return {
    args: ["--event-log", path],
    // Pulumi has the flag only with this variable.
    variables: { PULUMI_DEBUG_COMMANDS: "true" },
    follow: (take) =>
      void socket.on("data", (text) => {
        last = Date.now();
        take(String(text));
      }),
    close: async () => {
      // The pipe never signals its end, because this process also has it open for writing.
      last = Date.now();
      while (Date.now() - last < quiet) await sleep(quiet / 4);
      socket.destroy();
    },
  };
};

/** Opens the events of a run of Pulumi with these arguments; returns undefined if the events cannot be followed. */
export const openEvents = (folder: string, args: readonly string[]): EventSource | undefined => {
  const file = ownLog(args);
  return file === undefined ? fromPipe(folder) : fromFile(file);
};
