import { describe, expect, test } from "@jest/globals";
import type { ApiObject } from "../../../lib/diagnosis/facts";
import { CauseLog } from "../../../lib/progress/causeLog";
import { causesOf } from "../../../lib/progress/causes";
import { condition, managed, node, pod, readyNode, unschedulable, waitingPod } from "./objects";

const now = Date.parse("2026-11-30T12:00:00Z");

const causes = (objects: ApiObject[], nodes: number | undefined = 1, began = now - 600_000) =>
  causesOf({ kubeconfig: "one.yaml", objects, nodes, now, began });

/** Texts of the causes. */
const texts = (objects: ApiObject[], nodes?: number): string[] =>
  causes(objects, nodes).map(({ line, remedy }) => `${line} -> ${remedy}`);

const noEndpoints =
  'Internal error occurred: failed calling webhook "w.example.org": failed to call webhook: Post "https://hook.default.svc:443/?timeout=10s": no endpoints available for service "hook"';

const event = (fields: object): ApiObject => ({
  kind: "Event",
  metadata: { name: "event", namespace: "default" },
  involvedObject: { kind: "ReplicaSet", name: "web-1", namespace: "default" },
  reason: "FailedCreate",
  message: noEndpoints,
  ...fields,
});

describe("causes of a hang", () => {
  test("name an image that does not exist at once, with the next step", () => {
    const [cause] = causes([waitingPod("web-1-a", "ErrImagePull", 'failed to pull "example.org/web:1": not found')]);
    expect(cause).toMatchObject({ tolerance: 0, object: "Pod default/web-1-a" });
    expect(cause?.line).toMatch(/^Pod default\/web-1-a: ErrImagePull: .*not found/);
    expect(cause?.remedy).toMatch(/^correct the image example\.org\/web:1 .*describe pod web-1-a$/);
  });

  test("wait for another attempt if a registry did not answer", () => {
    const [cause] = causes([waitingPod("web-1-a", "ErrImagePull", "connection reset by peer")]);
    expect(cause?.tolerance).toBe(8);
  });

  test("leave out containers that start, and controllers that exit twice at the start", () => {
    expect(texts([waitingPod("web-1-a", "ContainerCreating", "")])).toEqual([]);
    expect(texts([waitingPod("web-1-a", "PodInitializing", "")])).toEqual([]);
    expect(texts([waitingPod("web-1-a", "CrashLoopBackOff", "", { restartCount: 2 })])).toEqual([]);
    expect(texts([waitingPod("web-1-a", "CrashLoopBackOff", "", { restartCount: 3 })])).toHaveLength(1);
  });

  test("report two pods of one owner once", () => {
    const failing = (name: string) => waitingPod(name, "ErrImagePull", "not found");
    expect(texts([failing("web-1-a"), failing("web-1-b")])).toHaveLength(1);
  });

  test("name a pod that no node takes only after all nodes are Ready", () => {
    const waiting = unschedulable("web-1-a", "0/1 nodes are available: 1 Insufficient cpu.");
    expect(texts([waiting, readyNode("a")], 2)).toEqual([]);
    expect(texts([waiting, node("a", condition("Ready=False"))], 1)).toEqual([]);
    expect(texts([waiting, readyNode("a")], 1)).toEqual([expect.stringMatching(/Insufficient cpu.*give the cluster/)]);
  });

  test.each(["not-ready", "disk-pressure"])("leave out a pod that waits for the taint %s of a node", (taint) => {
    const message = `0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/${taint}: }.`;
    expect(texts([unschedulable("web-1-a", message), readyNode("a")])).toEqual([]);
  });

  test("leave out a pod that waits for the unnamed taint of a node with a full disk", () => {
    const waiting = unschedulable("web-1-a", "0/1 nodes are available: 1 node(s) had untolerated taint(s).");
    expect(texts([waiting, readyNode("a")])).toHaveLength(1);
    const full = node("a", condition("Ready=True"), condition("DiskPressure=True"));
    expect(texts([waiting, full])).toEqual([expect.stringMatching(/^Node a: DiskPressure/)]);
  });

  test("name the service of a webhook that refuses connections", () => {
    const message =
      'failed calling webhook "w.example.org": failed to call webhook: Post "https://hook.default.svc:443/?timeout=10s": dial tcp 10.128.1.2:443: connect: connection refused';
    const deployment: ApiObject = {
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      status: { conditions: [condition("ReplicaFailure=True", "FailedCreate", message)] },
    };
    expect(texts([deployment])).toEqual([
      expect.stringMatching(/service default\/hook gives no answer \(connection refused\).*start the pods behind/),
    ]);
  });

  test("name a node with a full disk", () => {
    const full = node("a", condition("DiskPressure=True", "KubeletHasDiskPressure", "kubelet has disk pressure"));
    expect(texts([full])).toEqual([expect.stringMatching(/^Node a: DiskPressure=True: .* -> make room: /)]);
    expect(texts([node("a", condition("DiskPressure=False"), condition("Ready=False"))])).toEqual([]);
  });

  test("name kubeadm's error with its last lines, and nothing while kubeadm runs", () => {
    const machine = (reason: string, message: string) =>
      managed("DevMachine", "one-a", {
        status: { conditions: [condition("BootstrapCompleted=False", reason, message)] },
      });
    const command = "Running boostrap command [ sh -c kubeadm init --error-exit --config /run/kubeadm.yaml ]";
    expect(texts([machine("NotReady", `${command} (3 of 31)`)])).toEqual([]);
    const failed = machine(
      "Failed",
      `${command}\nERROR: exited with status: 1\nSTDOUT: x\nSTDERR: error execution phase`,
    );
    const [cause] = causes([failed]);
    expect(cause).toMatchObject({ tolerance: 0, object: "DevMachine one-a", cluster: "one" });
    expect(new CauseLog().take("mgmt", [cause!], 1)[0]).toMatch(/^one is held up: DevMachine one-a/);
    expect(cause?.line).toMatch(/kubeadm init exited with status: 1 \| error execution phase/);
    expect(cause?.remedy).toMatch(/^correct the settings kubeadm/);
  });

  test("name a failure of the infrastructure, and nothing while it waits", () => {
    const machine = (reason: string, message: string) =>
      managed("DevMachine", "one-a", {
        status: { conditions: [condition("ContainerProvisioned=False", reason, message)] },
      });
    expect(texts([machine("WaitingForBootstrapData", "")])).toEqual([]);
    expect(texts([machine("NotProvisioned", "Creating container one-a")])).toEqual([]);
    expect(texts([machine("NotProvisioned", "Failed to create container: no such image")])).toHaveLength(1);
  });

  test("leave out conditions of a Cluster whose API server starts", () => {
    const starting = managed("Cluster", "one", {
      status: { conditions: [condition("RemoteConnectionProbe=False", "ProbeFailed", "Remote connection failed")] },
    });
    expect(texts([starting])).toEqual([]);
  });

  test("name a webhook without endpoints from a condition and from repeated events", () => {
    const deployment: ApiObject = {
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      status: { conditions: [condition("ReplicaFailure=True", "FailedCreate", noEndpoints)] },
    };
    const named = expect.stringMatching(
      /^webhook w\.example\.org: service default\/hook gives no answer \(no endpoints available for service "hook"\)/,
    );
    expect(texts([deployment])).toEqual([named]);
    const times = { firstTimestamp: "2026-11-30T11:59:40Z", lastTimestamp: "2026-11-30T11:59:58Z" };
    expect(texts([event({ ...times, count: 9 })])).toEqual([named]);
    expect(texts([event({ ...times, count: 1 })])).toEqual([]);
    expect(texts([event({ ...times, count: 9, lastTimestamp: "2026-11-30T11:50:00Z" })])).toEqual([]);
    // An event from before the run may belong to a problem that is solved.
    const earlier = event({ ...times, count: 9, lastTimestamp: "2026-11-30T11:58:30Z" });
    expect(texts([earlier])).toEqual([named]);
    expect(causes([earlier], 1, now - 10_000)).toEqual([]);
  });

  test("leave out pods that run, have completed or are being deleted", () => {
    const deleted = waitingPod("web-1-a", "ErrImagePull", "not found");
    expect(
      texts([
        pod("a", { conditions: [condition("Ready=True")] }),
        pod("b", { phase: "Succeeded" }),
        { ...deleted, metadata: { ...deleted.metadata, deletionTimestamp: "2026-11-30T11:59:00Z" } },
      ]),
    ).toEqual([]);
  });
});

