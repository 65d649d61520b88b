import { describe, expect, test } from "@jest/globals";
import { type Cidr, overlaps } from "../../../lib/network/cidr";
import { parseNetwork } from "../../../lib/network/parse";
import { readSettings } from "../../../lib/settings/settings";
import { placeStack } from "../../../lib/settings/stackNetwork";
import { pins } from "../../../lib/versions/pins";
import type { CheckResult } from "../../../preflight/host/check";
import { checkHost } from "../../../preflight/host/doctor";
import type { HostFacts } from "../../../preflight/host/facts";
import { hostRoutes, type HostRoute, readGateways, readIPv6Routes, readRoutes } from "../../../preflight/host/kernel";
import { requirementsOf } from "../../../preflight/host/requirements";
import { healthyHost } from "../../helpers/host";

type Config = Record<string, unknown>;

const route = (network: string, device = "tun0"): HostRoute => ({ network: parseNetwork(network), device });
const dockerNetwork = (name: string, ...subnets: string[]) => ({
  name,
  device: `br-${name}`,
  subnets: subnets.map(parseNetwork),
});
const check = (name: string, facts: Partial<HostFacts>, config: Config = {}): CheckResult | undefined => {
  const settings = readSettings({ config: { networkSubnet: "172.18.0.0/16", ...config }, pins });
  return checkHost({ ...healthyHost, ...facts }, requirementsOf(settings)).find((result) => result.name === name);
};
const dual: Config = { podCidr: "10.64.0.0/16,fd00:10::/56", serviceCidr: "10.128.0.0/16,fd00:20::/108" };

/** Routes of a VPN that together cover all addresses. */
const everything = (bits: number): HostRoute[] =>
  Array.from({ length: 2 ** bits }, (_, index) => route(`${(index * 256) / 2 ** bits}.0.0.0/${bits}`));

describe("routes", () => {
  test.each<[string, HostRoute[], Config, CheckResult["status"]]>([
    ["a pair of routes of length 1", everything(1), {}, "warn"],
    ["four routes of length 2", everything(2), {}, "warn"],
    ["eight routes of length 3", everything(3), {}, "warn"],
    ["blackholes of length 1", everything(1).map(({ network }) => ({ network, device: "" })), {}, "warn"],
    ["a shorter route", [route("172.16.0.0/12")], {}, "warn"],
    ["a route that is shorter by one bit", [route("172.18.0.0/15")], {}, "warn"],
    ["an equal route", [route("172.18.0.0/16")], {}, "fail"],
    ["an equal route beside a pair for all addresses", [...everything(1), route("172.18.0.0/16")], {}, "fail"],
    ["a longer route", [route("172.18.200.0/24")], {}, "fail"],
    ["a route to one address", [route("172.18.255.248/32")], {}, "fail"],
    ["a blackhole inside", [route("172.18.5.0/24", "")], {}, "fail"],
    ["a gateway inside", [{ ...route("172.18.0.9/32", "eth0"), isGateway: true }], {}, "fail"],
    ["routes elsewhere", [route("10.0.0.0/8"), route("172.19.0.0/16")], {}, "ok"],
    ["an IPv6 route around the IPv6 subnet", [route("fd00::/8")], dual, "warn"],
    ["a pair of IPv6 routes for all addresses", [route("::/1"), route("8000::/1")], dual, "warn"],
    ["an IPv6 route inside the IPv6 subnet", [route("fd00:172:18::/80")], dual, "fail"],
    ["an IPv6 route, which an IPv4-only stack does not meet", [route("fd00:172:18::/80")], {}, "ok"],
  ])("%s", (_, routes, config, status) => expect(check("routes", { routes }, config)).toMatchObject({ status }));

  test("a pair for all addresses does not stop an up, and the advice says when to change what", () =>
    expect(check("routes", { routes: everything(1) })).toMatchObject({
      detail:
        "172.18.0.0/16 is inside 128.0.0.0/1 on tun0: Docker's longer route wins, so this host reaches containers there and no other hosts",
      remedy:
        "keep it if you need no other host with an address of 172.18.0.0/16; otherwise set networkSubnet in Pulumi.<stack>.yaml to a network that nothing uses, such as 10.200.0.0/16",
    }));

  test.each([
    ["172.16.0.0/12", "172.18.0.0/16"],
    ["172.18.4.0/24", "172.18.0.0/16"],
  ])("another Docker network %s is never allowed: Docker refuses every overlap with %s", (network) => {
    const docker = dockerNetwork("x_default", network);
    const routes = [{ network: parseNetwork(network), device: docker.device }];
    expect(check("routes", { routes, dockerNetworks: [docker] })).toMatchObject({
      status: "fail",
      detail: `172.18.0.0/16 overlaps ${network} of the Docker network x_default`,
      remedy: expect.stringContaining("or run docker network rm x_default if nothing uses it"),
    });
  });

  test("the stack's own device is not a conflict", () =>
    expect(check("routes", { routes: [route("172.18.0.0/16", "br-1")], kindDevices: ["br-1"] })?.status).toBe("ok"));

  test("a network that exists cannot change its subnet, so the advice begins with destroy", () => {
    const facts = { routes: [route("172.18.0.0/16", "br-1"), route("172.18.9.0/24")], kindDevices: ["br-1"] };
    expect(check("routes", facts)?.remedy).toMatch(/^run make destroy, set networkSubnet to .*, then run make up; or/);
    expect(check("routes", facts, { adoptNetwork: true })?.remedy).toMatch(/^recreate the network kind/);
  });
});

