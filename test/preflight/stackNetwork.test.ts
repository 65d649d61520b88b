import { describe, expect, jest, test } from "@jest/globals";
import { parseNetwork } from "../../lib/network/parse";
import type { StateNetwork } from "../../lib/network/stateNetwork";
import type { PlacedSettings } from "../../lib/settings/stackNetwork";
import { pins } from "../../lib/versions/pins";
import { placeOnMachine } from "../../preflight/stackNetwork";
import type { ExecResult } from "../../system/exec";

/** Lines of `docker network inspect --format '{{json .}}'`, shortened to the fields that Docker 28 and Slipway share. */
const network = (name: string, subnets: string[], more: object = {}): string =>
  JSON.stringify({
    Name: name,
    Id: `${name}-0123456789abcdef`,
    Scope: "local",
    Driver: "bridge",
    IPAM: { Driver: "default", Options: {}, Config: subnets.map((Subnet) => ({ Subnet })) },
    Labels: {},
    ...more,
  });
const bridge = network("bridge", ["172.17.0.0/16"], { Options: { "com.docker.network.bridge.name": "docker0" } });
const none = network("none", [], { Driver: "null", IPAM: { Driver: "default", Config: null } });
const compose = network("x_default", ["172.18.0.0/16"], { Labels: { "com.docker.compose.project": "x" } });
const kindOf = (owner?: string): string =>
  network("kind", ["fc00:f853:ccd:e793::/64", "172.19.0.0/16"], {
    Labels: owner === undefined ? {} : { "dev.slipway.stack": owner },
  });

/** A Docker with networks, and with containers on the network kind. It records the commands. */
const dockerWith = (networks: string[], containers: string[] = []) => {
  const commands: string[] = [];
  const execute = (args: string[]): Promise<ExecResult> => {
    commands.push(args.slice(0, 2).join(" "));
    const result = (stdout: string[], code = 0): Promise<ExecResult> =>
      Promise.resolve({ code, stdout: stdout.map((line) => `${line}\n`).join(""), stderr: "" });
    if (args[0] === "ps")
      return result(containers.map((name) => [`id-${name}`, name, "exited", "", "kind"].join("\t")));
    const ids = networks.map((text) => (JSON.parse(text) as { Id: string }).Id);
    if (args[1] === "ls") return result(ids);
    const wanted = args.slice(2, args.indexOf("--format"));
    const matching = networks.filter((text) => {
      const { Id, Name } = JSON.parse(text) as { Id: string; Name: string };
      return wanted.includes(Id) || wanted.includes(Name);
    });
    return result(matching, matching.length === wanted.length ? 0 : 1);
  };
  return { execute, commands };
};

const routes = [
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
  "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  // OpenVPN's pair of routes in place of the default route, and a company network, 172.20.0.0/15.
  "tun0\t00000000\t0108080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
  "tun0\t00000080\t0108080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
  "wg0\t000014AC\t00000000\t0001\t0\t0\t0\t0000FEFF\t0\t0\t0",
].join("\n");
const ipv6Routes = [
  "fd000172001900000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001     wg0",
  "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    eth0",
  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003    eth0",
].join("\n");
const files: Record<string, string> = { "/proc/net/route": routes, "/proc/net/ipv6_route": ipv6Routes };

type Options = { config?: Record<string, unknown>; networks?: string[]; containers?: string[]; state?: StateNetwork };
const place = async ({ config = {}, networks = [bridge, none], containers, state }: Options) => {
  const docker = dockerWith(networks, containers);
  const readState = jest.fn(() => Promise.resolve(state));
  const sources = { readState, execute: docker.execute, read: (path: string) => files[path] };
  const placed: PlacedSettings = await placeOnMachine({ config, pins }, "slipway/dev", sources);
  const { subnet, ipv6, adopt, mtu } = placed.settings.network;
  return { mtu, subnet: subnet.text, ipv6: ipv6?.subnet.text, adopt, notice: placed.notice, readState, ...docker };
};

const withMtu = (name: string, subnets: string[], mtu: string, Labels = {}): string =>
  network(name, subnets, { Labels, Options: { "com.docker.network.driver.mtu": mtu } });

describe("the MTU", () => {
  const bridge1400 = withMtu("bridge", ["172.17.0.0/16"], "1400");
  const own1500 = withMtu("kind", ["172.18.0.0/16"], "1500", { "dev.slipway.stack": "slipway/dev" });

  test("of a first up is that of Docker's default bridge, and the notice names it", async () => {
    expect(await place({ networks: [bridge1400, none] })).toMatchObject({
      mtu: 1400,
      notice: "its MTU is 1400, and that of Docker's default bridge is 1400",
    });
    const stated = await place({ networks: [bridge1400, none], config: { networkSubnet: "10.9.0.0/16" } });
    expect(stated).toMatchObject({ mtu: 1400, subnet: "10.9.0.0/16" });
    expect(stated.readState).not.toHaveBeenCalled();
  });

  test("of a stack of an earlier version stays, whatever the default bridge has", async () => {
    expect(await place({ networks: [bridge1400, own1500] })).toMatchObject({ mtu: 1500, notice: undefined });
    const state: StateNetwork = { subnet: parseNetwork("172.18.0.0/16"), isAdopted: false, mtu: 1500 };
    expect(await place({ networks: [bridge1400], state })).toMatchObject({ mtu: 1500, notice: undefined });
  });

  test("is that of an adopted network", async () => {
    const kind1300 = withMtu("kind", ["172.18.0.0/16"], "1300");
    expect(await place({ networks: [bridge1400, kind1300] })).toMatchObject({ mtu: 1300, adopt: true });
  });

  test("of the setting is refused before work where the network has another one", async () => {
    const refusal =
      /networkMtu: expected 1500, the MTU of the existing Docker network kind, got 1400\. Set networkMtu to 1500, or to 0\. Or run make destroy with the old value and make up with the new value/;
    await expect(place({ networks: [bridge, own1500], config: { networkMtu: 1400 } })).rejects.toThrow(refusal);
    // The network is lost in Docker, and Pulumi would create it with the options of the state.
    const state: StateNetwork = { subnet: parseNetwork("172.18.0.0/16"), isAdopted: false, mtu: 1500 };
    const config = { networkMtu: "1400", networkSubnet: "172.18.0.0/16" };
    await expect(place({ networks: [bridge], state, config })).rejects.toThrow(refusal);
    expect(await place({ networks: [bridge, own1500], config: { networkMtu: 1500 } })).toMatchObject({ mtu: 1500 });
    expect(await place({ networks: [bridge, own1500], config: { networkMtu: "0" } })).toMatchObject({ mtu: 1500 });
  });

  test("without a default bridge is 1500", async () => {
    expect(await place({ networks: [none] })).toMatchObject({ mtu: 1500, notice: undefined });
  });
});

