import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { watchClusters, type WatchedCluster, type WatcherWorld } from "../../../cli/progress/watcher";
import type { ApiObject } from "../../../lib/diagnosis/facts";
import type { ClientApi } from "../../../system/clientApi";

/** A request with its time in milliseconds. */
interface Request {
  time: number;
  path: string;
}

/** A fake API server: its lists by the last part of the path, and the requests that it got. */
const fakeApi = (lists: Record<string, object[]> = {}, answerMs = 10) => {
  const requests: Request[] = [];
  let isClosed = false;
  const api: ClientApi = {
    getObject: (path) => {
      if (isClosed) throw new Error(`a request after the end: ${path}`);
      requests.push({ time: Date.now(), path });
      const [, plural = ""] = /\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
      const isGroup = /^\/apis\/[^/]+$/.test(path);
      const body = isGroup ? { preferredVersion: { version: "v1beta2" } } : { items: lists[plural] ?? [] };
      return new Promise((resolve) => setTimeout(resolve, answerMs, { status: 200, body }));
    },
    close: () => void (isClosed = true),
  };
  return { api, requests, isClosed: () => isClosed };
};

const management: WatchedCluster = { name: "mgmt", file: "mgmt.yaml", isManagement: true };
const workload: WatchedCluster = { name: "one", file: "one.yaml", isManagement: false };

const worldOf = (apis: Record<string, ClientApi>, version: WatcherWorld["version"] = () => "1"): WatcherWorld => ({
  open: (file) => Promise.resolve(apis[file]!),
  version,
});

let stop: (() => void) | undefined;
beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  stop?.();
  stop = undefined;
  jest.useRealTimers();
});

const reference = { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "DevCluster", name: "one" };
const cluster = {
  kind: "Cluster",
  metadata: { name: "one", managedFields: [1] },
  spec: { infrastructureRef: reference },
};

describe("the watcher", () => {
  test("sends at most one list request for each cluster and type in two seconds", async () => {
    const [first, second] = [fakeApi({ clusters: [cluster] }), fakeApi()];
    stop = watchClusters(
      [management, workload],
      worldOf({ "mgmt.yaml": first.api, "one.yaml": second.api }),
      () => undefined,
    );
    await jest.advanceTimersByTimeAsync(60_000);
    for (const { requests } of [first, second]) {
      const lists = requests.filter(({ path }) => !/^\/apis\/[^/]+$/.test(path));
      expect(lists.length).toBeGreaterThan(60);
      for (const path of new Set(lists.map((request) => request.path))) {
        const times = lists.filter((request) => request.path === path).map(({ time }) => time);
        const pauses = times.slice(1).map((time, index) => time - times[index]!);
        expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000);
        expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
      }
    }
    // The version of each group is asked for once.
    const groups = first.requests.map(({ path }) => path).filter((path) => /^\/apis\/[^/]+$/.test(path));
    expect(groups.sort()).toEqual([...new Set(groups)]);
  });

  test("lists the kinds of the cluster's provider, and keeps no other field than the view needs", async () => {
    const secret = { kind: "DevCluster", metadata: { name: "one" }, spec: { token: "secret", replicas: 1 } };
    const { api, requests } = fakeApi({ clusters: [cluster], devclusters: [secret] });
    let seen: ApiObject[] = [];
    stop = watchClusters([management], worldOf({ "mgmt.yaml": api }), (_, objects) => (seen = objects));
    await jest.advanceTimersByTimeAsync(5000);
    expect(requests.map(({ path }) => path)).toContain(
      "/apis/infrastructure.cluster.x-k8s.io/v1beta2/devclusters?resourceVersion=0",
    );
    expect(JSON.stringify(seen)).not.toMatch(/secret|managedFields/);
    expect(seen.map(({ kind }) => kind)).toEqual(["Cluster", "DevCluster"]);
  });

  test("never has two lists of one type on their way, although the API server is slow", async () => {
    const { api, requests } = fakeApi({}, 9000);
    stop = watchClusters([workload], worldOf({ "one.yaml": api }), () => undefined);
    await jest.advanceTimersByTimeAsync(8000);
    expect(new Set(requests.map(({ path }) => path)).size).toBe(requests.length);
  });

  test("lists a slow API server less often, but goes on", async () => {
    const { api, requests } = fakeApi({}, 1500);
    stop = watchClusters([workload], worldOf({ "one.yaml": api }), () => undefined);
    await jest.advanceTimersByTimeAsync(60_000);
    const times = requests.filter(({ path }) => path.includes("/nodes")).map(({ time }) => time);
    const pauses = times.slice(1).map((time, index) => time - times[index]!);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(6000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8500);
  });

  test("lists many clusters less often, so that the load stays the same", async () => {
    const clusters = Array.from({ length: 40 }, (_, index) => ({
      ...workload,
      name: `c${index}`,
      file: `c${index}.yaml`,
    }));
    const apis = clusters.map(() => fakeApi());
    const world = worldOf(Object.fromEntries(apis.map(({ api }, index) => [`c${index}.yaml`, api])));
    stop = watchClusters(clusters, world, () => undefined);
    await jest.advanceTimersByTimeAsync(60_000);
    const requests = apis.reduce((count, api) => count + api.requests.length, 0);
    expect(requests).toBeLessThanOrEqual(8 * 60 * 2);
    expect(Math.min(...apis.map((api) => api.requests.length))).toBeGreaterThan(10);
  });

  test("waits for the kubeconfig, and opens a kubeconfig that is written again", async () => {
    let version: string | undefined;
    const opened: string[] = [];
    const { api } = fakeApi();
    const world: WatcherWorld = {
      open: (file) => {
        opened.push(file);
        return Promise.resolve({ ...api, close: () => undefined });
      },
      version: () => version,
    };
    stop = watchClusters([workload], world, () => undefined);
    await jest.advanceTimersByTimeAsync(5000);
    expect(opened).toEqual([]);
    version = "1";
    await jest.advanceTimersByTimeAsync(5000);
    expect(opened).toEqual(["one.yaml"]);
    version = "2";
    await jest.advanceTimersByTimeAsync(12_000);
    expect(opened).toEqual(["one.yaml", "one.yaml"]);
  });

  test("goes on without a cluster that cannot be opened or does not answer", async () => {
    const { api } = fakeApi();
    let attempts = 0;
    const world: WatcherWorld = {
      open: (file) => {
        if (file === "one.yaml") return Promise.resolve(api);
        attempts += 1;
        return Promise.reject(new Error("no kubeconfig"));
      },
      version: () => "1",
    };
    const seen: string[] = [];
    stop = watchClusters([management, workload], world, ({ name }) => seen.push(name));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(new Set(seen)).toEqual(new Set(["one"]));
    expect(attempts).toBeLessThanOrEqual(4);
  });

  test("leaves no timer, no request and no connection after its end", async () => {
    const { api, requests, isClosed } = fakeApi();
    const end = watchClusters([workload], worldOf({ "one.yaml": api }), () => undefined);
    await jest.advanceTimersByTimeAsync(3000);
    end();
    expect(isClosed()).toBe(true);
    const count = requests.length;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(requests.length).toBe(count);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("closes a connection that opens after the end", async () => {
    const { api, isClosed } = fakeApi();
    const world: WatcherWorld = {
      open: () => new Promise((resolve) => setTimeout(resolve, 500, api)),
      version: () => "1",
    };
    const end = watchClusters([workload], world, () => undefined);
    await jest.advanceTimersByTimeAsync(100);
    end();
    await jest.advanceTimersByTimeAsync(1000);
    expect(isClosed()).toBe(true);
  });
});
