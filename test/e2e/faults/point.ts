import type { StackSettings } from "../stackFile";
import type { EngineStep, Moment } from "./events";

/** What a fault is done with. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGKILL";

/**
 * Whom it reaches: `group` the front door and the engine, as Ctrl-C in a terminal does; `all` plugins and steps as well,
 * which have process groups of their own. With `group` and SIGKILL those are left running.
 */
export type Reach = "group" | "all";

/** Where a run is cut off: at a step of the engine's or `later` seconds after it, or so many seconds after it began. */
export type Location = { moment: Moment; resource: RegExp; later?: number } | { seconds: number };

/** One interruption. */
export interface Point {
  name: string;
  at: Location;
  signal: Signal;
  reach: Reach;
}

/** What a hand does between two runs. */
export interface ByHand {
  name: string;
  does: () => void;
}

/** One run of a verb: to its end, or to a point. */
export interface Run {
  verb: "up" | "destroy" | "stop" | "start";
  point?: Point;
  /** What is done by hand before it. */
  after?: ByHand;
}

/**
 * Runs on one stack, one after the other. Those without a point have to end well: an `up` and a `start` with the
 * application's answer, a `stop` without a running container, a `destroy` with nothing left. The last one is a `destroy`.
 */
export interface Journey {
  name: string;
  /** Whether node images that Slipway built are removed before, so that it builds them again. */
  withoutNodeImages?: boolean;
  /** What differs from the base stack file. */
  settings?: StackSettings;
  runs: readonly Run[];
}

/** What became of a point, or of what a hand did after a whole run. */
export interface Outcome {
  journey: string;
  fault: Point | ByHand;
  /** The verb that was interrupted or had ended, and the one that was called next. */
  verb: Run["verb"];
  then?: Run["verb"];
  /** Where in the run, in seconds from its start; absent where the run ended before the point. */
  after?: number;
  /** Why the next run did not go on from it; absent where it did. */
  failure?: string;
  /** What the next whole `destroy` left; absent where none came to its end. */
  left?: string[];
}

/**
 * Operations that only read are not places to interrupt. A step that an earlier run has done and this run leaves alone
 * (`same`) only reads.
 */
const idle = ["read", "read-replacement", "refresh"];

/** Whether a run has come to a place. */
export const isReached = (place: Location, steps: readonly EngineStep[], seconds: number): boolean =>
  "seconds" in place
    ? seconds >= place.seconds
    : steps.some(({ moment, op, name }) => moment === place.moment && !idle.includes(op) && place.resource.test(name));

/** A place in words. */
export const placeText = (place: Location): string =>
  "seconds" in place
    ? `${place.seconds} s after its start`
    : `${place.resource.source.replace(/^\^|\$$/g, "").replaceAll("\\/", "/")} ${place.moment}` +
      (place.later === undefined ? "" : ` + ${place.later} s`);

/** The journeys that words pick: a journey's name, or a point's; each with all its runs, since points build on one another. */
export const pick = (journeys: readonly Journey[], words: readonly string[]): Journey[] => {
  const named = ({ name, runs }: Journey): string[] => [name, ...runs.flatMap(({ point }) => point?.name ?? [])];
  const unknown = words.filter((word) => !journeys.some((journey) => named(journey).includes(word)));
  if (unknown.length > 0) {
    const all = journeys.map((journey) => `${journey.name} (${named(journey).slice(1).join(", ")})`);
    throw new Error(`no fault ${unknown.join(", ")}; there are ${all.join("; ")}`);
  }
  return words.length === 0
    ? [...journeys]
    : journeys.filter((journey) => named(journey).some((name) => words.includes(name)));
};
