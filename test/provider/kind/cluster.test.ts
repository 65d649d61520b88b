import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { load as parseYaml } from "js-yaml";
import { imageLoad } from "../../../provider/kind/imageLoad";
import { kindCluster } from "../../../provider/kind/kindCluster";
import { findFailures } from "../../../provider/plugin/resourceKind";
import { unknown, type Properties } from "../../../provider/plugin/values";
import { fakeCheckout } from "../../helpers/fakeCheckout";

// A checkout with the steps and with fake tools. Docker has the containers of a file, and records its calls.
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
const log = (): void => undefined;

/** A container of a cluster, as Docker describes it. */
interface Fake {
  name: string;
  role?: string;
  id?: string;
  image?: string;
  running?: boolean;
  binds?: string[];
  ports?: Record<string, { HostIp: string; HostPort: string }[]>;
}

const api = { "6443/tcp": [{ HostIp: "127.0.0.1", HostPort: "4711" }] };
const first: Fake = { name: "one-control-plane", ports: api };
const worker: Fake = { name: "one-worker", role: "worker" };
const second: Fake = { name: "one-worker2", role: "worker" };

/** Gives Docker these containers, and an answer to all other commands. */
const docker = (containers: readonly Fake[], rest = "exit 0"): void => {
  for (const { name, role = "control-plane", id = `id-${name}`, image = "node:v1", ...more } of containers) {
    const json = {
      Id: id,
      Name: `/${name}`,
      State: { Running: more.running ?? true },
      Config: { Image: image, Labels: { "io.x-k8s.kind.cluster": "one", "io.x-k8s.kind.role": role } },
      HostConfig: { Binds: ["/lib/modules:/lib/modules:ro", ...(more.binds ?? [])], PortBindings: more.ports ?? {} },
    };
    for (const key of [name, id]) writeFileSync(join(folder, key), JSON.stringify(json));
  }
  const rows = containers.map(({ name, id = `id-${name}` }) => `'${id}\t${name}\trunning\tUp\tkind\tone\t\t\t'`);
  const listed = rows.length === 0 ? "true" : `printf '%s\\n' ${rows.join(" ")}`;
  const names = containers.flatMap(({ name, id = `id-${name}` }) => [name, id]).join(" ");
  checkout.fakeTool(
    "docker",
    `echo docker "$*" >>${calls}
case "$*" in
  "container inspect"*) shift 4; for key in "$@"; do
    case " ${names} " in *" $key "*) cat ${folder}/$key; echo ;; *) echo "No such container: $key" >&2; exit 1 ;; esac
  done ;;
  "ps --all --no-trunc"*) ${listed} ;;
  *) ${rest} ;;
esac`,
  );
};

beforeEach(() => {
  rmSync(calls, { force: true });
  checkout.fakeTool("kind", `echo kind "$*" >>${calls}; case "$1" in create) cat >${folder}/config ;; esac`);
});

const two: Properties = { name: "one", image: "node:v1", nodes: [{ role: "control-plane" }, { role: "worker" }] };
const idsOf = (...containers: Fake[]): Record<string, string> =>
  Object.fromEntries(containers.map(({ name }) => [name, `id-${name}`]));
const outputs: Properties = { nodeId: "id-one-control-plane", running: true, apiPort: 4711 };
const state: Properties = { ...two, ...outputs, nodeIds: idsOf(first, worker) };