describe("the advice of an error about networks works", () => {
  /** Follows `set KEY … such as VALUE`. */
  const follow = (remedy: string): Config => {
    const [, key = "", value = ""] = /set (\w+)\b.*? such as (\S+?)[;,.]?( |$)/.exec(`${remedy} `) ?? [];
    expect(value).not.toBe("");
    return { [key]: value };
  };

  test.each<[string, HostRoute[], HostFacts["dockerNetworks"], Config]>([
    ["for a route inside", [route("172.18.9.0/24")], [], {}],
    ["beside a VPN for all addresses", [...everything(1), route("172.18.0.0/17")], [], {}],
    [
      "beside routes of length 2 and a company network",
      [...everything(2), route("10.0.0.0/8"), route("172.18.1.1/32")],
      [],
      {},
    ],
    ["beside many Docker networks", [], [dockerNetwork("a", "172.16.0.0/12"), dockerNetwork("b", "10.192.0.0/10")], {}],
    ["for pods on 10.0.0.0/8", [route("172.18.9.0/24")], [], { podCidr: "10.0.0.0/8", serviceCidr: "172.20.0.0/16" }],
    ["for IPv6", [route("fd00:172:18::/80"), route("fd00:10:200::/64")], [], dual],
  ])("%s", (_, routes, dockerNetworks, config) => {
    const result = check("routes", { routes, dockerNetworks }, config);
    expect(result?.status).toBe("fail");
    const changed = { ...config, ...follow(result?.remedy ?? "") };
    expect(check("routes", { routes, dockerNetworks }, changed)?.status).not.toBe("fail");
  });

  test("removing the routes or networks that the error names works too", () => {
    const dockerNetworks = [dockerNetwork("x", "172.18.0.0/24"), dockerNetwork("y", "172.19.0.0/24")];
    const routes = [route("172.18.9.0/24"), route("10.0.0.0/8")];
    const result = check("routes", { routes, dockerNetworks });
    const removed = /docker network rm (\S+)/.exec(result?.remedy ?? "")?.[1];
    expect(removed).toBe("x");
    expect(result?.remedy).toContain("remove these routes");
    const rest = {
      dockerNetworks: dockerNetworks.filter(({ name }) => name !== removed),
      routes: routes.filter(({ network }) => !(result?.detail ?? "").includes(network.text)),
    };
    expect(check("routes", rest)?.status).toBe("ok");
  });
});

