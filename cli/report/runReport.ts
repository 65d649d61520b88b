import { messageOf } from "../../lib/base/errors";
import { typeOf } from "../../lib/base/urn";
import { failureLines } from "../../lib/diagnosis/failure/failureText";
import { FailureWatch } from "../../lib/diagnosis/failure/failureWatch";
import { redactor } from "../../lib/redaction/text";
import { buildReport, redactReport, type RunFacts, type StackFacts } from "../../lib/report/build";
import { settingsChecksum } from "../../lib/report/identity";
import type { Report } from "../../lib/report/model";
import { isGroup, type TimedEvent } from "../../lib/report/resources";
import type { Settings } from "../../lib/settings/types";
import { readStackFile } from "../../preflight/stackFile";
import { createExec, type Exec } from "../../system/exec";
import type { EventObserver } from "../pulumi/followedRun";
import type { Outputs, Target } from "../pulumi/run";
import type { ExportedState } from "../pulumi/state";
import { localSecrets, secretSettings } from "../support/secrets";
import { secretInputsIn } from "../support/state";
import type { Print } from "../toolchain/build/progress";
import { writeReport } from "./files";
import { gatherStack } from "./gather";
import { openJournal } from "./journal";
import { machineId } from "./machine";

/** Seconds for each program that reads a part of a report. */
const timeout = 10;

/** The end of a run. */
export interface RunEnd {
  code: number;
  /** Lines about the failure, besides the error of the first failed resource. */
  failure?: readonly string[];
  /** What holds the clusters that are not ready, and the remedies. The report's path is printed afterwards. */
  diagnosis?: readonly string[] | Promise<readonly string[]>;
  /** The state after an `up`, or before a `destroy`. The clusters are read meanwhile. */
  state?: ExportedState | undefined | Promise<ExportedState | undefined>;
  /** The state with plain-text secrets, which are redacted. @default - `state` */
  withSecrets?: ExportedState | undefined;
  outputs?: Outputs | undefined | Promise<Outputs | undefined>;
}

/** The report of a run in progress. */
export interface RunReport {
  observe: EventObserver;
  /** Writes the report and prints its path. A report that cannot be written is a warning. */
  finish: (end: RunEnd) => Promise<void>;
}

/** Pulumi's notes about plugins on the PATH, where Slipway installs the plugins. */
const isNote = (text: string): boolean => /^using pulumi-\S+ from \$PATH at /.test(text);

/** Options of Pulumi that limit a run to some resources. */
const isLimiting = (arg: string): boolean =>
  /^(-t|--target|--exclude|--replace|--preview-only|--refresh|-r$)/.test(arg);

/** Returns the facts of a stack without clusters, for a run after which nothing exists. */
const emptyStack = (missing: readonly string[] = []): StackFacts => ({
  ...{ clusters: [], containers: [], urls: [], versions: [], images: [] },
  missing,
});

/** Returns the settings of a stack; undefined for a stack file that cannot be read. */
const readSettings = ({ checkout, stack }: Target): Settings | undefined => {
  try {
    return readStackFile(checkout, stack).settings;
  } catch {
    return undefined; // the run itself reports the fault
  }
};

/** Returns the identity of a run: the fields by which reports of equal runs are found. */
export const identityOf = (target: Target, args: readonly string[]): Pick<Report, "settingsChecksum" | "machine"> => {
  const limits = args.some(isLimiting) ? args : [];
  return { settingsChecksum: settingsChecksum(readSettings(target), limits), machine: machineId() };
};

/** Returns a report without the secrets of the stack. */
export const withoutSecrets = async (
  exec: Exec,
  target: Target,
  state: ExportedState | undefined,
  report: Report,
): Promise<Report> => {
  const known = [
    ...localSecrets(target),
    ...(await secretSettings(exec, target)),
    ...(state ? secretInputsIn(state) : []),
  ];
  return redactReport(report, redactor(known));
};

/** Writes a report. Prints its path, or one warning if the report cannot be written. */
export const publishReport = async (
  checkout: string,
  print: Print,
  create: () => Report | Promise<Report>,
): Promise<string | undefined> => {
  try {
    const path = writeReport(checkout, await create());
    print(`report: ${path}`);
    return path;
  } catch (error) {
    print(`warning: the report was not written: ${messageOf(error).replace(/\s+/g, " ")}`);
    return undefined;
  }
};

/** Reads what exists at the end of a run. A failure is named in the report. */
const readStack = async (
  exec: Exec,
  target: Target,
  command: Report["command"],
  outputs: RunEnd["outputs"],
  succeeded: boolean,
): Promise<StackFacts> => {
  if (command === "destroy" && succeeded) return emptyStack();
  const [early, later] = outputs instanceof Promise ? [undefined, outputs] : [outputs, Promise.resolve(outputs)];
  return gatherStack(exec, target, early, later).catch((error: unknown) => emptyStack([messageOf(error)]));
};

/**
 * Starts the report of a run. A killed run leaves a journal, from which the next command writes the report.
 *
 * @param args the user's options for Pulumi
 */
export const openRunReport = (
  target: Target,
  command: "up" | "destroy",
  args: readonly string[],
  print: Print,
): RunReport => {
  const startedAt = Date.now();
  const identity = identityOf(target, args);
  const journal = openJournal(target.checkout, { command, stack: target.stack, startedAt, ...identity });
  const events: TimedEvent[] = [];
  const warnings: string[] = [];
  const watch = new FailureWatch();
  const take: EventObserver = (event) => {
    watch.take(event);
    const { kind, urn, op = "", message = "" } = event;
    const text = message.replace(/<\{%.*?%\}>/g, "").trim();
    if (kind === "warning" && !isNote(text)) warnings.push(text);
    // The engine reports an error of the program as an error of the stack, whose own operation then succeeds.
    const isProgram = kind === "error" && urn !== undefined && isGroup(typeOf(urn));
    if ((kind === "error" && !isProgram) || kind === "warning" || urn === undefined) return;
    const timed = { at: Date.now(), kind: kind === "error" ? ("failed" as const) : kind, urn, op };
    events.push(timed);
    journal.add(timed);
  };
  const create = async (end: RunEnd): Promise<Report> => {
    const { code, failure = [], diagnosis = [], outputs } = end;
    const endedAt = Date.now();
    const succeeded = code === 0;
    const exec = createExec(target.checkout, target.variables, timeout);
    const [facts, known, state] = await Promise.all([
      readStack(exec, target, command, outputs, succeeded),
      diagnosis,
      end.state,
    ]);
    const all = [...(watch.first ? failureLines(watch.first) : []), ...failure];
    const run: RunFacts = {
      ...{ command, stack: target.stack, ...identity, succeeded, interrupted: false, warnings, startedAt, endedAt },
      ...{ isWhole: !args.some(isLimiting), events, state: state?.deployment.resources ?? [] },
      failure: all.length > 0 || known.length > 0 || succeeded ? all : [`Pulumi ended with exit code ${code}`],
      diagnosis: known,
    };
    return withoutSecrets(exec, target, end.withSecrets ?? state, buildReport(run, facts));
  };
  return {
    observe: (event) => {
      try {
        take(event);
      } catch {
        // the report must not disturb the run
      }
    },
    finish: async (end) => {
      await publishReport(target.checkout, print, () => create(end));
      journal.remove();
    },
  };
};

/** Runs a command with a report. A command that throws has a report with the error. */
export const reported = async (report: RunReport, run: (report: RunReport) => Promise<number>): Promise<number> => {
  try {
    return await run(report);
  } catch (error) {
    await report.finish({ code: 1, failure: messageOf(error).split("\n") });
    throw error;
  }
};