describe("a KindCluster of several nodes", () => {
  test("is created from kind's configuration, with the images in every node", async () => {
    docker([first, worker], 'case "$*" in *State.Running*) echo false ;; esac');
    const news = { ...two, images: { "app:1": "sha256:a" } };
    const created = await kindCluster.create(news, log);
    expect(created).toEqual({ id: "one", state: { ...state, ...news } });
    expect(parseYaml(readFileSync(join(folder, "config"), "utf8"))).toEqual({
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      nodes: [
        { role: "control-plane", image: "node:v1" },
        { role: "worker", image: "node:v1" },
      ],
    });
    expect(called()).toMatch(/kind create cluster --name one --image node:v1 /);
    for (const node of ["one-control-plane", "one-worker"])
      expect(called()).toMatch(new RegExp(`docker exec --interactive ${node} .*images import`, "s"));
  });

  test("keeps the images of nodes that have their own", async () => {
    docker([first, worker], 'case "$*" in *State.Running*) echo false ;; esac');
    await kindCluster.create({ ...two, nodes: [{}, { role: "worker", image: "node:v2" }] }, log);
    expect(called()).toMatch(/kind create cluster --name one --config -/);
    expect(readFileSync(join(folder, "config"), "utf8")).toMatch(/node:v1[^]*node:v2/);
  });

  test("shows no change as long as all nodes run", async () => {
    docker([first, worker]);
    const read = await kindCluster.read("one", state);
    expect(read).toEqual(state);
    expect(kindCluster.diff!(read!, two)).toEqual({ changes: {}, replaces: [] });
  });

  test("is replaced as a whole when a worker was deleted", async () => {
    docker([first]);
    const read = await kindCluster.read("one", state);
    expect(read!.nodeIds).toEqual({ "one-control-plane": "id-one-control-plane", "one-worker": "" });
    expect(kindCluster.diff!(read!, two)).toEqual({ changes: { nodeIds: "update" }, replaces: ["nodeIds"] });
    await kindCluster.remove!(read!, log);
    expect(called()).toContain("kind delete cluster --name one");
  });

  test("deletes the workers that are left when the control plane node was deleted", async () => {
    docker([worker]);
    const read = await kindCluster.read("one", state);
    expect(kindCluster.diff!(read!, two).replaces).toEqual(["nodeId"]);
    await kindCluster.remove!(read!, log);
    expect(called()).toContain("kind delete cluster --name one");
  });

  test("keeps a cluster of the same name that somebody else created", async () => {
    docker([
      { ...first, id: "other" },
      { ...worker, id: "another" },
    ]);
    await kindCluster.remove!((await kindCluster.read("one", state))!, log);
    expect(called()).not.toContain("kind delete");
  });

  test("has its stopped worker started by an update", async () => {
    docker([first, { ...worker, running: false }]);
    const read = await kindCluster.read("one", state);
    expect(kindCluster.diff!(read!, two)).toEqual({ changes: { running: "update" }, replaces: [] });
    const ready =
      'case "$*" in *StartedAt*) echo 2026-01-01T10:00:00.5Z ;; exec*) echo "True 2026-01-01T10:00:01Z" ;; esac';
    docker([first, worker], ready);
    expect(await kindCluster.update(read!, two, log)).toEqual(state);
    expect(called()).toContain("docker start one-control-plane one-worker");
    expect(called()).not.toContain("kind create");
  });

  test("takes the API server's port from the load balancer", async () => {
    const balancer = { name: "one-external-load-balancer", role: "external-load-balancer" };
    const port = { "6443/tcp": [{ HostIp: "127.0.0.1", HostPort: "5000" }] };
    docker([first, { ...first, name: "one-control-plane2" }, { ...balancer, ports: port }]);
    expect((await kindCluster.read("one", {}))!.apiPort).toBe(5000);
  });

  test.each<[string, Properties]>([
    ["another worker", { ...two, nodes: [{}, { role: "worker" }, { role: "worker" }] }],
    ["a mount", { ...two, nodes: [{}, { role: "worker", extraMounts: [{ hostPath: "/a", containerPath: "/b" }] }] }],
    ["a label", { ...two, nodes: [{}, { role: "worker", labels: { zone: "a" } }] }],
  ])("is replaced by %s", (_, news) => {
    expect(kindCluster.diff!(state, news)).toEqual({ changes: { nodes: "update" }, replaces: ["nodes"] });
  });

  test.each<[string, Properties]>([
    [
      "defaults that are written out",
      { ...two, nodes: [{ role: "control-plane" }, { role: "worker", image: "node:v1" }] },
    ],
    ["the workers before the control plane", { ...two, nodes: [{ role: "worker" }, {}] }],
  ])("shows no change for %s", (_, news) => {
    expect(kindCluster.diff!(state, news)).toEqual({ changes: {}, replaces: [] });
  });

  test("is replaced by other structured inputs, and by a raw configuration", () => {
    expect(kindCluster.diff!(state, { ...two, networking: { ipFamily: "dual" } }).replaces).toEqual(["networking"]);
    expect(kindCluster.diff!(state, { name: "one", image: "node:v1", config: "c" }).replaces.sort()).toEqual([
      "config",
      "nodes",
    ]);
  });

  test("counts the nodes of a raw configuration", async () => {
    docker([first, worker], 'case "$*" in *State.Running*) echo false ;; esac');
    const config = "nodes:\n- role: control-plane\n- role: worker\n  image: ignored\n";
    await kindCluster.create({ name: "one", image: "node:v1", config, images: { a: "sha256:a" } }, log);
    expect(called()).toMatch(/docker exec --interactive one-worker /);
    expect(called()).toMatch(/--image node:v1 /);
    expect(readFileSync(join(folder, "config"), "utf8")).toBe(config);
  });
});

