import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mergeIntoUserFile } from "../../../cli/kubeconfig/merge";
import { isPaused, savePause } from "../../../cli/pause/record";
import { removeHelpers } from "../../../cli/recovery/interrupted";
import { recordPlannedClusters, recordCreated, withPlannedManagement } from "../../../cli/teardown/plannedClusters";
import { removeOrphanedStack } from "../../../cli/teardown/sweep";
import { planSweep, type Proof, type Inventory, type SeenContainer } from "../../../cli/teardown/sweepPlan";
import { deleteRecord, loadRecord, saveRecord } from "../../../preflight/resourceRecord";
import type { Docker } from "../../../system/docker";
import { containerRow, networkRow } from "../../helpers/dockerRows";
import { kubeconfigText } from "../../helpers/kubeconfigs";
import { enterHome, type UserHome } from "../../helpers/userHome";

let home: UserHome;
beforeAll(() => {
  home = enterHome();
});
afterAll(() => home.leave());

const container = (name: string, more: Partial<SeenContainer> = {}): SeenContainer => ({
  id: `id-${name}`,
  name,
  cluster: "",
  owner: "",
  networks: ["kind"],
  ...more,
});
const network = { name: "kind", owner: "slipway/dev" };
const proof: Proof = {
  owner: "slipway/dev",
  named: ["clusterapi", "capd"],
  recorded: { clusters: [], ids: [], volumes: [] },
};
const seen = (containers: SeenContainer[], networks = [network]): Inventory => ({
  containers,
  networks,
  volumes: [],
  files: [],
});
const noNetworks: Inventory["networks"] = [];

describe("a sweep", () => {
  test.each<[string, SeenContainer, Partial<Inventory>, Partial<Proof["recorded"]>]>([
    ["with the stack's label", container("helper", { owner: "slipway/dev", networks: ["bridge"] }), {}, {}],
    ["of a cluster of the settings on the stack's network", container("capd-lb", { cluster: "capd" }), {}, {}],
    ["of a recorded cluster on it", container("old-lb", { cluster: "old" }), {}, { clusters: ["old"] }],
    [
      "recorded by its id",
      container("capd-lb", { cluster: "capd" }),
      { networks: noNetworks },
      { ids: ["id-capd-lb"] },
    ],
  ])("takes a container %s", (_, one, more, recorded) => {
    const plan = planSweep({ ...seen([one]), ...more }, { ...proof, recorded: { ...proof.recorded, ...recorded } });
    expect(plan.containers.map(({ name }) => name)).toEqual([one.name]);
    expect(plan.kept).toEqual([]);
  });

  test.each<[string, SeenContainer, Inventory["networks"], RegExp]>([
    [
      "another kind cluster on the stack's network",
      container("x", { cluster: "x" }),
      [network],
      /neither settings nor/,
    ],
    ["a cluster of the stack's names on a foreign network", container("y", { cluster: "capd" }), [], /named capd/],
    [
      "a cluster of the stack's names on another stack's network",
      container("y", { cluster: "capd" }),
      [{ name: "kind", owner: "slipway/other" }],
      /not on a network of the stack$/,
    ],
    [
      "what carries another stack's label",
      container("z", { owner: "slipway/other" }),
      [network],
      /stack slipway\/other/,
    ],
    ["one of no cluster on the stack's network", container("db"), [network], /not of a cluster/],
    [
      "another kind cluster elsewhere",
      container("x", { cluster: "x", networks: ["bridge"] }),
      [network],
      /not the stack's/,
    ],
    ["a stack whose name begins alike", container("z", { owner: "slipway/dev2" }), [network], /slipway\/dev2/],
  ])("leaves alone %s", (_, one, networks, why) => {
    const plan = planSweep(seen([one], [...networks]), proof);
    expect(plan.containers).toEqual([]);
    expect(plan.kept[0]?.name).toBe(`container ${one.name}`);
    expect(plan.kept[0]?.why).toMatch(why);
  });

  test("removes the network with the containers, and keeps a network in use", () => {
    const ours = container("capd-lb", { cluster: "capd" });
    expect(planSweep(seen([ours]), proof).networks.map(({ name }) => name)).toEqual(["kind"]);
    const plan = planSweep(seen([ours, container("x", { cluster: "x" })]), proof);
    expect(plan.networks).toEqual([]);
    expect(plan.kept.at(-1)).toEqual({ name: "network kind", why: "in use by x" });
  });

  test("keeps another stack's network, and volumes without a record", () => {
    const plan = planSweep(
      { ...seen([], [{ name: "kind", owner: "slipway/other" }]), volumes: ["v1", "v2"] },
      {
        ...proof,
        recorded: { ...proof.recorded, volumes: ["v2"] },
      },
    );
    expect(plan).toMatchObject({ networks: [], volumes: ["v2"] });
  });
});

