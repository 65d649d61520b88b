import { type EngineEvent, lineCutter, readEvent } from "../../lib/diagnosis/failure/engineEvent";
import { type Failure, failureLines } from "../../lib/diagnosis/failure/failureText";
import { FailureWatch } from "../../lib/diagnosis/failure/failureWatch";
import { run } from "../../system/exec";
import type { Print } from "../toolchain/build/progress";
import { type EventSource, openEvents } from "./eventPipe";
import { type Companion, runPulumi, type Target } from "./run";
import { type StopTimeouts, stopAfterFailure, usualTimeouts } from "./stopAfterFailure";

/** End of a run. */
export interface Ended {
  code: number;
  /** Lines about the first failed resource; empty if none failed. */
  failure: string[];
}

/** Receives the engine's events of a run, in their order, for a view or a record of the run. */
export type EventObserver = (event: EngineEvent) => void;

/** A view of a run, which takes Pulumi's output. It is used only if the engine's events can be followed. */
export interface RunOutput {
  /** Called before Pulumi starts. */
  begin: () => void;
  /** Takes a part of Pulumi's output. */
  take: (chunk: Buffer) => void;
  /** Called after Pulumi has ended and all events have arrived. */
  end: () => void;
  /** Prints the parts of the output that the user needs, after the run. */
  finish: (code: number) => void;
}

/** Returns true if the user wants Pulumi to continue after a failure without a time limit. */
const wantsToContinue = (
  args: readonly string[],
  { PULUMI_CONTINUE_ON_ERROR: variable = "" }: NodeJS.ProcessEnv,
): boolean => args.some((arg) => /^--continue-on-error(=true)?$/.test(arg)) || /^(1|true)$/i.test(variable);

/** Returns true if the installed Pulumi can write its events. */
const canWriteEvents = async ({ checkout, variables }: Target): Promise<boolean> => {
  const env = { ...variables, PULUMI_DEBUG_COMMANDS: "true" };
  return (await run("pulumi", ["up", "--help"], { cwd: checkout, env })).includes("--event-log");
};

/** Does not stop the run. */
const neverStop = (): (() => void) => () => undefined;

const companion = (
  args: readonly string[],
  takeEvent: EventObserver,
  stop: (interrupt: () => void) => () => void,
  output?: RunOutput,
): Companion & { addsEventLog: () => boolean; hasEvents: () => boolean } => {
  let source: EventSource | undefined;
  let stopped: (() => void) | undefined;
  return {
    prepare: (folder) => {
      source = openEvents(folder, args);
      if (source === undefined) return { args: [], variables: {} };
      output?.begin();
      return { args: source.args, variables: source.variables, takeOutput: output && ((chunk) => output.take(chunk)) };
    },
    started: (interrupt) => {
      const takeLine = (line: string): void => {
        const event = readEvent(line);
        if (event) takeEvent(event);
      };
      source?.follow(lineCutter(takeLine));
      stopped = source && stop(interrupt);
    },
    ended: async () => {
      stopped?.();
      await source?.close();
      if (source) output?.end();
    },
    addsEventLog: () => (source?.args ?? []).length > 0,
    hasEvents: () => source !== undefined,
  };
};

/**
 * Runs Pulumi and ends the run soon after the first resource failed, because other waits take up to half an hour. If the
 * engine's events cannot be followed, the run is not ended early.
 *
 * @param continues if true, Pulumi starts more operations after a failure, for clusters that the failure does not affect
 * @param observers receive each event of the engine
 * @param output takes Pulumi's output; default: the user's terminal
 */
export const followedRun = async (
  target: Target,
  args: readonly string[],
  continues: boolean,
  print: Print,
  observers: readonly EventObserver[] = [],
  timeouts: StopTimeouts = usualTimeouts,
  output?: RunOutput,
): Promise<Ended> => {
  const watch = new FailureWatch();
  const all = [...args, ...(continues ? ["--continue-on-error"] : [])];
  const keepsGoing = wantsToContinue(args, process.env);
  const stop = (interrupt: () => void): (() => void) =>
    keepsGoing ? neverStop() : stopAfterFailure(watch, continues, interrupt, print, timeouts);
  const takeEvent: EventObserver = (event) => {
    watch.take(event);
    for (const observe of observers) observe(event);
  };
  const follower = companion(args, takeEvent, stop, output);
  const code = await runPulumi(target, all, follower);
  // The flag is for Pulumi's developers, so a version may lack the flag.
  if (code !== 0 && !watch.hasBegun && follower.addsEventLog() && !(await canWriteEvents(target).catch(() => true)))
    return { code: await runPulumi(target, all), failure: [] };
  if (follower.hasEvents()) output?.finish(code);
  const failure: Failure | undefined = watch.first;
  return { code, failure: failure ? failureLines(failure) : [] };
};

/** Runs Pulumi to its end, passes each event of the engine to an observer, and returns the exit code. */
export const observedRun = async (target: Target, args: string[], observe: EventObserver): Promise<number> => {
  let hasEvents = false;
  const takeEvent: EventObserver = (event) => {
    hasEvents = true;
    observe(event);
  };
  const follower = companion(args, takeEvent, neverStop);
  const code = await runPulumi(target, args, follower);
  // The flag is for Pulumi's developers, so a version may lack the flag.
  if (code !== 0 && !hasEvents && follower.addsEventLog() && !(await canWriteEvents(target).catch(() => true)))
    return runPulumi(target, args);
  return code;
};
