import { describe, expect, test } from "@jest/globals";
import { releaseLeases, staleLeases } from "../../../cli/pause/leases";
import type { WritableApi } from "../../../system/clientApi";

const startedAt = ["2026-11-30T08:00:05Z", "2026-11-30T08:00:00.5Z"];
const lease = (name: string, spec: object) => ({
  metadata: { name, namespace: "kube-system", resourceVersion: "7" },
  spec,
});
const held = { holderIdentity: "old", acquireTime: "2026-11-29T08:00:00Z", renewTime: "2026-11-29T20:00:00Z" };
const leases = [
  lease("kube-scheduler", { ...held, leaseTransitions: 3 }),
  lease("kube-controller-manager", { ...held, renewTime: "2026-11-30T08:00:02.000000Z" }),
  lease("apiserver-x", { holderIdentity: "old", renewTime: held.renewTime }),
  lease("released", { ...held, holderIdentity: "" }),
  lease("unrenewed", { holderIdentity: "old", acquireTime: held.acquireTime }),
];
const released = lease("kube-scheduler", {
  acquireTime: held.acquireTime,
  renewTime: held.renewTime,
  leaseTransitions: 3,
});

/** An API server that answers the first requests in an order of the test. */
const apiWith = (answers: (() => Promise<{ status: number; body: unknown }>)[]) => {
  const calls: [string, object?][] = [];
  const api: WritableApi = {
    getObject: (path) => {
      calls.push([path]);
      return (answers.shift() ?? (() => Promise.reject(new Error("connect ECONNREFUSED"))))();
    },
    putObject: (path, object) => {
      calls.push([path, object]);
      return Promise.resolve({ status: 409, body: {} });
    },
    close: () => undefined,
  };
  return { api, calls };
};
const refused = () => Promise.reject(new Error("connect ECONNREFUSED"));
const list = "/apis/coordination.k8s.io/v1/leases";
const immediately = () => Promise.resolve();

describe("leases of stopped controllers", () => {
  test("are those that nobody renewed since the first container started", () => {
    expect(staleLeases(leases, startedAt)).toEqual([released]);
    // A container that ran all night may have the holder.
    expect(staleLeases(leases, [...startedAt, "2026-11-01T00:00:00Z"])).toEqual([]);
  });

  test("are replaced with their resource versions once the API server answers", async () => {
    const busy = () => Promise.resolve({ status: 503, body: {} });
    const { api, calls } = apiWith([refused, busy, () => Promise.resolve({ status: 200, body: { items: leases } })]);
    await releaseLeases(api, startedAt, () => false, immediately);
    expect(calls).toEqual([
      [list],
      [list],
      [list],
      ["/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler", released],
    ]);
  });

  test("stay without containers, and once the start is over", async () => {
    const { api, calls } = apiWith([refused]);
    await releaseLeases(api, [], () => false, immediately);
    expect(calls).toEqual([]);
    await releaseLeases(api, startedAt, () => calls.length > 2, immediately);
    expect(calls).toEqual([[list], [list], [list]]);
  });
});
