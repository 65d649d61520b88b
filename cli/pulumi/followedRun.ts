import { lineCutter, readEvent } from "../../lib/diagnosis/failure/engineEvent";
import { type Failure, failureLines } from "../../lib/diagnosis/failure/failureText";
import { FailureWatch } from "../../lib/diagnosis/failure/failureWatch";
import { run } from "../../system/exec";
import type { Print } from "../toolchain/build/progress";
import { type EventSource, openEvents } from "./eventPipe";
import { type Companion, runPulumi, type Target } from "./run";
import { type Patience, stopAfterFailure, usualTimeouts } from "./stopAfterFailure";

/** How a run ended. */
export interface Ended {
  code: number;
  /** What to say first where a resource failed. */
  failure: string[];
}

/** Whether the user wants Pulumi to go on after a failure, for as long as that takes. */
const wantsToGoOn = (
  args: readonly string[],
  { PULUMI_CONTINUE_ON_ERROR: variable = "" }: NodeJS.ProcessEnv,
): boolean => args.some((arg) => /^--continue-on-error(=true)?$/.test(arg)) || /^(1|true)$/i.test(variable);

/** Whether the Pulumi that runs here can write its events. */
const canWriteEvents = async ({ checkout, variables }: Target): Promise<boolean> => {
  const env = { ...variables, PULUMI_DEBUG_COMMANDS: "true" };
  return (await run("pulumi", ["up", "--help"], { cwd: checkout, env })).includes("--event-log");
};

const companion = (
  args: readonly string[],
  watch: FailureWatch,
  stop: (interrupt: () => void) => () => void,
): Companion & { hasAsked: () => boolean } => {
  let source: EventSource | undefined;
  let stopped: (() => void) | undefined;
  return {
    prepare: (folder) => {
      source = openEvents(folder, args);
      return { args: source?.args ?? [], variables: source?.variables ?? {} };
    },
    started: (interrupt) => {
      const takeLine = (line: string): void => {
        const event = readEvent(line);
        if (event) watch.take(event);
      };
      source?.follow(lineCutter(takeLine));
      stopped = source && stop(interrupt);
    },
    ended: async () => {
      stopped?.();
      await source?.close();
    },
    hasAsked: () => (source?.args ?? []).length > 0,
  };
};

/**
 * Runs Pulumi and ends it soon after the first resource has failed: its waits would go on for up to half an hour. Where the
 * engine's events cannot be followed, the run takes its own time.
 *
 * @param goesOn whether Pulumi starts more after a failure, for clusters that have nothing to do with the failure
 */
export const followedRun = async (
  target: Target,
  args: readonly string[],
  goesOn: boolean,
  print: Print,
  patience: Patience = usualTimeouts,
): Promise<Ended> => {
  const watch = new FailureWatch();
  const all = [...args, ...(goesOn ? ["--continue-on-error"] : [])];
  const keepsGoing = wantsToGoOn(args, process.env);
  const stop = (interrupt: () => void): (() => void) =>
    keepsGoing ? () => undefined : stopAfterFailure(watch, goesOn, interrupt, print, patience);
  const follower = companion(args, watch, stop);
  const code = await runPulumi(target, all, follower);
  // Pulumi has the flag for its own developers, so a version may come without it.
  if (code !== 0 && !watch.hasBegun && follower.hasAsked() && !(await canWriteEvents(target).catch(() => true)))
    return { code: await runPulumi(target, all), failure: [] };
  const failure: Failure | undefined = watch.first;
  return { code, failure: failure ? failureLines(failure) : [] };
};
