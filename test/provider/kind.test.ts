import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { clusterContainers } from "../../provider/kind/containers/resource";
import { imageLoad } from "../../provider/kind/imageLoad";
import { kindCluster } from "../../provider/kind/kindCluster";
import { nodeImage } from "../../provider/kind/nodeImage";
import { keepProblem, findFailures } from "../../provider/plugin/resourceKind";
import { unknown, type Properties } from "../../provider/plugin/values";
import { fakeCheckout } from "../helpers/fakeCheckout";

// A checkout with the steps and with fake tools, each of which records its calls.
const checkout = fakeCheckout();
const { folder } = checkout;
const before = { cwd: process.cwd(), path: process.env.PATH };
process.chdir(folder);
process.env.PATH = `${join(folder, ".tools", "bin")}:${before.path}`;
afterAll(() => {
  process.chdir(before.cwd);
  process.env.PATH = before.path;
  checkout.remove();
});

const calls = join(folder, "calls");
const called = (): string => (existsSync(calls) ? readFileSync(calls, "utf8") : "");
const fakeTool = (tool: string, script: string): void =>
  checkout.fakeTool(tool, `echo ${tool} "$*" >>${calls}\n${script}`);
const log = (): void => undefined;

const node = { id: "abc", image: "kindest/node:v1", running: true, cluster: "one" };
/** Docker with this node, or without one, and whatever else it is to answer. */
const docker = (container: typeof node | undefined, rest = "exit 1"): void => {
  const inspected = container && {
    Id: container.id,
    State: { Running: container.running },
    Config: { Image: container.image, Labels: { "io.x-k8s.kind.cluster": container.cluster } },
    HostConfig: { PortBindings: { "6443/tcp": [{ HostIp: "127.0.0.1", HostPort: "4711" }] } },
  };
  const answer = inspected
    ? `echo '${JSON.stringify(inspected)}'`
    : "echo 'Error response from daemon: No such container: one-control-plane' >&2; exit 1";
  fakeTool("docker", `case "$*" in "container inspect"*) ${answer} ;; *) ${rest} ;; esac`);
};
const down = "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1";

const inputs: Properties = { name: "one", image: "kindest/node:v1", config: "kind: Cluster", images: {} };
const state: Properties = { ...inputs, nodeId: "abc", running: true, apiPort: 4711 };

beforeEach(() => {
  rmSync(calls, { force: true });
  fakeTool("kind", "exit 0");
  fakeTool("kubectl", "exit 1");
});

describe("KindCluster", () => {
  test("an unchanged cluster reads as created, without a change", async () => {
    docker(node);
    const read = await kindCluster.read("one", state);
    expect(read).toEqual(state);
    expect(kindCluster.diff!(read!, inputs)).toEqual({ changes: {}, replaces: [] });
  });

  test("a stopped node is started, not made again", async () => {
    docker({ ...node, running: false });
    const read = await kindCluster.read("one", state);
    expect(kindCluster.diff!(read!, inputs)).toEqual({ changes: { running: "update" }, replaces: [] });
  });

  test.each<[string, typeof node | undefined]>([
    ["is gone", undefined],
    ["is another of the same name", { ...node, id: "other" }],
    ["only has the name", { ...node, cluster: "" }],
  ])("a node that %s means another cluster", async (_, container) => {
    docker(container);
    const read = await kindCluster.read("one", state);
    expect(kindCluster.diff!(read!, inputs)).toEqual({ changes: { nodeId: "update" }, replaces: ["nodeId"] });
  });

  test("a Docker that does not answer is an error and no finding", async () => {
    fakeTool("docker", down);
    await expect(kindCluster.read("one", state)).rejects.toThrow(/Docker: expected an answer.*nothing was changed/s);
    await expect(kindCluster.remove!(state, log)).rejects.toThrow("Docker: expected an answer");
    expect(called()).not.toContain("kind delete");
  });

  test.each(["name", "image", "config"])("another %s is another cluster", (key) => {
    expect(kindCluster.diff!(state, { ...inputs, [key]: "other" }).replaces).toEqual([key]);
  });

  test("other images are loaded in place", () => {
    const difference = kindCluster.diff!(state, { ...inputs, images: { a: "sha256:1" } });
    expect(difference).toEqual({ changes: { images: "update" }, replaces: [] });
  });

  test("deletes its own cluster, and not one that a hand made in its place", async () => {
    docker(node, "exit 0");
    await kindCluster.remove!(state, log);
    expect(called()).toContain("kind delete cluster --name one");
    rmSync(calls);
    docker({ ...node, id: "other" }, "exit 0");
    await kindCluster.remove!(state, log);
    expect(called()).not.toContain("kind delete");
  });

  test("an update starts the node and makes none", async () => {
    docker(
      node,
      'case "$*" in *StartedAt*) echo 2026-01-01T10:00:00.5Z ;; exec*) echo "True 2026-01-01T10:00:01Z" ;; esac',
    );
    expect(await kindCluster.update({ ...state, running: false }, inputs, log)).toEqual(state);
    expect(called()).toContain("docker start one-control-plane");
    expect(called()).not.toContain("kind create");
  });

  test("a healthy cluster of another image is refused, not taken nor removed", async () => {
    fakeTool("docker", 'case "$*" in *State.Running*) echo true ;; *Config.Image*) echo kindest/node:v0 ;; esac');
    await expect(kindCluster.create(inputs, log)).rejects.toThrow(
      /expected node image kindest\/node:v1, got kindest\/node:v0/,
    );
    expect(called()).not.toMatch(/kind (create|delete)/);
  });

  test("refuses what is missing, misspelt or no text, and trusts what is not known yet", () => {
    const bad: Properties = { nam: "x", image: "", images: unknown, config: "c" };
    expect(findFailures(kindCluster, bad).map(({ property }) => property)).toEqual(["nam", "image", "name"]);
  });
});

