import { describe, expect, test } from "@jest/globals";
import type { ExecResult } from "../../system/exec";
import { type Answer, measureReach, readPublishedPorts } from "../../system/reach";

const result = (stdout = "", code = 0): ExecResult => ({ code, stdout, stderr: "" });

const bridge = JSON.stringify({
  Name: "bridge",
  IPAM: { Config: [{ Subnet: "172.17.0.0/16", Gateway: "172.17.0.1" }] },
  Containers: {},
});
const kindWith = (...names: string[]): string =>
  JSON.stringify({
    Name: "kind",
    // Docker 20.10 names no gateway of a network that no container has used.
    IPAM: { Config: [{ Subnet: "fc00::/64" }, { Subnet: "172.18.0.0/16" }] },
    Containers: Object.fromEntries(
      names.map((Name, index) => [Name, { Name, IPv4Address: `172.18.0.${index + 2}/16`, IPv6Address: "" }]),
    ),
  });

/** A machine with Docker networks, answers of addresses, and a record of the commands and connections. */
const machine = (
  networks: readonly string[],
  answers: Readonly<Record<string, Answer | Answer[]>>,
  devices: readonly string[] = ["127.0.0.1", "172.17.0.1"],
  other: (args: string[]) => ExecResult = () => result("", 1),
) => {
  const calls: string[] = [];
  const connections: string[] = [];
  const left = new Map(Object.entries(answers).map(([host, list]) => [host, [list].flat()]));
  return {
    calls,
    connections,
    sources: {
      execute: (args: string[]) => {
        calls.push(args.slice(0, 2).join(" "));
        // Docker prints the networks that exist and fails for the others.
        return Promise.resolve(args[0] === "network" ? result(networks.join("\n"), 2 - networks.length) : other(args));
      },
      open: (host: string, port: number) => {
        connections.push(`${host}:${port}`);
        const list = left.get(host) ?? [];
        return Promise.resolve(list.length > 1 ? list.shift()! : (list[0] ?? "silent"));
      },
      ownAddresses: () => devices,
      env: {},
    },
  };
};

describe("with a running node", () => {
  const networks = [bridge, kindWith("other-control-plane", "mine-control-plane", "guest-lb")];

  test("one connection to the management cluster's node decides, and one command of Docker", async () => {
    const { sources, calls, connections } = machine(networks, { "172.18.0.3": "open" });
    const where = "at mine-control-plane (172.18.0.3)";
    expect(await measureReach({ management: "mine", image: "node" }, sources)).toEqual({ reach: "address", where });
    expect([calls, connections]).toEqual([["network inspect"], ["172.18.0.3:6443"]]);
  });

  test("a silent node is not reached", async () => {
    const { sources } = machine(networks, {});
    expect(await measureReach({ management: "mine" }, sources)).toMatchObject({ reach: "published-port" });
  });

  test.each([
    ["a node whose API server does not run yet", 1, "address"],
    ["a firewall in front of a node whose API server runs", 0, "published-port"],
  ])("a refusal of %s", async (_, code, reach) => {
    const { sources } = machine(networks, { "172.18.0.3": "refused" }, [], () => result("", code));
    expect(await measureReach({ management: "mine" }, sources)).toMatchObject({ reach });
  });

  test("another node decides if the management cluster is not on the network", async () => {
    const { sources, connections } = machine([bridge, kindWith("web", "guest-control-plane-x7k2p")], {
      "172.18.0.3": "open",
    });
    expect(await measureReach({ management: "mine" }, sources)).toMatchObject({ reach: "address" });
    expect(connections).toEqual(["172.18.0.3:6443"]);
  });
});

