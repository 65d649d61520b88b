import { describe, expect, test } from "@jest/globals";
import { releaseLeases, type RunKubectl, staleLeases } from "../../../cli/pause/leases";

const startedAt = ["2026-11-30T08:00:05Z", "2026-11-30T08:00:00.5Z"];
const lease = (name: string, spec: object) => ({
  metadata: { name, namespace: "kube-system", resourceVersion: "7" },
  spec,
});
const held = { holderIdentity: "old", acquireTime: "2026-11-29T08:00:00Z", renewTime: "2026-11-29T20:00:00Z" };
const leases = JSON.stringify({
  items: [
    lease("kube-scheduler", { ...held, leaseTransitions: 3 }),
    lease("kube-controller-manager", { ...held, renewTime: "2026-11-30T08:00:02.000000Z" }),
    lease("apiserver-x", { holderIdentity: "old", renewTime: held.renewTime }),
    lease("released", { ...held, holderIdentity: "" }),
    lease("unrenewed", { holderIdentity: "old", acquireTime: held.acquireTime }),
  ],
});

describe("leases of stopped controllers", () => {
  test("are those that nobody renewed since the first container started", () => {
    expect(staleLeases(leases, startedAt)).toEqual([
      lease("kube-scheduler", { acquireTime: held.acquireTime, renewTime: held.renewTime, leaseTransitions: 3 }),
    ]);
    // A container that ran all night may have the holder.
    expect(staleLeases(leases, [...startedAt, "2026-11-01T00:00:00Z"])).toEqual([]);
  });

  test("are replaced in one call, with their resource versions, once the API server answers", async () => {
    const calls: [string, string?][] = [];
    const answers = [undefined, undefined, leases];
    const run: RunKubectl = (args, input) => {
      calls.push(input === undefined ? [args.join(" ")] : [args.join(" "), input]);
      return Promise.resolve(args[0] === "get" ? answers.shift() : "");
    };
    await releaseLeases(run, startedAt, Date.now() + 60_000, () => Promise.resolve());
    const get = ["get leases.coordination.k8s.io --all-namespaces --output=json"];
    expect(calls.slice(0, 3)).toEqual([get, get, get]);
    expect(calls[3]?.[0]).toBe("replace --filename=-");
    const list = JSON.parse(calls[3]?.[1] ?? "") as {
      items: { metadata: { resourceVersion: string }; spec: object }[];
    };
    expect(list.items).toHaveLength(1);
    expect(list.items[0]?.metadata.resourceVersion).toBe("7");
    expect(list.items[0]?.spec).not.toHaveProperty("holderIdentity");
  });

  test("are left alone after the time limit, without containers, and where no lease is stale", async () => {
    let calls = 0;
    const silent: RunKubectl = () => {
      calls += 1;
      return Promise.resolve(undefined);
    };
    await releaseLeases(silent, startedAt, Date.now() - 1);
    expect(calls).toBe(1);
    await releaseLeases(silent, [], Date.now() + 60_000);
    expect(calls).toBe(1);
    const fresh: RunKubectl = (args) => {
      calls += 1;
      expect(args[0]).toBe("get");
      return Promise.resolve(JSON.stringify({ items: [] }));
    };
    await releaseLeases(fresh, startedAt, Date.now() + 60_000);
    expect(calls).toBe(2);
  });
});