describe("on a machine", () => {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-test-"));
  afterAll(() => rmSync(checkout, { recursive: true }));
  writeFileSync(join(checkout, "Pulumi.dev.yaml"), "config:\n  slipway:clusterName: capd\n");
  const files = join(checkout, ".slipway", "kubeconfigs", "dev");

  /** Docker with one network of ours, its node, and a foreign one beside it. */
  const machine = (foreign = true): { runDocker: Docker; done: string[] } => {
    const done: string[] = [];
    let rows = [
      { id: "id1", name: "clusterapi-control-plane", cluster: "clusterapi", networks: ["kind"] },
      ...(foreign ? [{ id: "id2", name: "mine-control-plane", cluster: "mine", networks: ["kind"] }] : []),
    ];
    let networks = [networkRow("net1", "kind", "slipway/dev")];
    return {
      done,
      runDocker: (...args) => {
        const line = args.join(" ");
        if (line.startsWith("network ls")) return Promise.resolve(networks);
        if (line.startsWith("volume")) return Promise.resolve([]);
        if (line.includes("label=dev.slipway.run")) return Promise.resolve([]);
        if (line.startsWith("inspect")) return Promise.resolve([]);
        if (line.startsWith("ps")) {
          if (line.includes("label=dev.slipway.stack")) return Promise.resolve([]);
          return Promise.resolve(rows.map(containerRow));
        }
        done.push(line);
        if (line.startsWith("rm")) rows = rows.filter(({ id }) => !args.includes(id));
        if (line.startsWith("network rm")) networks = [];
        return Promise.resolve([]);
      },
    };
  };

  const sweep = async (
    sure: boolean,
    { runDocker }: ReturnType<typeof machine>,
  ): Promise<{ code: number; lines: string[] }> => {
    const lines: string[] = [];
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, "capd.yaml"), "secret");
    const code = await removeOrphanedStack({ checkout, stack: "dev" }, sure, (line) => lines.push(line), runDocker);
    return { code, lines };
  };

  test("lists the objects, and removes nothing without confirmation", async () => {
    const docker = machine();
    const { code, lines } = await sweep(false, docker);
    expect(code).toBe(1);
    expect(docker.done).toEqual([]);
    expect(existsSync(join(files, "capd.yaml"))).toBe(true);
    expect(lines.join("\n")).toMatch(/container clusterapi-control-plane .*\n[^]*kept:\n {2}container mine-/);
    expect(lines.join("\n")).toMatch(/a stack of another checkout with the same name/);
  });

  test("says that the stack is stopped, and forgets the stop after the removal", async () => {
    savePause(checkout, { version: 1, stack: "dev", stoppedAt: "", network: "", containers: [], unready: [] });
    const { lines } = await sweep(false, machine());
    expect(lines).toContain("stack dev is stopped: sweep removes its stopped containers too");
    expect(isPaused(checkout, "dev")).toBe(true);
    await sweep(true, machine());
    expect(isPaused(checkout, "dev")).toBe(false);
  });

  test("removes the stack's objects by id after confirmation, and keeps the foreign cluster with its network", async () => {
    const docker = machine();
    expect((await sweep(true, docker)).code).toBe(0);
    expect(docker.done).toEqual(["rm --force --volumes id1"]);
    expect(existsSync(files)).toBe(false);
  });

  test("removes the merged kubeconfig entries with the stack, and only then", async () => {
    const file = join(home.folder, ".kube", "config");
    const kubeconfigs = { capd: kubeconfigText("capd") };
    const isThere = () => readFileSync(file, "utf8").includes("slipway-dev-capd");
    await mergeIntoUserFile(
      { checkout, stack: "dev" },
      { kubeconfigs, current: "capd", isComplete: true },
      () => undefined,
    );
    await sweep(false, machine());
    expect(isThere()).toBe(true);
    await sweep(true, machine());
    expect(isThere()).toBe(false);
  });

  test("removes the network if no other container uses it", async () => {
    const docker = machine(false);
    expect((await sweep(true, docker)).lines.at(-1)).toBe("nothing left of stack dev");
    expect(docker.done).toEqual(["rm --force --volumes id1", "network rm kind"]);
  });

  test("records the clusters that an up will create, and the ids of containers after the up", async () => {
    const { runDocker } = machine();
    await recordPlannedClusters({ checkout, stack: "dev" } as never, runDocker);
    expect(loadRecord(checkout, "dev").clusters).toEqual(["capd"]);
    await recordCreated({ checkout, stack: "dev" } as never, () => Promise.resolve([]));
    expect(loadRecord(checkout, "dev").ids).toEqual([]);
  });

  test.each([
    ["if it exists on the stack's network", ["clusterapi"], ["kind"], { name: "clusterapi" }],
    ["not if the up found the name in use", ["capd"], ["kind"], undefined],
    ["not without the stack's label", ["clusterapi"], [], undefined],
    ["not if Docker lacks the container", ["clusterapi"], ["other"], undefined],
  ])(
    "a management cluster that an interrupted up claimed is the stack's, %s",
    async (_, claimed, networks, expected) => {
      deleteRecord(checkout, "dev");
      saveRecord(checkout, "dev", { clusters: claimed, containers: [], volumes: [], networks: [] });
      const runDocker: Docker = (...args) => Promise.resolve(args.includes("network=kind") ? ["id"] : []);
      const clusters = { workload: [], withDeleteStep: [], onDocker: true };
      const result = await withPlannedManagement(clusters, { checkout, stack: "dev" }, networks, runDocker);
      expect(result).toEqual({ ...clusters, ...(expected ? { management: expected } : {}) });
    },
  );

  test("removes the helper of an ended run, and keeps those of running runs and of other machines", async () => {
    const done: string[] = [];
    const run = (machineName: string, pid: number): string => `slipway-run-${machineName}-${pid}-abcdef`;
    await removeHelpers(
      () => undefined,
      (...args) => {
        if (args[0] === "ps")
          return Promise.resolve([
            containerRow({ id: "gone", run: run(hostname(), 2 ** 22 + 1) }),
            containerRow({ id: "living", run: run(hostname(), process.pid) }),
            containerRow({ id: "elsewhere", run: run("other", 2 ** 22 + 1) }),
            containerRow({ id: "by-hand", run: "tmp" }),
          ]);
        done.push(args.join(" "));
        return Promise.resolve([]);
      },
    );
    expect(done).toEqual(["rm --force --volumes gone"]);
  });
});