describe("the first up behind a VPN", () => {
  const taken = (routes: readonly HostRoute[]) =>
    routes.map(({ network, device }) => ({ network, by: `the device ${device}`, isRoute: true as const }));
  const place = (routes: readonly HostRoute[], config: Config = {}) =>
    placeStack({ config, pins }, "slipway/dev", { taken: taken(routes) });
  const subnetOf = (...args: Parameters<typeof place>): Cidr => place(...args).settings.network.subnet;

  test.each([1, 2, 3, 4])("takes the default subnet beside routes of length %d for all addresses", (bits) =>
    expect(subnetOf(everything(bits)).text).toBe("172.18.0.0/16"),
  );

  test("takes the subnet that hides the least", () => {
    const { settings, notice } = place([...everything(1), route("172.16.0.0/12")], { podCidr: "10.64.0.0/16" });
    expect(settings.network.subnet.text).toBe("192.168.0.0/20");
    expect(notice).toBe(
      "the stack takes 192.168.0.0/20, because 172.18.0.0/16 overlaps 172.16.0.0/12 of the device tun0",
    );
  });

  test("takes a subnet inside a company network if all candidates are inside", () => {
    const routes = [route("172.16.0.0/12"), route("192.168.0.0/16")];
    expect(subnetOf(routes).text).toBe("172.18.0.0/16");
    // A longer route in that subnet still counts.
    expect(subnetOf([...routes, route("172.18.3.0/24")]).text).toBe("172.19.0.0/16");
  });

  test("names a free example if no candidate is possible", () => {
    const networks = ["172.16.0.0/12", "192.168.0.0/16", "10.200.0.0/14"].map((text) => ({
      network: parseNetwork(text),
      by: "the Docker network n",
    }));
    const placed = (config: Config) => placeStack({ config, pins }, "slipway/dev", { taken: networks });
    const config = { podCidr: "10.204.0.0/16" };
    let message = "";
    try {
      placed(config);
    } catch (error) {
      message = (error as Error).message;
    }
    const example = parseNetwork(/such as (\S+),/.exec(message)?.[1] ?? "");
    expect(example.text).toBe("10.205.0.0/16");
    expect(networks.some(({ network }) => overlaps(network, example))).toBe(false);
    expect(placed({ ...config, networkSubnet: example.text }).settings.network.subnet).toEqual(example);
  });
});

describe("the kernel's tables", () => {
  // Recorded with `ip route add blackhole 0.0.0.0/1`, `unreachable 128.0.0.0/1` and a default route.
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "*\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0   ",
    "*\t00000080\t00000000\t0201\t0\t0\t0\t00000080\t0\t0\t0   ",
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   ",
  ].join("\n");
  const ipv6 = [
    "80000000000000000000000000000000 01 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00200200       lo",
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo",
    "00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo",
    "fd000000000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000004 00000000 80200001     eth0",
    "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
  ].join("\n");

  test("have blackholes without a device, and gateways", () => {
    expect(readRoutes(table)).toEqual([route("0.0.0.0/1", ""), route("128.0.0.0/1", "")]);
    expect(readGateways(table)).toEqual([{ ...route("192.0.2.1/32", "eth0"), isGateway: true }]);
    expect(readIPv6Routes(ipv6)).toEqual([route("8000::/1", ""), route("fd00::/64", "eth0")]);
    const files: Record<string, string> = { "/proc/net/route": table, "/proc/net/ipv6_route": ipv6 };
    expect(hostRoutes((path) => files[path])).toHaveLength(5);
    expect(hostRoutes(() => undefined)).toEqual([]);
  });
});

describe("cluster networks", () => {
  test("routes for all addresses hide nothing in particular", () =>
    expect(check("cluster networks", { routes: everything(2) })?.status).toBe("ok"));

  test("warn about IPv6 routes too", () =>
    expect(check("cluster networks", { routes: [route("fd00:10::/60")] }, dual)).toMatchObject({
      status: "warn",
      detail: "fd00:10::/56 hides fd00:10::/60 on tun0",
    }));
});