describe("ImageLoad", () => {
  const load: Properties = {
    node: "one-control-plane",
    nodeId: "abc",
    images: { "nginx:1": "sha256:a", "x.io/b:1": "sha256:b" },
  };
  const loaded: Properties = { ...load, loaded: { "nginx:1": "sha256:11", "x.io/b:1": "sha256:22" } };
  const list = (...rows: string[]): string =>
    `printf '%s\\n' "REF TYPE DIGEST" ${rows.map((row) => `"${row}"`).join(" ")}`;
  const [nginx, other] = ["docker.io/library/nginx:1 t sha256:11", "x.io/b:1 t sha256:22"];

  test("images that the node has are no change", async () => {
    docker(node, list(nginx, other));
    expect(imageLoad.diff!((await imageLoad.read("one-control-plane", loaded))!, load).changes).toEqual({});
  });

  test.each([
    ["gone", [nginx]],
    ["another", [nginx, "x.io/b:1 t sha256:33"]],
  ])("one that is %s is loaded again, alone", async (_, rows) => {
    docker(node, list(...rows));
    const read = await imageLoad.read("one-control-plane", loaded);
    expect(imageLoad.diff!(read!, load)).toEqual({ changes: { images: "update" }, replaces: [] });
    docker(node, `case "$*" in *"images list"*) ${list(nginx, other)} ;; *"get pods"*) echo '{"items":[]}' ;; esac`);
    expect(await imageLoad.update(read!, load, log)).toEqual(loaded);
    expect(called()).toMatch(/ --snapshotter overlayfs x\.io\/b:1\n/);
    expect(called()).not.toMatch(/rollout restart/);
  });

  test("one that was rebuilt under its name is loaded, and a Deployment that runs the earlier one is restarted", async () => {
    const pod = {
      metadata: {
        namespace: "b-system",
        labels: { "pod-template-hash": "1" },
        ownerReferences: [{ kind: "ReplicaSet", name: "b-1", controller: true }],
      },
      spec: { containers: [{ name: "b", image: "x.io/b:1" }] },
      status: { containerStatuses: [{ name: "b", imageID: "import@sha256:21" }] },
    };
    const pods = JSON.stringify({ items: [pod] });
    docker(node, `case "$*" in *"images list"*) ${list(nginx, other)} ;; *"get pods"*) echo '${pods}' ;; esac`);
    const lines: string[] = [];
    const old = { ...loaded, images: { ...(load["images"] as Properties), "x.io/b:1": "sha256:old" } };
    await imageLoad.update(old, load, (line) => void lines.push(line));
    expect(called()).toMatch(/--namespace b-system rollout restart deployment\/b\n/);
    expect(called()).toMatch(/--namespace b-system rollout status deployment\/b --timeout=300s\n/);
    expect(lines).toContain("b-system/deployment/b runs an earlier image of the same name: restarting it");
  });

  test("of a node that is stopped or gone nothing is concluded", async () => {
    docker(undefined);
    expect(await imageLoad.read("one-control-plane", loaded)).toEqual(loaded);
    docker({ ...node, running: false });
    expect(await imageLoad.read("one-control-plane", loaded)).toEqual(loaded);
  });
});

describe("NodeImage", () => {
  const image: Properties = { image: "slipway/node:1", base: "b", baseId: "sha256:b", images: {}, imageId: "sha256:i" };

  test("one that was pruned is gone, and made again", async () => {
    fakeTool("docker", "echo 'Error response from daemon: No such image: slipway/node:1' >&2; exit 1");
    expect(await nodeImage.read("slipway/node:1", image)).toBeUndefined();
    fakeTool("docker", "echo sha256:i");
    expect(await nodeImage.read("slipway/node:1", image)).toEqual(image);
    fakeTool("docker", down);
    await expect(nodeImage.read("slipway/node:1", image)).rejects.toThrow("Docker: expected an answer");
  });
});

