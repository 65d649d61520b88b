import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clearEarlierRuns } from "../earlierRuns";
import { type Counts, must } from "../harness";
import type { TestStack } from "../testStack";
import { type Ended, runToPoint } from "./interrupt";
import { leftOf, lookBefore, removeNodeImages } from "./left";
import { type ByHand, type Journey, type Outcome, placeText, type Point, type Run } from "./point";

/** What a journey showed: each point, and how many of its runs and looks held. */
export interface JourneyReport {
  outcomes: Outcome[];
  counts: Counts;
}

const runText = ({ verb, point, after }: Run): string =>
  (point ? `${verb}, ${point.signal} to ${point.reach} at ${placeText(point.at)}` : verb) +
  (after ? ` after ${after.name}` : "");

/** What is wrong with how a run ended; undefined where it is as it should be. */
const wrongWith = ({ verb, point }: Run, { code, after, output }: Ended): string | undefined => {
  // A run that comes to its end before its point is not an interruption: the point is not among those tried.
  if (after !== undefined || code === 0) return undefined;
  return `${verb} ${point ? "ended before its point" : "did not end well"}, with ${code}\n${output}`;
};

/** Whether the run after an outcome continues a run that was cut, and does not follow a whole `destroy`. */
const isResumed = (last: Outcome | undefined): last is Outcome =>
  last !== undefined && last.verb !== "destroy" && last.left === undefined && "signal" in last.fault;

/** Returns the containers of the stack's clusters that run after a whole `stop`; undefined if none runs. */
const stillRunning = (): string | undefined => {
  const running = must("docker", ["ps", "--filter", "label=io.x-k8s.kind.cluster", "--format", "{{.Names}}"]).trim();
  return running === "" ? undefined : `stop: expected no running container, got ${running.replaceAll("\n", ", ")}`;
};

/** Returns why a plan shows changes after a run that came to its end; undefined where it shows none. */
const changesPlanned = (stack: TestStack): string | undefined => {
  const { code, stdout, stderr } = stack.slipway("plan");
  return code === 0 ? undefined : `plan: expected exit code 0, got ${code}.\n${`${stdout}${stderr}`.slice(-5000)}`;
};

/** Processes take a moment to end once their engine is gone. */
const leftAtLast = async (stack: TestStack, before: ReturnType<typeof lookBefore>): Promise<string[]> => {
  for (let tries = 0; ; tries += 1) {
    const left = leftOf(stack, before);
    if (tries === 10 || !left.some((thing) => thing.startsWith("process "))) return left;
    await sleep(500);
  }
};

/**
 * Makes a journey. A point has survived when the next run came to its own end or point; the first run that does not ends
 * the journey with a `destroy`. A run that is over before its point is not an interruption.
 */
export const makeJourney = async (stack: TestStack, journey: Journey): Promise<JourneyReport> => {
  if (journey.withoutNodeImages) removeNodeImages();
  clearEarlierRuns();
  const before = lookBefore();
  const folder = mkdtempSync(join(tmpdir(), "slipway-faults-"));
  const report: JourneyReport = { outcomes: [], counts: { passed: 0, failed: 0 } };
  const record = (failure: string | undefined, what: string): void => {
    report.counts[failure === undefined ? "passed" : "failed"] += 1;
    console.log(failure === undefined ? `ok       ${what}` : `FAILED   ${what}\n${failure}`);
  };
  const end = async (): Promise<void> => {
    const left = await leftAtLast(stack, before);
    for (const outcome of report.outcomes) outcome.left ??= left;
    record(left.length === 0 ? undefined : `left: ${left.join(", ")}`, "nothing is left");
  };
  const make = async (run: Run): Promise<boolean> => {
    const start = Date.now();
    const ended = await runToPoint(stack, run, folder);
    let failure = wrongWith(run, ended);
    const isWhole = (run.verb === "up" || run.verb === "start") && ended.after === undefined;
    if (failure === undefined && run.verb === "stop" && ended.after === undefined) failure = stillRunning();
    if (failure === undefined && isWhole && journey.settings?.["application"] !== false) {
      failure = await stack.answers(stack.outputs().url ?? "no URL").then(
        () => undefined,
        (error: Error) => error.message,
      );
    }
    const last = report.outcomes.at(-1);
    if (failure !== undefined && last && last.left === undefined) last.failure = failure;
    const missed = run.point && ended.after === undefined ? ", which was over before" : "";
    record(failure, `${runText(run)}${missed} (${((Date.now() - start) / 1000).toFixed(0)} s)`);
    if (failure === undefined && run.point && ended.after !== undefined) note(run.point, run.verb, ended.after);
    if (failure === undefined && isWhole && isResumed(last)) {
      failure = changesPlanned(stack);
      if (failure !== undefined) last.failure = failure;
      record(failure, "plan shows no change after the resumed run");
    }
    return failure === undefined;
  };
  const note = (fault: Point | ByHand, verb: Run["verb"], after?: number): void => {
    const at = after === undefined ? {} : { after: Math.round(after) };
    report.outcomes.push({ journey: journey.name, fault, verb, ...at });
  };
  try {
    for (const run of journey.runs) {
      if (run.after) {
        run.after.does();
        note(run.after, "up");
      }
      const last = report.outcomes.at(-1);
      if (last) last.then ??= run.verb;
      if (!(await make(run))) {
        stack.explain();
        // Nothing of a journey that failed stands in the way of the next one.
        await make({ verb: "destroy" });
        await end();
        break;
      }
      if (run.verb === "destroy" && run.point === undefined) await end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report;
};
