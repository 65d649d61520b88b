import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { overlaps, networkAt } from "../../../lib/network/cidr";
import { subnetCandidates, type TakenNetwork } from "../../../lib/network/freeSubnet";
import { parseNetwork } from "../../../lib/network/parse";
import { readSettings } from "../../../lib/settings/settings";
import { type MachineNetworks, type PlacedSettings, placeStack } from "../../../lib/settings/stackNetwork";
import { pins } from "../../../lib/versions/pins";

const owner = "slipway/dev";
type Config = Record<string, unknown>;

const taken = (...networks: string[]): TakenNetwork[] =>
  networks.map((network) => ({ network: parseNetwork(network), by: `the Docker network n-${network}` }));

/** The network kind with subnets, without containers unless some are named. */
const kind = (subnets: string[], owner = "", containers: string[] = []): MachineNetworks["kind"] => ({
  owner,
  subnets: subnets.map(parseNetwork),
  containers,
});
const state = (subnet: string, isAdopted = false): MachineNetworks["state"] => ({
  subnet: parseNetwork(subnet),
  isAdopted,
});

const place = (config: Config = {}, machine: Partial<MachineNetworks> = {}): PlacedSettings =>
  placeStack({ config, pins }, owner, { taken: [], ...machine });
const subnetOf = (...args: Parameters<typeof place>): string => place(...args).settings.network.subnet.text;
const messageOf = (...args: Parameters<typeof place>): string => {
  try {
    place(...args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error");
};

/** A stack whose pods and services are outside of all candidates. */
const apart = { podCidr: "10.64.0.0/16", serviceCidr: "10.128.0.0/16" };
const dual = { podCidr: "10.64.0.0/16,fd00:10::/56", serviceCidr: "10.128.0.0/16,fd00:20::/108" };

describe("a stack without a network", () => {
  test("takes the default subnet of a machine without other networks, and says nothing", () => {
    expect(place()).toEqual({ settings: readSettings({ config: {}, pins }) });
    // Pulumi passes the default of a setting to the program.
    expect(place({ networkSubnet: "", adoptNetwork: "false" })).toEqual(place());
  });

  test("takes the next free subnet, with everything that follows from the subnet, and says why", () => {
    const { settings, notice } = place({}, { taken: taken("172.17.0.0/16", "172.18.0.0/16", "172.16.0.0/14") });
    expect(settings.network.subnet.text).toBe("172.20.0.0/16");
    expect(settings.network.gateway.text).toBe("172.20.0.1");
    expect(settings.clusters[0]?.loadBalancerRange?.text).toBe("172.20.255.248-172.20.255.254");
    expect(notice).toBe(
      "the stack takes 172.20.0.0/16, because 172.18.0.0/16 overlaps 172.18.0.0/16 of the Docker network n-172.18.0.0/16",
    );
  });

  test.each<[string, Config, string[], string]>([
    ["a part of the default subnet is taken", {}, ["172.18.7.0/24"], "172.19.0.0/16"],
    ["an address of the default subnet is taken", {}, ["172.18.255.255/32"], "172.19.0.0/16"],
    ["only later subnets are taken", {}, ["172.19.0.0/16", "172.20.0.0/14"], "172.18.0.0/16"],
    ["the whole 172.16.0.0/12 is taken", apart, ["172.16.0.0/12"], "192.168.0.0/20"],
    ["and some of 192.168.0.0/16", apart, ["172.16.0.0/12", "192.168.0.0/24", "192.168.20.0/24"], "192.168.32.0/20"],
    ["pods have the default subnet", { podCidr: "172.16.0.0/14" }, [], "172.20.0.0/16"],
    ["services have the default subnet", { serviceCidr: "172.18.0.0/20" }, [], "172.19.0.0/16"],
    ["the gateway is stated", { networkGateway: "172.23.0.1" }, [], "172.23.0.0/16"],
    ["an IPv6 network is taken and the stack has IPv4 only", {}, ["fd00:172:18::/64"], "172.18.0.0/16"],
    ["the IPv6 subnet beside the default one is taken", dual, ["fd00:172:18::/64"], "172.19.0.0/16"],
    ["the IPv6 subnet is stated", { ...dual, networkSubnetIPv6: "fd00:172:18::/64" }, [], "172.18.0.0/16"],
  ])("where %s", (_, config, networks, expected) => {
    expect(subnetOf(config, { taken: taken(...networks) })).toBe(expected);
  });

  test("leaves out candidates that are too small for the nodes", () => {
    const fleet = (size: number): Config => ({
      clusters: Array.from({ length: size }, (_, index) => ({
        ...apart,
        name: `c${index}`,
        workerReplicas: 250,
        loadBalancer: "none",
      })),
    });
    const machine = { taken: taken("172.16.0.0/12") };
    expect(subnetOf(fleet(8), machine)).toBe("192.168.0.0/20");
    expect(messageOf(fleet(9), machine)).toMatch(/192\.168\.0\.0\/20, .* does not fit the other settings/);
    expect(subnetOf(fleet(9), { taken: taken("172.18.0.0/16") })).toBe("172.19.0.0/16");
  });

  test("is refused where no candidate is free, with the user of each and the setting to write", () => {
    const message = messageOf({}, { taken: taken("172.16.0.0/12") });
    expect(message).toMatch(/networkSubnet: expected a free subnet for the Docker network kind, got none/);
    expect(message).toMatch(
      /172\.18\.0\.0\/16, .*172\.31\.0\.0\/16 overlaps 172\.16\.0\.0\/12 of the Docker network n-/,
    );
    expect(message).toMatch(/192\.168\.240\.0\/20 does not fit the other settings/);
    expect(message).toMatch(/Set networkSubnet to a network that nothing uses, such as 10\.200\.0\.0\/16/);
  });

  test("hears of wrong settings alone, also where no candidate is free", () => {
    const message = messageOf({ controlPlaneReplicas: 2 }, { taken: taken("172.16.0.0/12") });
    expect(message).toMatch(/1 problem.*\n.*controlPlaneReplicas/);
  });

  test("gets, on any machine, the first candidate that overlaps nothing", () => {
    const network = fc
      .tuple(
        fc.constantFrom("172.18.0.0", "172.24.0.0", "192.168.0.0"),
        fc.nat(0xfffff),
        fc.integer({ min: 10, max: 32 }),
      )
      .map(([base, offset, prefix]) => {
        const start = parseNetwork(`${base}/32`).first + BigInt(offset);
        const free = BigInt(32 - prefix);
        return networkAt("ipv4", (start >> free) << free, prefix);
      });
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), (networks) => {
        const isFree = (one: (typeof networks)[number]): boolean => !networks.some((other) => overlaps(one, other));
        const expected = subnetCandidates.find(isFree)?.text;
        const machine = { taken: networks.map((one) => ({ network: one, by: "the device eth0" })) };
        if (expected === undefined) expect(() => place(apart, machine)).toThrow(/no|none/);
        else expect(subnetOf(apart, machine)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a stack with a network", () => {
  const busy = taken("172.18.0.0/16", "172.19.0.0/16", "172.22.0.0/16");

  test("keeps the subnet of its network in Docker", () => {
    expect(place({}, { kind: kind(["172.18.0.0/16"], owner), taken: busy })).toEqual(place());
    expect(subnetOf({}, { kind: kind(["fd00:172:22::/64", "172.22.0.0/16"], owner, ["a"]), taken: busy })).toBe(
      "172.22.0.0/16",
    );
  });

  test("keeps the subnet of its state where Docker lost the network, although something else took it", () => {
    expect(place({}, { state: state("172.18.0.0/16"), taken: busy })).toEqual(place());
    expect(place({}, { state: state("172.22.0.0/16"), taken: [] }).settings.network.subnet.text).toBe("172.22.0.0/16");
    // Somebody else's kind stands in its place: the network check refuses it.
    const foreign = place({}, { state: state("172.22.0.0/16"), kind: kind(["172.18.0.0/16"]) });
    expect(foreign.settings.network).toMatchObject({ adopt: false, subnet: { text: "172.22.0.0/16" } });
  });

  test("keeps the IPv6 subnet, which follows from the IPv4 subnet", () => {
    const { settings } = place(dual, { kind: kind(["172.22.0.0/16", "fd00:172:22::/64"], owner) });
    expect(settings.network.ipv6?.subnet.text).toBe("fd00:172:22::/64");
  });

  test.each<Partial<MachineNetworks>>([
    { taken: busy },
    { state: state("172.18.0.0/16") },
    { kind: kind(["172.18.0.0/16"], owner) },
    { kind: kind(["172.18.0.0/16"]) },
    { kind: kind(["172.18.0.0/16"], "slipway/other") },
  ])("has the subnet of the settings on every machine (%#)", (machine) => {
    const { settings, notice } = place({ networkSubnet: "172.30.0.0/16" }, machine);
    expect(settings.network).toMatchObject({ adopt: false, subnet: { text: "172.30.0.0/16" } });
    expect(notice).toBeUndefined();
  });
});

describe("a network kind that Slipway did not create", () => {
  const left = kind(["fc00:f853:ccd:e793::/64", "172.21.0.0/16"]);

  test("is adopted without containers, with its subnet, and the notice says that destroy leaves it", () => {
    const { settings, notice } = place({}, { kind: left, taken: taken("172.21.0.0/16") });
    expect(settings).toEqual(readSettings({ config: { adoptNetwork: true, networkSubnet: "172.21.0.0/16" }, pins }));
    expect(settings.network.ipv6).toBeUndefined();
    expect(notice).toBe("the stack adopts it with 172.21.0.0/16, because no container uses it; destroy leaves it");
  });

  test("is adopted with its IPv6 subnet where a cluster has IPv6", () => {
    expect(place(dual, { kind: left }).settings.network).toMatchObject({
      adopt: true,
      ipv6: { subnet: { text: "fc00:f853:ccd:e793::/64" } },
    });
  });

  test("is adopted where the settings state its subnet, and not where they state another", () => {
    expect(place({ networkSubnet: "172.21.0.0/16" }, { kind: left }).settings.network.adopt).toBe(true);
    expect(place({ networkSubnet: "172.22.0.0/16" }, { kind: left }).settings.network.adopt).toBe(false);
  });

  test("stays adopted once the state says so, with the stack's containers on it, and without a notice", () => {
    const used = kind(["172.21.0.0/16"], "", ["clusterapi-control-plane"]);
    const { settings, notice } = place({}, { kind: used, state: state("172.21.0.0/16", true) });
    expect(settings.network).toMatchObject({ adopt: true, subnet: { text: "172.21.0.0/16" } });
    expect(notice).toBeUndefined();
    // A network that somebody recreated with another subnet is refused by the network check.
    const other = kind(["172.25.0.0/16"]);
    expect(subnetOf({}, { kind: other, state: state("172.21.0.0/16", true) })).toBe("172.21.0.0/16");
  });

  test("keeps its subnet for the stack after somebody removed it", () => {
    const { settings } = place({}, { state: state("172.21.0.0/16", true), taken: taken("172.21.0.0/16") });
    expect(settings.network).toMatchObject({ adopt: false, subnet: { text: "172.21.0.0/16" } });
  });

  test.each([
    ["containers are on it", kind(["172.21.0.0/16"], "", ["kind-control-plane"])],
    ["another stack owns it", kind(["172.21.0.0/16"], "slipway/ha")],
    ["it has no IPv4 subnet", kind(["fc00::/64"])],
  ])("is not adopted where %s", (_, network) => {
    const { settings, notice } = place({}, { kind: network });
    expect(settings.network).toMatchObject({ adopt: false, subnet: { text: "172.18.0.0/16" } });
    expect(notice).toBeUndefined();
  });

  test.each<[string, Config, string[], RegExp]>([
    ["is too small", {}, ["172.21.0.0/30"], /networkSubnet: .*\/30/],
    ["overlaps the pods", {}, ["192.168.0.0/16"], /podCidr/],
    ["has no IPv6 for a cluster with IPv6", dual, ["172.21.0.0/16"], /with the IPv6 subnet fd00:172:21::\/64/],
  ])("is refused with its removal where it %s", (_, config, subnets, reason) => {
    const message = messageOf(config, { kind: kind(subnets) });
    expect(message).toMatch(reason);
    expect(message).toMatch(/Docker network kind: expected a network .* Run docker network rm kind/);
  });

  test("is not blamed for settings that are wrong on every network", () => {
    expect(messageOf({ controlPlaneReplicas: 2 }, { kind: left })).not.toMatch(/docker network rm/);
  });
});

describe("adoptNetwork", () => {
  const shared = kind(["172.21.0.0/16", "fd00:9::/64"], "slipway/other", ["clusterapi-control-plane"]);

  test("takes the subnets of the network that the settings do not state", () => {
    expect(place({ adoptNetwork: true }, { kind: shared }).settings.network).toMatchObject({
      adopt: true,
      subnet: { text: "172.21.0.0/16" },
    });
    expect(place({ ...dual, adoptNetwork: "true" }, { kind: shared }).settings.network.ipv6?.subnet.text).toBe(
      "fd00:9::/64",
    );
    expect(subnetOf({ adoptNetwork: true }, { kind: kind(["172.21.0.0/16"], owner) })).toBe("172.21.0.0/16");
  });

  test("does not change stated subnets, and waits for the network check if Docker has no network", () => {
    expect(subnetOf({ adoptNetwork: true, networkSubnet: "172.30.0.0/16" }, { kind: shared })).toBe("172.30.0.0/16");
    expect(place({ adoptNetwork: true }, { taken: taken("172.18.0.0/16") }).settings.network).toMatchObject({
      adopt: true,
      subnet: { text: "172.18.0.0/16" },
    });
  });
});
