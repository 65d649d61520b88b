import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { RunView } from "../../../cli/progress/runView";
import type { Output } from "../../../cli/progress/terminal";
import type { ApiObject } from "../../../lib/diagnosis/facts";
import { condition, managed, node, readyNode, unschedulable, waitingPod } from "../../lib/progress/objects";

const webhookMessage =
  'failed calling webhook "w.example.org": failed to call webhook: no endpoints available for service "hook"';

const deployment: ApiObject = {
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  status: { conditions: [condition("ReplicaFailure=True", "FailedCreate", webhookMessage)] },
};

const kubeadm = "Running boostrap command [ kubeadm init ]\nERROR: exited with status: 1\nSTDERR: unknown flag";

/** A hang, as the API of a cluster shows it. */
const hangs: [name: string, cluster: "mgmt" | "one", objects: ApiObject[], says: RegExp][] = [
  ["an image that does not exist", "one", [waitingPod("web-1-a", "ErrImagePull", "not found")], /Pod .*ErrImagePull/],
  ["a registry that does not answer", "one", [waitingPod("web-1-a", "ImagePullBackOff", "timeout")], /Pod .*BackOff/],
  [
    "a kubeadm error",
    "mgmt",
    [
      managed("DevMachine", "one-a", {
        status: { conditions: [condition("BootstrapCompleted=False", "Failed", kubeadm)] },
      }),
    ],
    /DevMachine one-a: .*kubeadm init exited/,
  ],
  [
    "a pod that cannot be scheduled",
    "one",
    [unschedulable("web-1-a", "1 Insufficient cpu."), readyNode("a")],
    /Insufficient cpu/,
  ],
  ["a webhook without endpoints", "one", [deployment], /webhook w\.example\.org: .*no endpoints/],
  ["a full disk", "one", [node("a", condition("DiskPressure=True"))], /Node a: DiskPressure=True/],
];

const plurals: Readonly<Record<string, string>> = {
  ...{ pods: "Pod", nodes: "Node", deployments: "Deployment", devmachines: "DevMachine", machines: "Machine" },
};

const machine = managed("Machine", "one-a", {
  spec: { infrastructureRef: { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "DevMachine", name: "one-a" } },
});

/** Seconds until the API shows the hang. */
const shownAt = 31;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const output = { isTTY: false, write: () => true, on: () => undefined, off: () => undefined } as unknown as Output;

describe("a cause of a hang", () => {
  test.each(hangs)("%s is printed within 15 s after the API shows it", async (_, cluster, objects, says) => {
    const start = Date.now();
    const printed: { seconds: number; line: string }[] = [];
    const seconds = (): number => (Date.now() - start) / 1000;
    const answer = (file: string, path: string): unknown => {
      if (/^\/apis\/[^/]+$/.test(path)) return { preferredVersion: { version: "v1" } };
      const [, plural = ""] = /\/([^/?]+)\?/.exec(path) ?? [];
      const isShown = file === `${cluster}.yaml` && seconds() >= shownAt;
      const all = [...(file === "mgmt.yaml" ? [machine] : []), ...(isShown ? objects : [])];
      return { items: all.filter(({ kind }) => kind === plurals[plural]) };
    };
    const watcher = {
      // A busy API server needs a second for each answer.
      open: (file: string) => {
        const getObject = async (path: string) => {
          await new Promise((resolve) => setTimeout(resolve, 1000));
          return { status: 200, body: answer(file, path) };
        };
        return Promise.resolve({ getObject, close: () => undefined });
      },
      version: () => "1",
    };
    const log = { path: undefined, take: () => undefined, text: () => "", close: () => undefined };
    const print = (line: string): void => void printed.push({ seconds: seconds(), line });
    const workload = {
      name: "one",
      namespace: "default",
      isInMemory: false,
      hasLoadBalancer: false,
      hasApplication: false,
    };
    const view = new RunView(
      {
        management: { name: "mgmt", isKind: true, installsProviders: true, kubeconfig: "mgmt.yaml" },
        workloads: [{ ...workload, kubeconfig: "one.yaml" }],
      },
      { output, env: {}, print, watcher, log },
    );
    view.begin();
    await jest.advanceTimersByTimeAsync(90_000);
    view.end();
    const causes = printed.filter(({ line }) => line.includes("is held up"));
    expect(causes).toHaveLength(1);
    expect(causes[0]?.line).toMatch(says);
    expect(causes[0]!.seconds - shownAt).toBeLessThanOrEqual(15);
    expect(printed[printed.indexOf(causes[0]!) + 1]?.line).toMatch(/next step: \S/);
  });
});
