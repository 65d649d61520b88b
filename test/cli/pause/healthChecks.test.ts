import { expect, test } from "@jest/globals";
import { pauseHealthChecks, resumeHealthChecks } from "../../../cli/pause/healthChecks";
import type { Exec } from "../../../system/exec";

const check = (name: string, annotations?: Record<string, string>): object => ({
  metadata: { name, namespace: "default", ...(annotations ? { annotations } : {}) },
});

/** A kubectl with three health checks, which records the changes. */
const recorded = (): { exec: Exec; changes: string[] } => {
  const changes: string[] = [];
  const items = [
    check("capd-md-0"),
    check("by-user", { "cluster.x-k8s.io/paused": "" }),
    check("by-stop", { "cluster.x-k8s.io/paused": "true", "dev.slipway.stopped": "true" }),
  ];
  const exec: Exec = (_program, ...args) => {
    if (args.includes("get")) return Promise.resolve({ text: JSON.stringify({ items }), failed: false });
    changes.push(args.slice(args.indexOf("annotate")).join(" "));
    return Promise.resolve({ text: "", failed: false });
  };
  return { exec, changes };
};

const prefix = "annotate --namespace default machinehealthchecks.cluster.x-k8s.io";

test("a stop pauses the health checks that nobody paused", async () => {
  const { exec, changes } = recorded();
  expect(await pauseHealthChecks(exec, "file")).toEqual([]);
  expect(changes).toEqual([`${prefix} capd-md-0 --overwrite cluster.x-k8s.io/paused=true dev.slipway.stopped=true`]);
});

test("a start resumes the health checks that a stop paused, and leaves those of users paused", async () => {
  const { exec, changes } = recorded();
  expect(await resumeHealthChecks(exec, "file")).toEqual([]);
  expect(changes).toEqual([`${prefix} by-stop --overwrite cluster.x-k8s.io/paused- dev.slipway.stopped-`]);
});

test("a management cluster that does not answer is a problem in words, not an error", async () => {
  const exec: Exec = () => Promise.resolve({ text: "connection refused", failed: true });
  expect(await pauseHealthChecks(exec, "file")).toEqual([
    "MachineHealthChecks: expected an answer of the management cluster, got: connection refused",
  ]);
});