describe("the import of a KindCluster", () => {
  const whole: Fake[] = [
    { ...second, binds: ["/data:/srv:ro,rslave"] },
    { ...first, ports: { ...api, "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] } },
    worker,
  ];

  test("reads roles, images, mounts and ports of all nodes", async () => {
    docker(whole);
    expect(await kindCluster.read("one", {})).toEqual({
      name: "one",
      image: "node:v1",
      images: {},
      nodes: [
        {
          role: "control-plane",
          image: "node:v1",
          extraPortMappings: [{ containerPort: 80, hostPort: 8080, protocol: "TCP", listenAddress: "0.0.0.0" }],
        },
        { role: "worker", image: "node:v1" },
        {
          role: "worker",
          image: "node:v1",
          extraMounts: [
            {
              hostPath: "/data",
              containerPath: "/srv",
              readOnly: true,
              selinuxRelabel: false,
              propagation: "HostToContainer",
            },
          ],
        },
      ],
      ...outputs,
      nodeIds: idsOf(first, worker, second),
      imported: true,
    });
  });

  const mount = { hostPath: "/data", containerPath: "/srv", readOnly: true, propagation: "HostToContainer" };
  const program: Properties = {
    name: "one",
    image: "node:v1",
    nodes: [
      { extraPortMappings: [{ containerPort: 80 }], labels: { a: "b" } },
      { role: "worker" },
      { role: "worker", extraMounts: [mount] },
    ],
    images: {},
  };

  test("agrees with a program of the same nodes, whose labels and patches Docker does not know", async () => {
    docker(whole);
    const read = (await kindCluster.read("one", {}))!;
    expect(kindCluster.diff!(read, program)).toEqual({ changes: {}, replaces: [] });
    expect(kindCluster.diff!(read, { ...program, kubeadmConfigPatches: ["kind: a"] })).toEqual({
      changes: { kubeadmConfigPatches: "add" },
      replaces: [],
    });
  });

  test.each<[string, Properties]>([
    ["fewer nodes", { ...program, nodes: [{ extraPortMappings: [{ containerPort: 80 }] }] }],
    ["another port", { ...program, nodes: [{ extraPortMappings: [{ containerPort: 80, hostPort: 1 }] }] }],
    ["another image", { ...program, image: "node:v2" }],
  ])("is replaced by a program with %s", async (_, news) => {
    docker(whole);
    expect(kindCluster.diff!((await kindCluster.read("one", {}))!, news).replaces).toEqual(["nodes"]);
  });

  test("takes the raw configuration of a program for the cluster's own", async () => {
    docker([first]);
    const read = (await kindCluster.read("one", {}))!;
    const raw: Properties = { name: "one", image: "node:v1", config: "kind: Cluster", images: {} };
    expect(kindCluster.diff!(read, raw)).toEqual({ changes: { config: "add", nodes: "delete" }, replaces: [] });
    const earlier: Properties = { name: "one", image: "node:v1", images: {}, ...outputs };
    expect(kindCluster.diff!(earlier, raw)).toEqual({ changes: { config: "add" }, replaces: [] });
    expect(kindCluster.diff!(read, { ...raw, image: "node:v2" }).replaces).toEqual(["image"]);
  });

  test("finds nothing without a cluster of the name", async () => {
    docker([]);
    expect(await kindCluster.read("one", {})).toBeUndefined();
  });
});

describe("the check of a KindCluster", () => {
  const failures = (inputs: Properties): string[] =>
    findFailures(kindCluster, { name: "one", image: "node:v1", ...inputs }).map(
      ({ property, reason }) => `${property}: ${reason}`,
    );

  test("refuses structured inputs beside a raw configuration, each by its name", () => {
    expect(failures({ config: "c", nodes: [{}], networking: {} })).toEqual([
      "nodes: expected nothing beside config, got a value. Remove config or nodes",
      "networking: expected nothing beside config, got a value. Remove config or networking",
    ]);
  });

  test("reports all faults at once, each with its path", () => {
    const nodes: Properties[] = [
      { role: "master", extraPortMappings: [{ containerPort: 0, protocol: "HTTP" }, { hostPort: 1.5 }] },
      { role: "worker", extraMounts: [{ hostPath: "data", containerPath: "/a", readonly: true }], labels: { a: 1 } },
    ];
    expect(failures({ nodes, networking: { podSubnet: "10.0.0.0" }, featureGates: { A: "yes" } })).toEqual([
      'nodes[0].role: expected one of control-plane, worker, got "master"',
      "nodes[0].extraPortMappings[0].containerPort: expected an integer from 1 to 65535, got 0",
      'nodes[0].extraPortMappings[0].protocol: expected one of TCP, UDP, SCTP, got "HTTP"',
      "nodes[0].extraPortMappings[1].hostPort: expected an integer from 0 to 65535, got 1.5",
      "nodes[0].extraPortMappings[1].containerPort: expected an integer from 1 to 65535, got nothing",
      'nodes[1].extraMounts[0].hostPath: expected an absolute path, got "data"',
      "nodes[1].extraMounts[0].readonly: expected one of containerPath, hostPath, propagation, readOnly, selinuxRelabel, got another property",
      "nodes[1].labels.a: expected a string, got 1",
      'networking.podSubnet: expected a network in CIDR notation, or one of each family separated by a comma, got "10.0.0.0"',
      'featureGates.A: expected true or false, got "yes"',
      'nodes: expected at least one node with the role "control-plane", got none',
    ]);
  });

  test("refuses host ports and paths that are taken twice", () => {
    const port = (hostPort: number, more: Properties = {}): Properties => ({ containerPort: 80, hostPort, ...more });
    const path = { hostPath: "/a", containerPath: "/b" };
    const nodes: Properties[] = [
      { extraPortMappings: [port(80), port(0), port(0)], extraMounts: [path, path] },
      { role: "worker", extraPortMappings: [port(80, { listenAddress: "127.0.0.1" }), port(80, { protocol: "UDP" })] },
    ];
    expect(failures({ nodes })).toEqual([
      "nodes[1].extraPortMappings[0].hostPort: expected a port of its own, got that of nodes[0].extraPortMappings[0].hostPort",
      "nodes[0].extraMounts[1].containerPath: expected a path of its own, got that of nodes[0].extraMounts[0]",
    ]);
  });

  test("accepts values that are unknown before the real run", () => {
    expect(failures({ nodes: unknown })).toEqual([]);
    expect(failures({ nodes: [{ role: unknown, image: unknown }], images: { a: unknown } })).toEqual([]);
  });
});

describe("an ImageLoad into several nodes", () => {
  const images = { "app:1": "sha256:a" };
  const nodeIds = { ...idsOf(first, worker), "one-external-load-balancer": "id-balancer" };
  const digests = (node: string, digest: string): string =>
    `*"${node} ctr"*) echo "docker.io/library/app:1 t ${digest}" ;;`;
  const answers = (...rows: string[]): string =>
    `case "$*" in ${rows.join(" ")} *"get pods"*) echo '{"items":[]}' ;; esac`;
  const same = [digests("one-control-plane", "sha256:1"), digests("one-worker", "sha256:1")];
  const loaded: Properties = { nodeIds, images, loaded: { "app:1": "sha256:1" } };

  test("loads into every node, and not into the load balancer", async () => {
    docker([first, worker], answers(...same));
    const { id, state: created } = await imageLoad.create({ nodeIds, images }, log);
    expect([id, created]).toEqual(["one-control-plane,one-worker", loaded]);
    expect(called()).not.toContain("load-balancer");
    expect(called().match(/images import/g)).toHaveLength(2);
  });

  test("loads an image again that one node lost", async () => {
    docker([first, worker], answers(digests("one-control-plane", "sha256:1")));
    const read = await imageLoad.read("", loaded);
    expect(imageLoad.diff!(read!, { nodeIds, images })).toEqual({ changes: { images: "update" }, replaces: [] });
    docker([first, worker], answers(...same));
    expect(await imageLoad.update(read!, { nodeIds, images }, log)).toEqual(loaded);
    expect(called()).toContain("docker exec one-control-plane kubectl");
  });

  test("asks a control plane node of the cluster about pods on workers", async () => {
    docker([first, worker], answers(...same));
    await imageLoad.update(loaded, { nodeIds: idsOf(worker), images }, log);
    expect(called()).toContain("docker exec one-control-plane kubectl");
  });

  test("takes one form of the nodes", () => {
    const properties = (inputs: Properties): string[] =>
      findFailures(imageLoad, { images, ...inputs }).map(({ property }) => property);
    expect(properties({ nodeIds, node: "a" })).toEqual(["node"]);
    expect(properties({ node: "a" })).toEqual(["nodeId"]);
    expect(properties({})).toEqual(["node", "nodeId"]);
    expect(properties({ nodeIds: unknown })).toEqual([]);
  });
});