describe("ClusterContainers", () => {
  const program: Properties = { cluster: "capd", namespace: "default", kubeconfig: "file" };
  const addresses = { "capd-lb": ["10.0.0.3"], "capd-cp": ["10.0.0.4"], "capd-md-1": ["10.0.0.5"] };
  const good: Properties = { ...program, missing: [], stopped: [], moved: [], addresses };
  const machine = (name: string, address: string, more: object = {}) => ({
    kind: "Machine",
    metadata: { name, namespace: "default", ...more },
    spec: { clusterName: "capd" },
    status: { nodeRef: { name }, addresses: [{ type: "InternalIP", address }] },
  });
  const cluster = {
    kind: "Cluster",
    metadata: { name: "capd", namespace: "default" },
    spec: { controlPlaneEndpoint: { host: "10.0.0.3", port: 6443 } },
  };
  const machines = (...items: object[]): void =>
    fakeTool("kubectl", `echo '${JSON.stringify({ items: [cluster, ...items] })}'`);
  const containers = (running: Record<string, string | undefined>): void => {
    const inspected = Object.entries(running).map(([name, address]) => ({
      Name: `/${name}`,
      Created: "2026-01-01T10:00:00Z",
      State: { Running: address !== undefined, StartedAt: "2026-01-01T12:00:00Z" },
      Config: { Labels: { "io.x-k8s.kind.cluster": "capd" } },
      NetworkSettings: { Networks: { kind: { IPAddress: address ?? "", GlobalIPv6Address: "" } }, Ports: {} },
    }));
    const all = `echo '${inspected.map((one) => JSON.stringify(one)).join("\n")}'`;
    fakeTool("docker", `case "$*" in ps*) echo ${Object.keys(running).join(" ")} ;; *inspect*) ${all} ;; esac`);
  };

  test("remembers the addresses by which the cluster knows its containers", async () => {
    machines(machine("capd-cp", "10.0.0.4"), machine("capd-md-1", "10.0.0.5"));
    containers({ "capd-lb": "10.0.0.3", "capd-cp": "10.0.0.4", "capd-md-1": "10.0.0.5" });
    const { id, state: created } = await clusterContainers.create(program, log);
    expect([id, created]).toEqual(["capd", good]);
    expect(clusterContainers.diff!(created, program).changes).toEqual({});
  });

  test("finds what was removed, what was stopped and what moved", async () => {
    // Cluster API follows a node that moved: what was seen first counts.
    machines(
      machine("capd-cp", "10.0.0.2"),
      machine("capd-md-1", "10.0.0.5"),
      machine("md-2", "", { deletionTimestamp: "now" }),
      {
        ...machine("new", ""),
        status: {},
      },
    );
    containers({ "capd-lb": undefined, "capd-cp": "10.0.0.2" });
    const read = await clusterContainers.read("capd", good);
    expect(read).toEqual({ ...good, missing: ["capd-md-1"], stopped: ["capd-lb"], moved: ["capd-cp"] });
    expect(clusterContainers.diff!(read!, program)).toEqual({
      changes: { missing: "update", stopped: "update", moved: "update" },
      replaces: [],
    });
  });

  test("machines that others replaced in time are no change, and the new ones' addresses are remembered", async () => {
    machines(machine("capd-cp", "10.0.0.4"), machine("capd-md-9", "10.0.0.9"));
    containers({ "capd-lb": "10.0.0.3", "capd-cp": "10.0.0.4", "capd-md-9": "10.0.0.9" });
    const read = await clusterContainers.read("capd", { ...good, missing: ["capd-md-1"] });
    expect(clusterContainers.diff!(read!, program).changes).toEqual({});
    expect(read!.addresses).toEqual({ "capd-lb": ["10.0.0.3"], "capd-cp": ["10.0.0.4"], "capd-md-9": ["10.0.0.9"] });
  });

  test("where the management cluster does not answer, what was remembered tells what moved", async () => {
    containers({ "capd-lb": undefined, "capd-cp": "10.0.0.3", "capd-md-1": "10.0.0.5" });
    const read = await clusterContainers.read("capd", good);
    expect(read).toEqual({ ...good, stopped: ["capd-lb"], moved: ["capd-cp"] });
  });

  test("a Docker that does not answer is an error and no finding", async () => {
    fakeTool("docker", down);
    await expect(clusterContainers.read("capd", good)).rejects.toThrow("Docker: expected an answer");
  });
});

describe("keep", () => {
  const old: Properties = { name: "one", image: "kindest/node:v1", config: "c", images: {}, nodeId: "abc" };
  const program: Properties = { name: "one", image: "kindest/node:v1", config: "c", images: {} };
  const problem = (was: Properties, news: Properties): string | undefined =>
    keepProblem("make destroy, then make up", kindCluster.diff!(was, news), was, news);

  test("refuses what would be another cluster, with the property, both values and the way out", () => {
    expect(problem(old, { ...program, image: "kindest/node:v2" })).toBe(
      'image: expected "kindest/node:v1", got "kindest/node:v2". Nothing was changed: make destroy, then make up',
    );
  });

  test("refuses to replace a missing cluster, whose contents would be assumed in the new cluster", () => {
    expect(problem({ ...old, nodeId: "" }, program)).toMatch(
      /^the resource no longer exists, .*make destroy, then make up$/,
    );
  });

  test.each<[string, Properties]>([
    ["no change", program],
    ["a change in place", { ...program, images: { a: "sha256:1" } }],
  ])("lets %s pass", (_, news) => expect(problem(old, news)).toBeUndefined());
});
