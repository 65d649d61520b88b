import { stackFile } from "../../preflight/stackFile";
import { run, start } from "../../system/exec";
import { openRun } from "../recovery/runRecord";
import { isSelected, keepSettingsClean } from "./stack";
import { withoutUnknown } from "./unknownOutputs";

/** A stack to run Pulumi on. */
export interface Target {
  checkout: string;
  stack: string;
  /** Where the state is. */
  backend: string;
  variables: Record<string, string>;
}

/** Stack outputs; the names are those of index.ts. */
export interface Outputs {
  url?: string;
  answer?: string;
  loadBalancerRange?: string;
  managementCluster?: string;
  clusters?: { name: string; namespace: string; version: string }[];
  kubeconfigs?: Record<string, string>;
}

/** What changes the state: where it ends badly, the next run looks after what it left. */
const changing = ["up", "destroy", "refresh"];

/** Goes along with a run of Pulumi. */
export interface Companion {
  /** Gives what Pulumi is started with besides; the folder is the run's own, closed to other users. */
  prepare: (folder: string) => { args: string[]; variables: Record<string, string> };
  /** Pulumi runs. `interrupt` does what Ctrl-C does, but not after the user has done so: a second one would be too hard. */
  started: (interrupt: () => void) => void;
  /** Pulumi has ended. */
  ended: () => Promise<void>;
}

/** Runs Pulumi in the user's terminal and gives its exit code. Ctrl-C reaches it by itself; we outlive it to clean up. */
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

const spawnPulumi = (target: Target, args: string[], folder: string, companion?: Companion): Promise<number> =>
  keepSettingsClean(
    stackFile(target.checkout, target.stack),
    () =>
      new Promise<number>((resolve, reject) => {
        const more = companion?.prepare(folder);
        const child = start("pulumi", [...args, ...(more?.args ?? []), "--stack", target.stack], {
          cwd: target.checkout,
          env: { ...target.variables, ...more?.variables, TMPDIR: folder },
          stdio: "inherit",
        });
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
          reject(new Error(`pulumi could not be started (${error.message}): run make tools`));
        });
        child.on("close", (code) => {
          done();
          resolve(code ?? 1);
        });
      }),
  );

/** Selects the stack, making it where the backend does not have it yet. */
export const selectStack = async ({ checkout, stack, backend, variables }: Target): Promise<void> => {
  if (isSelected(checkout, backend, stack)) return;
  await keepSettingsClean(stackFile(checkout, stack), () =>
    run("pulumi", ["stack", "select", "--create", stack, "--non-interactive"], { cwd: checkout, env: variables }),
  );
};

/** The stack's outputs with secrets in clear; undefined where there is no such stack, or no Pulumi to ask. */
export const readOutputs = async ({ checkout, stack, variables }: Target): Promise<Outputs | undefined> => {
  const args = ["stack", "output", "--json", "--show-secrets", "--non-interactive", "--stack", stack];
  const text = await keepSettingsClean(stackFile(checkout, stack), () =>
    run("pulumi", args, { cwd: checkout, env: variables }).catch(() => undefined),
  );
  return text === undefined ? undefined : (withoutUnknown(JSON.parse(text)) as Outputs);
};
