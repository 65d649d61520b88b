import { isRecord, listAt, valueAt } from "../../lib/base/json";
import type { ApiObject } from "../../lib/diagnosis/facts";
import type { ClientApi } from "../../system/clientApi";

/** A cluster that the watcher lists. */
export interface WatchedCluster {
  name: string;
  /** Path of its kubeconfig from the checkout. */
  file: string;
  isManagement: boolean;
}

/** Connection of the watcher to the world. Tests replace it. */
export interface WatcherWorld {
  open: (file: string) => Promise<ClientApi>;
  /** Returns another value when the file was written again; undefined without the file. */
  version: (file: string) => string | undefined;
}

/** A type of resources that the watcher lists. */
interface ListedType {
  /** API group; empty for the core group. */
  group: string;
  plural: string;
  kind: string;
  query?: string;
  /** Seconds between two lists, at least two. */
  every: number;
}

/** Lists change with the state of pods and nodes every few seconds; the busy machine answers no more often. */
const pods: ListedType = { group: "", plural: "pods", kind: "Pod", every: 4 };
const warnings: ListedType = {
  ...{ group: "", plural: "events", kind: "Event", every: 4 },
  query: "fieldSelector=type%3DWarning",
};

const clusterApi = "cluster.x-k8s.io";

const managementTypes: readonly ListedType[] = [
  { group: clusterApi, plural: "clusters", kind: "Cluster", every: 2 },
  { group: clusterApi, plural: "machines", kind: "Machine", every: 2 },
  { group: clusterApi, plural: "machinedeployments", kind: "MachineDeployment", every: 4 },
  { group: clusterApi, plural: "machinepools", kind: "MachinePool", every: 4 },
  pods,
  warnings,
];

const workloadTypes: readonly ListedType[] = [
  { group: "", plural: "nodes", kind: "Node", every: 2 },
  { group: "", plural: "services", kind: "Service", every: 4 },
  { group: "apps", plural: "deployments", kind: "Deployment", every: 4 },
  pods,
  warnings,
];

/** Milliseconds between two looks at what is due. */
export const tickMs = 500;

/** Milliseconds between two attempts to open a cluster, since each attempt may start kubectl. */
const reopenMs = 10_000;

/** Time between two lists of a type as a multiple of the time of an answer, and its limit in milliseconds. */
const restShare = 3;
const longestRestMs = 6000;

/** Clusters that are listed in full time. More clusters are listed less often, so that the load stays the same. */
const fullTime = 8;

/** Returns the types behind the references of Clusters and Machines, such as DevMachine and KubeadmControlPlane. */
const referredTypes = (objects: readonly ApiObject[]): { group: string; kind: string }[] => {
  const types = objects.flatMap((object) =>
    [valueAt(object, "spec", "infrastructureRef"), valueAt(object, "spec", "controlPlaneRef")].flatMap((reference) => {
      const [group, kind] = [valueAt(reference, "apiGroup"), valueAt(reference, "kind")];
      return typeof group === "string" && typeof kind === "string" ? [{ group, kind }] : [];
    }),
  );
  return [...new Map(types.map((type) => [`${type.group}/${type.kind}`, type])).values()];
};

/** Fields of `spec` that the view reads. Everything else, such as data and tokens, is dropped at once. */
const specFields = ["replicas", "infrastructureRef", "controlPlaneRef", "type", "nodeName", "backend"];

const slim = (value: unknown, { kind, group }: ListedType): ApiObject => {
  const { metadata, spec, status, ...object } = value as ApiObject & Record<string, unknown>;
  const { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp } = metadata;
  const { involvedObject, reason, message, type, count, lastTimestamp, firstTimestamp, eventTime, series } = object;
  const event = { involvedObject, reason, message, type, count, lastTimestamp, firstTimestamp, eventTime, series };
  return {
    ...{ apiVersion: `${group}/`, kind },
    metadata: { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp },
    ...(spec ? { spec: Object.fromEntries(Object.entries(spec).filter(([key]) => specFields.includes(key))) } : {}),
    ...(status ? { status } : {}),
    ...(kind === "Event" ? event : {}),
  };
};

/** Lists of one cluster: at most one request for each type at a time. */
class ClusterWatch {
  private api: ClientApi | undefined;
  private opened: string | undefined;
  private readonly types: ListedType[];
  private readonly versions = new Map<string, Promise<string>>();
  private readonly due = new Map<ListedType, number>();
  private readonly lists = new Map<ListedType, ApiObject[]>();
  private isBusy = false;
  private isClosed = false;
  private openAt = 0;

