import { closeSync, constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runSync } from "../../system/exec";

/** The engine's events of one run of Pulumi, as text. */
export interface EventSource {
  /** What Pulumi is started with besides. */
  args: string[];
  variables: Record<string, string>;
  /** Begins to hand over text. */
  follow: (take: (text: string) => void) => void;
  /** Hands over what is left once Pulumi has ended, and closes. */
  close: () => Promise<void>;
}

/** The file of `--event-log FILE` or `--event-log=FILE` among the user's arguments. */
const ownLog = (args: readonly string[]): string | undefined => {
  const index = args.findIndex((arg) => arg === "--event-log" || arg.startsWith("--event-log="));
  if (index < 0) return undefined;
  const [, value = args[index + 1]] = args[index]!.split(/=(.*)/s);
  return value;
};

/** Milliseconds between two looks at a file. */
const pause = 300;

/** Milliseconds without text after which a pipe is empty. */
const quiet = 100;

/** Follows a file that the user asked for and that Pulumi makes. */
const fromFile = (file: string): EventSource => {
  let offset = 0;
  let take: (text: string) => void = () => undefined;
  const decoder = new TextDecoder();
  const read = (): void => {
    let opened: number;
    try {
      opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      return; // Pulumi has not made it yet
    }
    try {
      const buffer = Buffer.alloc(1 << 16);
      for (let count; (count = readSync(opened, buffer, 0, buffer.length, offset)) > 0; offset += count)
        take(decoder.decode(buffer.subarray(0, count), { stream: true }));
    } catch {
      // no file that can be read from any place
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
 * A pipe in the run's private folder. Debug messages among the events hold secrets in clear, so no event ever gets to a
 * disk. Undefined where there is no such pipe.
 */
const fromPipe = (folder: string): EventSource | undefined => {
  const path = join(folder, "events");
  let opened: number;
  try {
    runSync("mkfifo", ["-m", "600", path]);
    // For both directions: a pipe without a writer would be at its end before Pulumi opens it.
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
      // The pipe has no end of its own.
      last = Date.now();
      while (Date.now() - last < quiet) await sleep(quiet / 4);
      socket.destroy();
    },
  };
};

/** Opens the events of a run of Pulumi with these arguments; undefined where they cannot be followed. */
export const openEvents = (folder: string, args: readonly string[]): EventSource | undefined => {
  const file = ownLog(args);
  return file === undefined ? fromPipe(folder) : fromFile(file);
};
