import type { EngineEvent } from "./engineEvent";
import type { Failure } from "./failureText";
import { clusterOf, isAfterMachines, isComponent, isNodeImage, isOfOneCluster } from "./resourcePart";

/** Follows a run of Pulumi: which resource failed first, and whether what goes on still leads to machines of a cluster. */
export class FailureWatch {
  private failure: Failure | undefined;
  private readonly errors = new Map<string, string>();
  private readonly underWay = new Set<string>();
  private readonly clusters: string[] = [];
  private readonly images = new Set<string>();
  private seen = false;

  take({ kind, urn, op, message }: EngineEvent): void {
    this.seen = true;
    if (urn === undefined) {
      // Of the program, or of a plugin that ended.
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

  /** Whether the engine has reported anything. */
  get hasBegun(): boolean {
    return this.seen;
  }

  /**
   * Whether machines of a cluster that did not fail may still be asked for: the failure belongs to one of several clusters,
   * and something is under way before machines.
   */
  get leadsToMachines(): boolean {
    if (this.failure === undefined || this.clusters.length < 2) return false;
    if (!isOfOneCluster(this.failure.urn, this.clusters, this.images.size)) return false;
    return [...this.underWay].some((urn) => !isAfterMachines(urn, this.clusters));
  }
}