  constructor(
    readonly cluster: WatchedCluster,
    private readonly world: WatcherWorld,
    private readonly observe: (cluster: WatchedCluster, objects: ApiObject[]) => void,
  ) {
    this.types = [...(cluster.isManagement ? managementTypes : workloadTypes)];
  }

  /** Lists the types that are due. It does nothing while the lists before are on their way. */
  async poll(now: number, slowness: number): Promise<void> {
    const version = this.world.version(this.cluster.file);
    if (this.isBusy || this.isClosed || version === undefined) return;
    if (version !== this.opened && now < this.openAt) return;
    this.isBusy = true;
    try {
      if (version !== this.opened) await this.reopen(version, now);
      const due = this.types.filter((type) => now >= (this.due.get(type) ?? 0));
      const answers = await Promise.allSettled(due.map((type) => this.list(type, type.every * slowness * 1000)));
      if (this.isClosed || !answers.some((answer) => answer.status === "fulfilled")) return;
      if (this.cluster.isManagement) this.addReferred();
      this.observe(this.cluster, [...this.lists.values()].flat());
    } catch {
      // An API that does not answer is asked again in the next turn. It never disturbs the run.
    } finally {
      this.isBusy = false;
    }
  }

  close(): void {
    this.isClosed = true;
    this.api?.close();
  }

  private async reopen(version: string, now: number): Promise<void> {
    this.openAt = now + reopenMs;
    this.api?.close();
    this.api = undefined;
    const api = await this.world.open(this.cluster.file);
    if (this.isClosed) return api.close();
    this.api = api;
    this.opened = version;
    this.versions.clear();
  }

  private async get(path: string): Promise<unknown> {
    const answer = await this.api?.getObject(path);
    if (answer?.status !== 200) throw new Error(`${path}: status ${answer?.status}`);
    return answer.body;
  }

  /** @param pauseMs milliseconds until the next list of the type */
  private async list(type: ListedType, pauseMs: number): Promise<void> {
    this.due.set(type, Date.now() + pauseMs);
    const base = type.group === "" ? "/api/v1" : `/apis/${type.group}/${await this.preferredVersion(type.group)}`;
    const sentAt = Date.now(); // the request for the version took a while
    this.due.set(type, sentAt + pauseMs);
    // Version 0 is an answer from the API server's memory, without a read from etcd.
    const body = await this.get(`${base}/${type.plural}?${type.query ?? "resourceVersion=0"}`);
    // A server that is busy, or has many objects, is asked less often.
    const restMs = Math.min(restShare * (Date.now() - sentAt), longestRestMs);
    this.due.set(type, Math.max(sentAt + pauseMs, Date.now() + restMs));
    this.lists.set(
      type,
      listAt(body, "items")
        .filter(isRecord)
        .map((item) => slim(item, type)),
    );
  }

  /** Returns the version of a group that the API server prefers. A group without an answer is asked again. */
  private preferredVersion(group: string): Promise<string> {
    const known = this.versions.get(group);
    if (known !== undefined) return known;
    const answer = this.get(`/apis/${group}`).then((body) => {
      const version = valueAt(body, "preferredVersion", "version");
      if (typeof version === "string") return version;
      throw new Error(`${group}: no version`);
    });
    this.versions.set(group, answer);
    answer.catch(() => this.versions.delete(group));
    return answer;
  }

  private addReferred(): void {
    for (const { group, kind } of referredTypes([...this.lists.values()].flat()))
      if (!this.types.some((type) => type.kind === kind && type.group === group))
        this.types.push({ group, kind, plural: pluralOf(kind), every: 2 });
  }
}

/** Returns the plural that Cluster API's contract requires for the kinds of providers. */
const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

/**
 * Lists the objects of a stack's clusters while a run is in progress. A cluster is listed as soon as its kubeconfig
 * exists.
 *
 * @param observe receives all objects of a cluster after each answer
 * @returns a function that ends the watch at once, with its requests and processes
 */
export const watchClusters = (
  clusters: readonly WatchedCluster[],
  world: WatcherWorld,
  observe: (cluster: WatchedCluster, objects: ApiObject[]) => void,
): (() => void) => {
  const watches = clusters.map((cluster) => new ClusterWatch(cluster, world, observe));
  const poll = (): void => {
    const now = Date.now();
    const listed = clusters.filter(({ file }) => world.version(file) !== undefined).length;
    const slowness = Math.max(1, listed / fullTime);
    for (const watch of watches) void watch.poll(now, slowness);
  };
  poll();
  const timer = setInterval(poll, tickMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const watch of watches) watch.close();
  };
};
