import { providerUrn, partsOf } from "../../lib/base/urn";

/** One line of the engine's event log, as far as a timeline needs it. */
export interface EngineEvent {
  /** Seconds since 1970. */
  timestamp: number;
  resourcePreEvent?: { metadata: { op: string; urn: string } };
  resOutputsEvent?: { metadata: { op: string; urn: string } };
}

/** A resource as the state keeps it. */
export interface StateResource {
  urn: string;
  custom: boolean;
  dependencies?: string[];
  provider?: string;
}

/** What a resource took of an update, in seconds from its beginning. */
export interface Bar {
  urn: string;
  name: string;
  start: number;
  end: number;
}

/** Bars of all resources that something was done to, in the order in which they began. */
export const bars = (events: readonly EngineEvent[]): Bar[] => {
  const first = Math.min(...events.map(({ timestamp }) => timestamp));
  const starts = new Map<string, number>();
  const bars: Bar[] = [];
  for (const { timestamp, resourcePreEvent, resOutputsEvent } of events) {
    const begun = resourcePreEvent?.metadata;
    if (begun && begun.op !== "same") starts.set(begun.urn, timestamp - first);
    const urn = resOutputsEvent?.metadata.urn;
    const start = urn === undefined ? undefined : starts.get(urn);
    if (urn === undefined || start === undefined) continue;
    starts.delete(urn);
    bars.push({ urn, name: partsOf(urn).name, start, end: timestamp - first });
  }
  return bars.sort((a, b) => a.start - b.start || a.end - b.end);
};

/** A bar of the critical path, and how long nothing happened between the one before it and it. */
export interface PathStep extends Bar {
  waited: number;
}

/**
 * The chain of resources that made an update as long as it was: from the one that ended last, each time back to the
 * dependency that ended last. The time between two of them is the engine's own time, or waiting for a free place.
 */
export const criticalPath = (all: readonly Bar[], state: readonly StateResource[]): PathStep[] => {
  const barOf = new Map(all.map((bar) => [bar.urn, bar]));
  const resources = new Map(state.map((resource) => [resource.urn, resource]));
  const before = ({ urn }: Bar): Bar | undefined => {
    const { dependencies = [], provider } = resources.get(urn) ?? {};
    const barsOfUrns = (urns: readonly string[]): Bar[] => urns.flatMap((needed) => barOf.get(needed) ?? []);
    const providerUrns = provider === undefined ? [] : [providerUrn(provider)];
    const needed = barsOfUrns([...dependencies, ...providerUrns]);
    // The engine makes a default provider for its first resource, when all that the resource waited for is there.
    const explicit = needed.filter(({ name }) => !name.startsWith("default_"));
    return last(explicit.length > 0 ? explicit : needed);
  };
  const path: PathStep[] = [];
  const real = all.filter(({ urn }) => resources.get(urn)?.custom ?? false);
  for (let bar = last(real); bar !== undefined;) {
    const earlier = before(bar);
    path.unshift({ ...bar, waited: Math.max(0, bar.start - (earlier?.end ?? 0)) });
    bar = earlier;
  }
  return path;
};

const last = (candidates: readonly Bar[]): Bar | undefined =>
  candidates.reduce<Bar | undefined>((latest, bar) => (latest && latest.end >= bar.end ? latest : bar), undefined);

/** Seconds of work on the path, without the waiting between its steps. */
export const pathSeconds = (path: readonly PathStep[]): number =>
  path.reduce((total, { start, end }) => total + end - start, 0);

/** The path as text, a line a resource. */
export const pathText = (path: readonly PathStep[]): string =>
  path
    .map(
      ({ name, start, end, waited }) =>
        `${String(start).padStart(4)} - ${String(end).padStart(4)} s  ${name}${waited > 0 ? `  (after ${waited} s of nothing)` : ""}`,
    )
    .join("\n");
