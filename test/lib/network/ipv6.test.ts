import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addressAt, addressText } from "../../../lib/network/address";
import { contains, networkRange } from "../../../lib/network/addressRange";
import { overlaps } from "../../../lib/network/cidr";
import {
  defaultGateway,
  dockerRange,
  ipv6LoadBalancerRange,
  ipv6SubnetBeside,
} from "../../../lib/network/dockerSubnet";
import { anyOverlap, noNetworks } from "../../../lib/network/networks";
import {
  addressOf,
  lenientAddress,
  parseCidr,
  parseDockerSubnet,
  parseIPv6Subnet,
  parseNetwork,
  parseNetworks,
} from "../../../lib/network/parse";
import { address } from "../../helpers/addresses";
import { ipaddressOracle } from "../../helpers/ipaddressOracle";

/** Eight groups with many zeros, whose spellings differ. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
const spelled = (numbers: number[]): string => numbers.map((group) => group.toString(16)).join(":");

describe("against Python's ipaddress", () => {
  const sample = fc.sample(fc.tuple(groups, fc.integer({ min: 0, max: 128 })), 4000);
  const theirs = ipaddressOracle(sample.map(([numbers, prefix]) => `${spelled(numbers)}/${prefix}`));

  test("networks, their ends and their canonical texts are the same for thousands of random subnets", () => {
    for (const one of theirs) {
      const ours = parseCidr(one.network, ["ipv6"]);
      expect({ network: ours.text, first: ours.base, last: addressText("ipv6", ours.last) }).toEqual({
        network: one.network,
        first: one.first,
        last: one.last,
      });
      expect([String(ours.first), String(ours.last)]).toEqual([one.firstValue, one.lastValue]);
    }
    expect(theirs).toHaveLength(4000);
  });

  test("overlaps of two networks are the same", () => {
    for (const [index, one] of theirs.entries()) {
      expect(overlaps(parseNetwork(one.network), parseNetwork(theirs[(index + 1) % theirs.length]!.network))).toBe(
        one.overlapsNext,
      );
    }
    expect(new Set(theirs.map((one) => one.overlapsNext))).toEqual(new Set([true, false]));
  });

  test("the halves of Docker and of load balancers are the same for subnets from /48 to /96", () => {
    const subnets = ipaddressOracle(
      fc
        .sample(fc.tuple(groups, fc.integer({ min: 48, max: 96 })), 500)
        .map(([numbers, prefix]) => `${spelled(numbers)}/${prefix}`),
    );
    const lower = ipaddressOracle(subnets.map(({ network }) => network.replace(/\d+$/, (n) => String(Number(n) + 1))));
    const highest = ipaddressOracle(subnets.map(({ last }) => `${last}/120`));
    const next = ipaddressOracle(
      highest.map(({ firstValue }) => `${addressText("ipv6", BigInt(firstValue) - 1n)}/120`),
    );
    for (const [index, { network: text, firstValue }] of subnets.entries()) {
      const network = parseIPv6Subnet(text);
      expect(dockerRange(network).text).toBe(lower[index]!.network);
      expect(defaultGateway(network).value).toBe(BigInt(firstValue) + 1n);
      const [top, second] = [ipv6LoadBalancerRange(network, 0), ipv6LoadBalancerRange(network, 1)];
      expect(addressText("ipv6", top.first)).toBe(highest[index]!.first);
      expect(top.last).toBe(BigInt(highest[index]!.lastValue) - 128n);
      expect([second.first, second.last].map((end) => addressText("ipv6", end))).toEqual([
        next[index]!.first,
        next[index]!.last,
      ]);
      expect(contains(parseNetwork(lower[index]!.network), addressAt("ipv6", second.first))).toBe(false);
      expect(contains(network, addressAt("ipv6", second.first))).toBe(true);
    }
  });
});

describe("addresses", () => {
  test("each address has one canonical spelling", () => {
    fc.assert(
      fc.property(groups, (numbers) => {
        const value = numbers.reduce((total, group) => (total << 16n) | BigInt(group), 0n);
        const text = addressText("ipv6", value);
        expect(lenientAddress(spelled(numbers))).toEqual({ family: "ipv6", value, text });
        expect(addressOf(text)).toEqual({ family: "ipv6", value, text });
        expect(addressOf(text.toUpperCase()) === undefined).toBe(text !== text.toUpperCase());
      }),
    );
  });

  test.each([
    "fe80::1%eth0",
    "::ffff:1.2.3.4",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
    ":",
    "",
    "fd00::0",
    "FD00::",
  ])("%s is not an address", (text) => {
    expect(addressOf(text)).toBeUndefined();
  });
});

describe("parseCidr for IPv6", () => {
  test.each([
    ["fd00:10::1/64", "expected a network address, .*Write fd00:10::/64\\."],
    ["fd00:10:0::/64", "Write fd00:10::/64"],
    ["FD00::/8", "Write fd00::/8"],
    ["fd00::/064", "Write fd00::/64"],
    ["fd00::/129", "IPv6 network in CIDR notation"],
    ["fd00::", "IPv6 network in CIDR notation"],
    ["fd00::%eth0/64", "IPv6 network in CIDR notation"],
    ["10.0.0.0/8", "IPv6 network in CIDR notation"],
  ])("rejects %s", (text, message) => {
    expect(() => parseCidr(text, ["ipv6"])).toThrow(new RegExp(message));
  });

  test("reads either family where both are allowed", () => {
    expect(parseNetwork("::/0")).toMatchObject({ family: "ipv6", first: 0n, last: 2n ** 128n - 1n });
    expect(parseNetwork("10.0.0.0/8")).toMatchObject({ family: "ipv4", base: "10.0.0.0" });
    expect(() => parseNetwork("10.0.0/8")).toThrow("IPv4 network in CIDR notation");
  });
});

describe("families", () => {
  test.each([
    ["10.0.0.0/16", ["ipv4"]],
    ["fd00:10::/56", ["ipv6"]],
    ["10.0.0.0/16,fd00:10::/56", ["ipv4", "ipv6"]],
    ["fd00:10::/56,10.0.0.0/16", ["ipv6", "ipv4"]],
  ])("of %s are %j", (text, families) => {
    expect(parseNetworks(text).families).toEqual(families);
  });

  test.each([
    ["10.0.0.0/16,10.1.0.0/16", "one of IPv4 and one of IPv6"],
    ["10.0.0.0/16,fd00::/64,fd01::/64", "one of IPv4 and one of IPv6"],
    ["10.0.0.0/16,", "CIDR notation"],
    ["10.0.0.0/16, fd00::/64", "CIDR notation"],
  ])("%s is rejected", (text, message) => {
    expect(() => parseNetworks(text)).toThrow(message);
  });

  test("keep the setting's string, also in JSON", () => {
    const networks = parseNetworks("fd00:10::/56,10.0.0.0/16");
    expect(networks.text).toBe("fd00:10::/56,10.0.0.0/16");
    expect([networks.ipv4?.text, networks.ipv6?.text]).toEqual(["10.0.0.0/16", "fd00:10::/56"]);
    expect(JSON.stringify({ networks, none: noNetworks })).toBe('{"networks":"fd00:10::/56,10.0.0.0/16","none":""}');
  });

  test("overlap if any two networks of one family overlap, and never across families", () => {
    expect(anyOverlap(parseNetworks("10.0.0.0/16,fd00:10::/56").list, parseNetworks("fd00:10:0:1::/64").list)).toBe(
      true,
    );
    expect(
      anyOverlap(parseNetworks("10.0.0.0/16,fd00:10::/56").list, parseNetworks("10.0.3.0/24,fd00:11::/64").list),
    ).toBe(true);
    expect(
      anyOverlap(parseNetworks("10.0.0.0/16,fd00:10::/56").list, parseNetworks("10.1.0.0/16,fd00:11::/64").list),
    ).toBe(false);
    expect(overlaps(parseNetwork("0.0.0.0/0"), parseNetwork("::/0"))).toBe(false);
  });

  test("a network does not contain addresses of the other family", () => {
    expect(contains(parseNetwork("0.0.0.0/0"), address("::1"))).toBe(false);
    expect(contains(parseNetwork("::/0"), address("10.0.0.1"))).toBe(false);
    expect(contains(networkRange(parseNetwork("fd00::/120")), address("fd00::ff"))).toBe(true);
    expect(contains(networkRange(parseNetwork("fd00::/120")), address("fd00::100"))).toBe(false);
  });
});

describe("the Docker network's IPv6 subnet", () => {
  test.each([
    ["172.18.0.0/16", "fd00:172:18::/64"],
    ["10.255.3.128/28", "fd00:10:255:3::/64"],
    ["10.0.0.0/8", "fd00:10::/64"],
  ])("beside %s is %s", (subnet, text) => {
    expect(ipv6SubnetBeside(parseDockerSubnet(subnet)).text).toBe(text);
  });

  test("the highest block excludes the addresses that are reserved for anycast", () => {
    expect(ipv6LoadBalancerRange(parseIPv6Subnet("fd00:172:18::/64"), 0)).toEqual({
      family: "ipv6",
      first: address("fd00:172:18:0:ffff:ffff:ffff:ff00").value,
      last: address("fd00:172:18:0:ffff:ffff:ffff:ff7f").value,
      size: 128,
      text: "fd00:172:18:0:ffff:ffff:ffff:ff00-fd00:172:18:0:ffff:ffff:ffff:ff7f",
    });
  });

  test.each(["fd00::/47", "fd00::/97", "10.0.0.0/16"])("%s is rejected", (subnet) => {
    expect(() => ipv6LoadBalancerRange(parseIPv6Subnet(subnet), 0)).toThrow(
      /prefix length from \/48 to \/96|IPv6 network/,
    );
  });
});
