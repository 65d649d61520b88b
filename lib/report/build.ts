import type { InspectedContainer } from "../base/container";
import { type ApiObject } from "../diagnosis/facts";
import type { Report, ReportCluster, ReportContainer, ReportFailure, ReportNetwork } from "./model";
import { imagesIn, isTreeReady, nodesIn, objectTree, servicesIn } from "./objects";
import {
  countOperations,
  findCriticalPath,
  listResources,
  type StatedResource,
  stepsOf,
  type TimedEvent,
} from "./resources";

/** The facts about a run. */
export interface RunFacts extends Pick<
  Report,
  "command" | "stack" | "settingsChecksum" | "machine" | "succeeded" | "interrupted" | "warnings"
> {
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Milliseconds since 1970. */
  endedAt: number;
  /** True if the run was to reach every resource of the state. */
  isWhole: boolean;
  events: readonly TimedEvent[];
  /** The resources of the state after an `up`, or before a `destroy`. */
  state: readonly StatedResource[];
  /** Error of the first failed resource; empty if none failed. */
  failure: readonly string[];
  /** What holds the clusters that are not ready, and the remedies as `what helps: …`. */
  diagnosis: readonly string[];
}

/** A cluster in the settings or the outputs of a stack. */
export interface ListedCluster {
  name: string;
  /** Absent for the management cluster. */
  namespace?: string;
  loadBalancerRanges: readonly string[];
  /** Nodes, Services and pods of the cluster; absent if its API did not answer, or was not asked. */
  objects?: readonly ApiObject[];
}

/** The facts about a stack at the end of a run. */
export interface StackFacts {
  /** The management cluster first. */
  clusters: readonly ListedCluster[];
  /** Objects of Cluster API; absent if the management cluster did not answer. */
  objects?: readonly ApiObject[];
  /** Absent if Docker did not answer. */
  containers?: readonly (InspectedContainer & { publishedPorts: string[] })[];
  network?: ReportNetwork;
  urls: Report["urls"];
  versions: Report["versions"];
  /** Images of Docker with their digests. */
  images: Report["images"];
  missing: readonly string[];
}

const kindClusterType = "kind:index:KindCluster";

const remedy = /^\s*what helps: /;

/** The remedy of every failed run, by command. */
const usualRemedies: Readonly<Record<Report["command"], readonly string[]>> = {
  up: ["`make up` continues from here; `make destroy` deletes the stack; `make status` shows the clusters"],
  destroy: ["run `make destroy` again"],
  report: [],
};

const failureOf = ({ command, succeeded, interrupted, failure, diagnosis }: RunFacts): ReportFailure | null => {
  if (succeeded) return null;
  const remedies = diagnosis.filter((line) => remedy.test(line)).map((line) => line.replace(remedy, ""));
  const lines = [...failure, ...diagnosis.filter((line) => !remedy.test(line))].map((line) => line.trimEnd());
  return {
    lines: [...(interrupted ? ["the run was killed before its end"] : []), ...lines.filter((line) => line !== "")],
    remedies: [...new Set(remedies), ...usualRemedies[command]],
  };
};

const toCluster = (listed: ListedCluster, all: readonly ApiObject[] | undefined): ReportCluster => {
  const { name, namespace, loadBalancerRanges, objects } = listed;
  const tree = all && namespace !== undefined ? objectTree(all, { name, namespace }) : undefined;
  const nodes = objects ? nodesIn(objects) : null;
  const isManagement = namespace === undefined;
  const nodesReady = nodes?.every(({ isReady }) => isReady) ?? null;
  return {
    name,
    namespace: namespace ?? null,
    isManagement,
    isReady: isManagement ? nodesReady : all ? tree !== undefined && isTreeReady(tree) : null,
    loadBalancerRanges: [...loadBalancerRanges],
    objects: tree ? [tree] : [],
    nodes,
    services: objects ? servicesIn(objects) : null,
  };
};

const toContainer = (container: NonNullable<StackFacts["containers"]>[number]): ReportContainer => {
  const { name, cluster, role, running, addresses, publishedPorts, image } = container;
  return { name, cluster, role, isRunning: running, addresses: [...addresses], ports: publishedPorts, image };
};

const byName = <T>(list: readonly T[], nameOf: (item: T) => string): T[] =>
  [...list].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));

/** Returns each image once, with a digest if one source knows it. */
const joinImages = (...lists: readonly Report["images"][]): Report["images"] => {
  const images = new Map<string, string>();
  for (const { image, digest } of lists.flat()) images.set(image, images.get(image) || digest);
  return byName(
    [...images].map(([image, digest]) => ({ image, digest })),
    ({ image }) => image,
  );
};

/** Builds the report of a run from its facts and those of the stack. */
export const buildReport = (run: RunFacts, stack: StackFacts): Report => {
  const { command, startedAt, endedAt, succeeded, interrupted, isWhole } = run;
  const steps = stepsOf(run.events, startedAt);
  const { resources } = listResources(run.state, steps);
  const created = resources.some(
    ({ type, operation, result }) => type === kindClusterType && operation === "create" && result === "done",
  );
  return {
    version: 1,
    command,
    stack: run.stack,
    settingsChecksum: run.settingsChecksum,
    machine: run.machine,
    succeeded,
    interrupted,
    seconds: Math.max(0, Math.round((endedAt - startedAt) / 100) / 10),
    startedAt: new Date(startedAt).toISOString(),
    createdManagementCluster: created,
    failure: failureOf(run),
    warnings: [...new Set(run.warnings)],
    missing: [...stack.missing],
    operations: command === "report" ? [] : countOperations(resources, isWhole && !succeeded),
    criticalPath: findCriticalPath(resources),
    resources,
    clusters: stack.clusters.map((cluster) => toCluster(cluster, stack.objects)),
    containers: stack.containers ? byName(stack.containers, ({ name }) => name).map(toContainer) : null,
    network: stack.network ?? null,
    urls: [...stack.urls],
    versions: [...stack.versions],
    images: joinImages(stack.images, ...stack.clusters.map(({ objects = [] }) => imagesIn(objects))),
  };
};

/** Returns a report without secrets. Every text passes through `redact`, each distinct text once. */
export const redactReport = (report: Report, redact: (text: string) => string): Report => {
  const known = new Map<string, string>();
  const clean = (text: string): string => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const after = redact(text);
    known.set(text, after);
    return after;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return clean(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  // The fields that programs compare are checksums, numbers and words of Slipway.
  const { settingsChecksum, machine, startedAt } = report;
  return { ...(walk(report) as Report), settingsChecksum, machine, startedAt };
};
