import type { EngineEvent } from "../diagnosis/failure/engineEvent";
import type { ApiObject } from "../diagnosis/facts";
import { failureLines } from "../diagnosis/failure/failureText";
import { CauseLog } from "./causeLog";
import { causesOf, nodesWanted } from "./causes";
import { EngineWork } from "./engineWork";
import { type Estimate, remainingText } from "./estimate";
import type { Row } from "./line";
import { createsManagement, imagePhases, managementPhases, type ManagementTrack } from "./managementPhases";
import { type Phase, TrackTimes } from "./phase";
import { objectsOfCluster, workloadPhases, type WorkloadTrack } from "./workloadPhases";

/** A cluster of the stack, and the path of its kubeconfig. */
export interface TrackedClusters {
  management: ManagementTrack & { kubeconfig: string };
  workloads: readonly (WorkloadTrack & { kubeconfig: string })[];
}

/** The view at one moment. */
export interface Snapshot {
  rows: Row[];
  /** Lines for a log: the phases that changed since the snapshot before. */
  changes: string[];
  /** Lines for every output: causes of a hang, solved causes, and errors of the engine. */
  messages: string[];
  /** The remaining time; absent without an estimate. */
  remaining?: string;
}

/** Seconds in which the management cluster of an existing stack answers. */
const answerSeconds = 10;

/** Collects what the engine and the clusters report during a run, and gives the view. Times are seconds of the run. */
export class RunModel {
  private readonly work = new EngineWork();
  private readonly objects = new Map<string, readonly ApiObject[]>();
  private readonly tracks = new Map<string, TrackTimes>();
  private readonly causes = new CauseLog();
  private readonly failed = new Set<string>();
  private pending: string[] = [];
  private isFromNothing = false;

  /** @param estimate time of the run if the run creates the management cluster */
  constructor(
    private readonly clusters: TrackedClusters,
    private readonly estimate?: Estimate,
  ) {}

  /** Takes an event of the engine. */
  take(event: EngineEvent): void {
    this.work.take(event);
    if (createsManagement(event)) this.isFromNothing = true;
    if (event.kind === "error") this.takeError(event.urn ?? "", event.message ?? "");
  }

  /** Takes all objects that a cluster's API listed. */
  observe(cluster: string, objects: readonly ApiObject[], seconds: number, now: number): void {
    this.objects.set(cluster, objects);
    const { management, workloads } = this.clusters;
    const workload = workloads.find(({ name }) => name === cluster);
    const { kubeconfig } = workload ?? management;
    const managed = this.objects.get(management.name) ?? [];
    const nodes = workload && nodesWanted(objectsOfCluster(workload, managed));
    this.pending.push(
      ...this.causes.take(cluster, causesOf({ kubeconfig, objects, nodes, now, began: now - seconds * 1000 }), seconds),
    );
  }

  /** Returns the view, and what changed since the last call. */
  snapshot(seconds: number): Snapshot {
    const messages = this.pending;
    this.pending = [];
    const { management, workloads } = this.clusters;
    // A stack that exists is shown after the first answer, so that phases of earlier runs have no time.
    if (!this.isFromNothing && !this.objects.has(management.name) && seconds < answerSeconds)
      return { rows: [], changes: [], messages };
    const facts = { work: this.work, management: this.objects.get(management.name) };
    const existing = this.isFromNothing ? undefined : facts.management;
    const tracks: [string, Phase[]][] = [
      ["images", imagePhases(this.work)],
      [management.name, managementPhases(management, { work: this.work, existing })],
      ...workloads.map((track): [string, Phase[]] => [
        track.name,
        workloadPhases(track, { ...facts, workload: this.objects.get(track.name) }),
      ]),
    ];
    const rows: Row[] = [];
    const changes: string[] = [];
    for (const [name, phases] of tracks.filter(([, list]) => list.length > 0)) {
      const times = this.tracks.get(name) ?? new TrackTimes();
      this.tracks.set(name, times);
      const { phases: timed, change } = times.take(phases, seconds, this.isFromNothing);
      rows.push({ name, phases: timed });
      if (change !== undefined) changes.push(`${name}: ${change}`);
    }
    const remaining = this.isFromNothing && this.estimate ? remainingText(this.estimate, seconds) : undefined;
    return { rows, changes, messages, ...(remaining === undefined ? {} : { remaining }) };
  }

  /** Reports the first error of each resource at once. Pulumi's own text about it comes at the end. */
  private takeError(urn: string, message: string): void {
    if (this.failed.has(urn) || /^(error: )?(update|destroy) failed$/.test(message.trim())) return;
    this.failed.add(urn);
    const [first = ""] = failureLines({ urn, message });
    this.pending.push(first.replace(/^first failure: /, "failed: "));
  }
}
