import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { clustersIn, pendingAsCreated, type StateResource, withoutPending } from "../../../cli/pulumi/state";
import { removeUnknown } from "../../../cli/recovery/interrupted";
import { wakeManagement } from "../../../cli/recovery/managementNode";
import { endProcesses, processesOf } from "../../../cli/recovery/orphans";
import {
  forgetRuns,
  forgetTakeOver,
  noteTakeOver,
  openRun,
  takeOverVariables,
  activeRun,
  unfinishedRuns,
} from "../../../cli/recovery/runRecord";
import { openTemporary } from "../../../system/temporary";
import { containerRow, networkRow } from "../../helpers/dockerRows";

const urn = (type: string, name: string): string => `urn:pulumi:dev::slipway::${type}::${name}`;
const resource = (type: string, name: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: urn(type, name),
  type,
  ...more,
});
const kind = resource("kind:index:KindCluster", "m-kind", { inputs: { name: "m" } });
const identity = (name: string): StateResource =>
  resource("command:local:Command", `${name}-identity`, {
    inputs: { delete: "steps/containers-delete", environment: { CLUSTER: name } },
  });
const cluster = (name: string, infrastructure = "DevCluster"): StateResource =>
  resource("kubernetes:cluster.x-k8s.io/v1beta2:Cluster", `${name}/Cluster`, {
    inputs: { metadata: { name }, spec: { infrastructureRef: { kind: infrastructure } } },
  });

describe("state", () => {
  test("has the clusters that a killed run was creating", () => {
    const pending_operations = [{ type: "creating", resource: cluster("two") }];
    const resources = [kind, identity("two"), cluster("one")];
    expect(clustersIn({ deployment: { resources, pending_operations } })).toEqual({
      management: { name: "m" },
      workload: ["one", "two"],
      withDeleteStep: ["two"],
      onDocker: true,
    });
    expect(clustersIn({ deployment: {} })).toEqual({ workload: [], withDeleteStep: [], onDocker: true });
  });

  test("has the node of the management cluster, and clusters that are not on Docker", () => {
    const resources = [{ ...kind, outputs: { nodeId: "abc" } }, cluster("one"), cluster("far", "AWSCluster")];
    expect(clustersIn({ deployment: { resources } })).toEqual({
      management: { name: "m", nodeId: "abc" },
      workload: ["one", "far"],
      withDeleteStep: [],
      onDocker: false,
    });
  });

  test("loses its pending operations, which are named, and keeps the rest", () => {
    const resources = [kind];
    const pending_operations = [{ type: "creating", resource: kind }];
    expect(withoutPending({ deployment: { resources, pending_operations } })).toEqual({
      state: { deployment: { resources } },
      pending: ["creating m-kind"],
    });
  });

  const step = resource("command:local:Command", "m-crds", { inputs: { delete: "steps/crds-delete" } });
  const network = resource("docker:index/network:Network", "network", { inputs: { name: "kind" } });

  test.each<[string, StateResource, string | undefined]>([
    [
      "an object, by namespace and name",
      { ...cluster("one"), inputs: { metadata: { namespace: "a", name: "one" } } },
      "a/one",
    ],
    ["an object of no namespace", cluster("one"), "one"],
    ["a kind cluster, by its name", kind, "m"],
    ["a step, whose end undoes half of it too", step, "interrupted"],
    ["not a network: its id is Docker's to give", network, undefined],
  ])("counts a pending creation as created before a destroy: %s", (_, creation, id) => {
    const before = resource("pulumi:pulumi:Stack", "dev");
    const pending_operations = [{ type: "creating", resource: creation }];
    const { state } = pendingAsCreated({ deployment: { resources: [before], pending_operations } });
    const expected = id === undefined ? [] : [{ ...creation, id, outputs: creation.inputs }];
    expect(state.deployment).toEqual({ resources: [before, ...expected] });
  });

  test("adds no resource that the state has, and no pending update or deletion", () => {
    const pending_operations = [
      { type: "creating", resource: kind },
      { type: "deleting", resource: cluster("one") },
    ];
    expect(pendingAsCreated({ deployment: { resources: [kind], pending_operations } }).state.deployment).toEqual({
      resources: [kind],
    });
  });
});