test.each([
  ["its own network", [bridge, network("kind", ["172.19.0.0/16"], { Labels: { "dev.slipway.stack": "slipway/dev" } })]],
  ["a network of somebody else", [bridge, compose, kindOf("other/dev")]],
])("the settings of a stack with %s are read once", async (_, networks) => {
  const { execute } = dockerWith(networks);
  let readings = 0;
  const source = {
    config: { networkSubnet: networks.length === 2 ? "" : "10.9.0.0/16" },
    get pins() {
      readings += 1;
      return pins;
    },
  };
  await placeOnMachine(source, "slipway/dev", { readState: () => Promise.resolve(undefined), execute });
  expect(readings).toBe(1);
});

describe("on a machine", () => {
  test("without other networks, a stack takes the default subnet", async () => {
    expect(await place({})).toMatchObject({ subnet: "172.18.0.0/16", adopt: false, notice: undefined });
  });

  test("with a compose project, a stack takes a subnet without networks of Docker and routes of the host", async () => {
    const busy = network("y_default", ["172.19.0.0/16"]);
    expect(await place({ networks: [bridge, none, compose, busy] })).toMatchObject({
      subnet: "172.22.0.0/16",
      notice: expect.stringContaining("172.18.0.0/16 overlaps 172.18.0.0/16 of the Docker network x_default"),
    });
  });

  test("with a route to the IPv6 subnet, a dual-stack cluster takes another one", async () => {
    const dual = { podCidr: "10.64.0.0/16,fd00:10::/56", serviceCidr: "10.128.0.0/16,fd00:20::/108" };
    expect(await place({ networks: [bridge, compose], config: dual })).toMatchObject({
      subnet: "172.22.0.0/16",
      ipv6: "fd00:172:22::/64",
    });
    expect(await place({ networks: [bridge, compose] })).toMatchObject({ subnet: "172.19.0.0/16", ipv6: undefined });
  });

  test("an unused network kind is adopted, and a used one, whose containers may be stopped, is not", async () => {
    expect(await place({ networks: [bridge, compose, kindOf()] })).toMatchObject({
      subnet: "172.19.0.0/16",
      adopt: true,
      notice: expect.stringContaining("adopts it with 172.19.0.0/16"),
    });
    const used = { networks: [bridge, kindOf()], containers: ["kind-control-plane"] };
    expect(await place(used)).toMatchObject({ subnet: "172.18.0.0/16", adopt: false, notice: undefined });
    const adopted = { subnet: parseNetwork("172.19.0.0/16"), isAdopted: true };
    expect(await place({ ...used, state: adopted })).toMatchObject({ subnet: "172.19.0.0/16", adopt: true });
  });

  test("the stack's own network decides, and neither the state nor other networks are read", async () => {
    const { subnet, readState, commands } = await place({ networks: [bridge, compose, kindOf("slipway/dev")] });
    expect(subnet).toBe("172.19.0.0/16");
    expect(readState).not.toHaveBeenCalled();
    expect(commands).toEqual(["network inspect"]);
  });

  test("the state decides where Docker has no network of the stack", async () => {
    const state = { subnet: parseNetwork("172.18.0.0/16"), isAdopted: false };
    expect(await place({ networks: [bridge, compose], state })).toMatchObject({ subnet: "172.18.0.0/16" });
  });

  test("a failure to read the state ends the run, because another subnet would replace the network", async () => {
    const readState = () => Promise.reject(new Error("no state"));
    const { execute } = dockerWith([bridge]);
    await expect(placeOnMachine({ config: {}, pins }, "slipway/dev", { readState, execute })).rejects.toThrow(
      "no state",
    );
  });

  test("a stated subnet needs no question about other networks", async () => {
    const { subnet, commands, readState } = await place({
      config: { networkSubnet: "172.18.0.0/16" },
      networks: [compose],
    });
    expect(subnet).toBe("172.18.0.0/16");
    expect(commands).toEqual(["network inspect"]);
    expect(readState).not.toHaveBeenCalled();
  });

  test("a silent Docker is not an error here", async () => {
    const execute = () => Promise.reject(new Error("docker could not be started"));
    const sources = { readState: () => Promise.resolve(undefined), execute, read: () => undefined };
    const { settings } = await placeOnMachine({ config: {}, pins }, "slipway/dev", sources);
    expect(settings.network.subnet.text).toBe("172.18.0.0/16");
  });

  test("a stack without containers does not ask Docker", async () => {
    const clusters = [{ name: "a", backend: "inMemory" }];
    const { commands } = await place({ config: { managementKubeconfig: "their.yaml", clusters } });
    expect(commands).toEqual([]);
  });
});