describe("the log of causes", () => {
  const cause = (key: string, tolerance = 0) => ({
    key,
    object: key,
    line: `${key} fails`,
    remedy: "mend it",
    tolerance,
  });

  test("reports a cause once after its tolerance, and its end once", () => {
    const log = new CauseLog();
    expect(log.take("one", [cause("a", 6)], 10)).toEqual([]);
    expect(log.take("one", [cause("a", 6)], 14)).toEqual([]);
    expect(log.take("one", [cause("a", 6)], 16)).toEqual(["one is held up: a fails", "  next step: mend it"]);
    expect(log.take("one", [cause("a", 6)], 18)).toEqual([]);
    expect(log.take("one", [], 20)).toEqual([]);
    expect(log.take("one", [], 24)).toEqual(["one: solved: a"]);
    expect(log.take("one", [], 30)).toEqual([]);
  });

  test("does not report a cause that ends within its tolerance, nor its end", () => {
    const log = new CauseLog();
    log.take("one", [cause("a", 6)], 10);
    expect(log.take("one", [], 17)).toEqual([]);
    expect(log.take("one", [cause("a", 6)], 20)).toEqual([]);
  });

  test("keeps a cause that one list misses", () => {
    const log = new CauseLog();
    log.take("one", [cause("a")], 10);
    expect(log.take("one", [], 12)).toEqual([]);
    expect(log.take("one", [cause("a")], 14)).toEqual([]);
  });

  test("is quiet about a cause that comes back soon, and reports a cause that comes back later", () => {
    const log = new CauseLog();
    log.take("one", [cause("a")], 10);
    log.take("one", [], 20);
    expect(log.take("one", [cause("a")], 40)).toEqual([]);
    expect(log.take("one", [], 50)).toEqual([]);
    expect(log.take("one", [cause("a")], 200)).toHaveLength(2);
  });

  test("keeps the causes of two clusters apart", () => {
    const log = new CauseLog();
    log.take("one", [cause("a")], 10);
    expect(log.take("two", [cause("a")], 10)).toEqual(["two is held up: a fails", "  next step: mend it"]);
    expect(log.take("two", [], 20)).toEqual(["two: solved: a"]);
  });
});
