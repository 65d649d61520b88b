import { describe, expect, test } from "@jest/globals";
import { awaitPods, type Pod, readWaitingPods, waitingPods } from "../../../cli/pause/pods";

const pod = (name: string, status: Pod["status"], metadata = {}): Pod => ({
  metadata: { name, namespace: "default", ...metadata },
  spec: { nodeName: "capd-md-0-x" },
  status,
});
const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const runningSince = (startedAt: string) => ({ ...ready, containerStatuses: [{ state: { running: { startedAt } } }] });

describe("pods that are not Ready", () => {
  test.each<[string, Pod["status"], string]>([
    [
      "a container that waits",
      { ...ready, containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] },
      "CrashLoopBackOff",
    ],
    [
      "a condition",
      { phase: "Running", conditions: [{ type: "Ready", status: "False", reason: "ContainersNotReady" }] },
      "ContainersNotReady",
    ],
    ["a phase", { phase: "Pending" }, "Pending"],
  ])("have the reason of %s", (_, status, reason) => {
    expect(waitingPods([pod("web", status)])).toEqual([{ name: "default/web", reason }]);
  });

  test("do not include Ready pods, pods that ended, and pods that are being deleted", () => {
    const deleted = pod("old", { phase: "Pending" }, { deletionTimestamp: "2026-01-01T10:00:00Z" });
    const pods = [pod("web", ready), pod("job", { phase: "Succeeded" }), pod("evicted", { phase: "Failed" }), deleted];
    expect(waitingPods(pods)).toEqual([]);
  });

  test("include pods whose status is older than the start of their node", () => {
    const startedAt = { "capd-md-0-x": "2026-01-02T08:00:00.5Z" };
    const pods = [pod("old", runningSince("2026-01-01T10:00:00Z")), pod("new", runningSince("2026-01-02T08:00:00Z"))];
    expect(waitingPods(pods, startedAt).map(({ name }) => name)).toEqual(["default/old"]);
  });

  test("are unknown if the API server does not answer, or refuses the list", async () => {
    const reading = (answer: () => Promise<{ status: number; body: unknown }>) =>
      readWaitingPods({ getObject: answer });
    expect(await reading(() => Promise.reject(new Error("connect ECONNREFUSED")))).toBeUndefined();
    expect(await reading(() => Promise.resolve({ status: 503, body: {} }))).toBeUndefined();
    const body = { items: [pod("web", { phase: "Pending" })] };
    expect(await reading(() => Promise.resolve({ status: 200, body }))).toEqual([
      { name: "default/web", reason: "Pending" },
    ]);
  });

  test("end a start with their names and reasons, except those that were not Ready before the stop", async () => {
    const waiting = [
      { name: "default/web", reason: "Pending" },
      { name: "default/broken", reason: "CrashLoopBackOff" },
    ];
    const read = () => Promise.resolve(waiting);
    await expect(awaitPods("capd", read, ["default/broken"], 0)).rejects.toThrow(
      "cluster capd: expected all pods Ready within 0 s, got default/web (Pending). Run make status for details.",
    );
    await awaitPods("capd", read, ["default/broken", "default/web"], 0);
    await expect(awaitPods("capd", () => Promise.resolve(undefined), [], 0)).rejects.toThrow(
      "got no answer of its API",
    );
  });
});
