import type { EngineEvent } from "./engineEvent";
import type { Failure } from "./failureText";
import { clusterOf, isAfterMachines, isComponent, isNodeImage, isOfOneCluster } from "./resourcePart";

/**
 * Follows a run of Pulumi: records the first failure, and whether running steps can still create machines of a cluster.
 */
export class FailureWatch {
  private failure: Failure | undefined;
  private readonly errors = new Map<string, string>();
  private readonly underWay = new Set<string>();
  private readonly clusters: string[] = [];
  private readonly images = new Set<string>();
  private hasEvents = false;

  take({ kind, urn, op, message }: EngineEvent): void {
    this.hasEvents = true;
    if (urn === undefined) {
      // A failure of the program, or of a plugin that exited.
      if (kind === "error") this.failure ??= { urn: "", message: message ?? "" };
      return;
    }
    const cluster = clusterOf(urn);
    if (cluster !== undefined && !this.clusters.includes(cluster)) this.clusters.push(cluster);
    if (isNodeImage(urn)) this.images.add(urn);
    if (kind === "begins" && op !== "same" && !isComponent(urn)) this.underWay.add(urn);
    if (kind === "done" || kind === "failed") this.underWay.delete(urn);
    if (kind === "error" && !this.errors.has(urn)) this.errors.set(urn, message ?? "");
    if (kind === "error" || kind === "failed") this.failure ??= { urn, message: this.errors.get(urn) ?? "" };
  }

  /** The first failure so far. */
  get first(): Failure | undefined {
    return this.failure;
  }

  /** True once the engine has reported any event. */
  get hasBegun(): boolean {
    return this.hasEvents;
  }

  /**
   * True if machines of another cluster may still be created: the failure concerns one of several clusters, and a step
   * before the machines is running.
   */
  get leadsToMachines(): boolean {
    if (this.failure === undefined || this.clusters.length < 2) return false;
    if (!isOfOneCluster(this.failure.urn, this.clusters, this.images.size)) return false;
    return [...this.underWay].some((urn) => !isAfterMachines(urn, this.clusters));
  }
}