describe("without a node", () => {
  test("a gateway of this machine that answers is enough for a preview", async () => {
    const { sources, connections } = machine([bridge], { "172.17.0.1": "refused" });
    expect(await measureReach({}, sources)).toEqual({ reach: "address", where: "at the gateway 172.17.0.1" });
    expect(connections).toEqual(["172.17.0.1:9"]);
  });

  test("a gateway of this machine that is silent is enough for an up", async () => {
    const { sources, calls } = machine([bridge], {});
    expect(await measureReach({ image: "node" }, sources)).toMatchObject({ reach: "published-port" });
    expect(calls).toEqual(["network inspect"]);
  });

  test("the gateway of a network without the field is its first address", async () => {
    const { sources } = machine([kindWith()], { "172.18.0.1": "refused" }, ["172.18.0.1"]);
    expect(await measureReach({}, sources)).toMatchObject({ where: "at the gateway 172.18.0.1" });
  });

  test("a gateway in another machine counts as not reached", async () => {
    const { sources, connections } = machine([bridge], {}, ["192.168.1.2"]);
    expect(await measureReach({}, sources)).toMatchObject({ reach: "published-port" });
    expect(connections).toEqual([]);
  });

  describe.each([
    ["this machine", ["172.17.0.1"]],
    ["another machine", ["192.168.1.2"]],
  ])("and with the gateway in %s", (_, devices) => {
    const docker = (args: string[]): ExecResult => result(args[0] === "inspect" ? "172.17.0.5\n" : "c0ffee\n");

    test("a container of a moment decides, and is removed", async () => {
      for (const [answers, reach] of [
        [["refused", "open"], "address"],
        [["silent"], "published-port"],
      ] as const) {
        const { sources, calls } = machine(
          [bridge],
          { "172.17.0.1": "refused", "172.17.0.5": [...answers] },
          devices,
          docker,
        );
        const where = "at a container on the Docker network bridge";
        expect(await measureReach({ image: "node" }, sources)).toEqual({ reach, where });
        expect(calls).toEqual(["network inspect", "run --rm", "inspect --format", "rm --force"]);
      }
    });

    test("the gateway decides if the image is missing", async () => {
      const { sources } = machine([bridge], { "172.17.0.1": "refused" }, devices);
      const { reach } = await measureReach({ image: "node" }, sources);
      expect(reach).toBe(devices[0] === "172.17.0.1" ? "address" : "published-port");
    });
  });
});

describe("without a measurement", () => {
  test.each(["address", "published-port"] as const)("SLIPWAY_REACH=%s decides", async (reach) => {
    const { sources, calls } = machine([bridge], {});
    const env = { SLIPWAY_REACH: reach };
    expect(await measureReach({}, { ...sources, env })).toEqual({ reach, where: "by SLIPWAY_REACH" });
    expect(calls).toEqual([]);
  });

  test("another value of SLIPWAY_REACH is refused", async () => {
    const { sources } = machine([bridge], {});
    await expect(measureReach({}, { ...sources, env: { SLIPWAY_REACH: "port" } })).rejects.toThrow(
      'SLIPWAY_REACH: expected address or published-port, got "port".',
    );
  });

  test("the platform decides while Docker does not answer", async () => {
    const { sources } = machine([], {});
    expect(await measureReach({}, sources)).toMatchObject({ reach: "address" });
  });
});

test("published ports are those of the load balancers of running clusters", async () => {
  const balancer = (cluster: string, ports: object | null): string =>
    JSON.stringify({
      Id: cluster,
      Name: `/${cluster}-lb`,
      State: { Running: true },
      Config: { Image: "haproxy", Labels: { "io.x-k8s.kind.cluster": cluster } },
      NetworkSettings: { Ports: ports },
    });
  const inspected = [balancer("east", { "6443/tcp": [{ HostPort: "32773" }] }), balancer("west", null)].join("\n");
  const execute = (args: string[]): Promise<ExecResult> =>
    Promise.resolve(result(args[0] === "ps" ? "east-lb\nwest-lb\n" : inspected));
  expect(await readPublishedPorts(execute)).toEqual({ east: 32773 });
  expect(await readPublishedPorts(() => Promise.resolve(result("")))).toEqual({});
});
