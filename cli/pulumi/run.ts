import { stackFile } from "../../preflight/stackFile";
import { run, start } from "../../system/exec";
import { openRun } from "../recovery/runRecord";
import { isSelected, keepSettingsClean } from "./stack";
import { withoutUnknown } from "./unknownOutputs";

/** A stack, and the environment for Pulumi. */
export interface Target {
  checkout: string;
  stack: string;
  /** URL of the state's backend. */
  backend: string;
  variables: Record<string, string>;
}

/** Stack outputs, with the names of index.ts. */
export interface Outputs {
  url?: string;
  urls?: Record<string, string>;
  answer?: string;
  loadBalancerRange?: string;
  managementCluster?: string;
  clusters?: { name: string; namespace: string; version: string }[];
  kubeconfigs?: Record<string, string>;
}

/** Operations that change the state. After a failure, the next run repairs the state. */
const changing = ["up", "destroy", "refresh"];

/** Hooks of a run of Pulumi. */
export interface Companion {
  /**
   * Returns additional arguments and variables for Pulumi. `folder` is the run's private folder. `takeOutput` receives
   * Pulumi's output; default: the user's terminal.
   */
  prepare: (folder: string) => {
    args: string[];
    variables: Record<string, string>;
    takeOutput?: ((chunk: Buffer) => void) | undefined;
  };
  /**
   * Called after the start. `interrupt` sends SIGINT, unless the user has already sent a signal: a second SIGINT would make
   * Pulumi stop without saving.
   */
  started: (interrupt: () => void) => void;
  /** Called after Pulumi has ended. */
  ended: () => Promise<void>;
}

/** Runs Pulumi in the user's terminal and returns its exit code. At Ctrl-C it waits for Pulumi's end and then cleans up. */
export const runPulumi = async (target: Target, args: string[], companion?: Companion): Promise<number> => {
  const opened = openRun(target.checkout, target.stack);
  let endedWell = !changing.includes(args[0] ?? "");
  try {
    const code = await spawnPulumi(target, args, opened.folder, companion);
    endedWell ||= code === 0;
    return code;
  } finally {
    await companion?.ended();
    opened.close(endedWell);
  }
};

/** Milliseconds after the end of Pulumi in which the rest of its output arrives. */
const grace = 2000;

/**
 * Returns how Pulumi writes to a stream: directly to a terminal, else through this process. A pipe without a reader would
 * kill Pulumi in the middle of its run.
 */
const connection = ({ isTTY }: NodeJS.WriteStream): "inherit" | "pipe" => (isTTY ? "inherit" : "pipe");

const writeOut = (text: Buffer): unknown => process.stdout.write(text);
const writeError = (text: Buffer): unknown => process.stderr.write(text);

const spawnPulumi = (target: Target, args: string[], folder: string, companion?: Companion): Promise<number> =>
  keepSettingsClean(
    stackFile(target.checkout, target.stack),
    () =>
      new Promise<number>((resolve, reject) => {
        const more = companion?.prepare(folder);
        const takeOutput = more?.takeOutput;
        const child = start("pulumi", [...args, ...(more?.args ?? []), "--stack", target.stack], {
          cwd: target.checkout,
          env: { ...target.variables, ...more?.variables, TMPDIR: folder },
          stdio: takeOutput
            ? ["inherit", "pipe", "pipe"]
            : ["inherit", connection(process.stdout), connection(process.stderr)],
        });
        child.stdout?.on("data", (text: Buffer) => (takeOutput ?? writeOut)(text));
        child.stderr?.on("data", (text: Buffer) => (takeOutput ?? writeError)(text));
        let interrupted = false;
        const wait = (): void => void (interrupted = true);
        const forward = (signal: NodeJS.Signals): void => void (interrupted = child.kill(signal));
        companion?.started(() => {
          if (!interrupted) forward("SIGINT");
        });
        process.on("SIGINT", wait).on("SIGTERM", forward).on("SIGHUP", forward);
        const done = (): void => void process.off("SIGINT", wait).off("SIGTERM", forward).off("SIGHUP", forward);
        child.on("error", (error) => {
          done();
          reject(new Error(`pulumi: expected a program that runs, got ${error.message}. Run make tools.`));
        });
        const end = (code: number | null): void => {
          done();
          resolve(code ?? 1);
        };
        child.on("close", end);
        // A process that Pulumi left behind may keep the pipe open.
        child.on("exit", (code) => setTimeout(end, grace, code).unref());
      }),
  );

/** Selects the stack, and creates the stack if the backend does not have it. */
export const selectStack = async ({ checkout, stack, backend, variables }: Target): Promise<void> => {
  if (isSelected(checkout, backend, stack)) return;
  await keepSettingsClean(stackFile(checkout, stack), () =>
    run("pulumi", ["stack", "select", "--create", stack, "--non-interactive"], { cwd: checkout, env: variables }),
  );
};

/** Reads the stack's outputs with plain-text secrets; returns undefined without the stack or without Pulumi. */
export const readOutputs = async ({ checkout, stack, variables }: Target): Promise<Outputs | undefined> => {
  const args = ["stack", "output", "--json", "--show-secrets", "--non-interactive", "--stack", stack];
  const text = await keepSettingsClean(stackFile(checkout, stack), () =>
    run("pulumi", args, { cwd: checkout, env: variables }).catch(() => undefined),
  );
  return text === undefined ? undefined : (withoutUnknown(JSON.parse(text)) as Outputs);
};