describe("objects that an interrupted run created and did not record", () => {
  const remove = async (users: string[], known: StateResource[]): Promise<string[]> => {
    const done: string[] = [];
    await removeUnknown(
      { deployment: { resources: known } },
      "dev",
      () => undefined,
      (...args) => {
        const line = args.join(" ");
        if (args.includes("network=net1")) return Promise.resolve(users);
        if (line.startsWith("network ls"))
          return Promise.resolve([
            networkRow("net1", "kind", "slipway/dev"),
            networkRow("net2", "other", "slipway/other"),
          ]);
        if (line.startsWith("ps")) return Promise.resolve([]);
        done.push(line);
        return Promise.resolve([]);
      },
    );
    return done;
  };
  const network = resource("docker:index/network:Network", "network", { id: "net1" });

  test.each([
    ["removes an unused network of the stack", [], [], ["network rm net1"]],
    ["keeps a network in use", ["c1"], [], []],
    ["keeps a network in the state", [], [network], []],
  ])("%s", async (_, users, known, expected) => expect(await remove(users, known)).toEqual(expected));
});

describe("the management cluster's node", () => {
  const wake = (state: string | undefined): Promise<string> =>
    wakeManagement(
      "m",
      () => undefined,
      (verb) => Promise.resolve(verb === "ps" && state !== undefined ? [containerRow({ state })] : []),
      0,
    );

  test("is gone if Docker lacks its container", async () => expect(await wake(undefined)).toBe("gone"));
  test("answers if its API answers", async () => expect(await wake("running")).toBe("answers"));

  test("is started if it is stopped, and silent if its API never answers", async () => {
    const commands: string[] = [];
    const state = await wakeManagement(
      "m",
      () => undefined,
      (...args) => {
        commands.push(args[0] ?? "");
        if (args[0] === "exec") return Promise.reject(new Error("no"));
        return Promise.resolve(args[0] === "ps" ? [containerRow({ state: "exited" })] : []);
      },
      -1,
    );
    expect(state).toBe("silent");
    expect(commands).toEqual(["ps", "start", "exec"]);
  });
});

describe("runs", () => {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-test-"));
  afterAll(() => rmSync(checkout, { recursive: true }));
  const dead = { pid: 2 ** 22 + 1, start: "1", folder: "/nowhere" };

  test("have a folder that is removed at the end; a run in progress is not unfinished", () => {
    const run = openRun(checkout, "dev");
    expect(existsSync(run.folder)).toBe(true);
    expect(unfinishedRuns(checkout, "dev")).toEqual({});
    expect([activeRun(checkout, "dev"), activeRun(checkout, "de")]).toEqual([process.pid, undefined]);
    run.close(true);
    expect(existsSync(run.folder)).toBe(false);
    expect(activeRun(checkout, "dev")).toBeUndefined();
  });

  test("take over objects of a killed run until an up or a destroy succeeds", () => {
    expect(takeOverVariables(checkout, "dev")).toEqual({});
    noteTakeOver(checkout, "dev");
    // The plugin needs both: the first since 4.29, which creates by POST, the second for fields of an earlier run.
    expect(takeOverVariables(checkout, "dev")).toEqual({
      PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true",
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    });
    expect(unfinishedRuns(checkout, "dev")).toEqual({});
    expect(takeOverVariables(checkout, "de")).toEqual({});
    forgetTakeOver(checkout, "dev");
    expect(takeOverVariables(checkout, "dev")).toEqual({});
  });

  test("of a dead process are found by their stack until their record is deleted", () => {
    const file = join(checkout, ".slipway", "runs", "dev@1-abcdef.json");
    writeFileSync(file, JSON.stringify(dead));
    expect(unfinishedRuns(checkout, "dev")).toEqual({ [file]: dead });
    expect(unfinishedRuns(checkout, "de")).toEqual({});
    forgetRuns([file]);
    expect(unfinishedRuns(checkout, "dev")).toEqual({});
  });

  const onLinux = existsSync("/proc/self/environ") ? test : test.skip;
  onLinux(
    "its processes are found by their TMPDIR and ended, also those that do not listen",
    async () => {
      const { folder, close } = openTemporary(checkout);
      const child = spawn("bash", ["-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], {
        env: { ...process.env, TMPDIR: folder },
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      expect(processesOf(folder).map(({ pid }) => pid)).toContain(child.pid);
      await endProcesses(folder, () => undefined, 300);
      expect(await ended).toBe("SIGKILL");
      expect(processesOf(folder)).toEqual([]);
      close();
    },
    60_000,
  );

  test("have processes only in a run's folder", () => expect(processesOf("/tmp")).toEqual([]));
});
