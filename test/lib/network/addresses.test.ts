import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { contains } from "../../../lib/network/addressRange";
import { overlaps, refuseOtherSize } from "../../../lib/network/cidr";
import { defaultGateway, dockerRange, gatewayOf } from "../../../lib/network/dockerSubnet";
import { loadBalancerRange } from "../../../lib/network/loadBalancerRange";
import { addressOf, parseCidr, parseDockerSubnet, parseNetwork } from "../../../lib/network/parse";
import { address, addressRange } from "../../helpers/addresses";
import { ipcalc } from "../../helpers/ipcalc";

/** The second oracle: plain arithmetic that shares nothing with the code under test. */
const toText = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value / 2n ** shift) % 256n)).join(".");
const subnetAt = (seed: number, prefix: number): { text: string; first: bigint; last: bigint } => {
  const size = 2n ** BigInt(32 - prefix);
  const first = (BigInt(seed) / size) * size;
  return { text: `${toText(first)}/${prefix}`, first, last: first + size - 1n };
};

const anySubnet = fc
  .record({ seed: fc.nat(0xffffffff), prefix: fc.integer({ min: 8, max: 28 }) })
  .map(({ seed, prefix }) => subnetAt(seed, prefix));

describe("parseCidr", () => {
  test.each([
    ["0.0.0.0/0", 0n, 2n ** 32n - 1n],
    ["172.18.0.0/16", 0xac120000n, 0xac12ffffn],
    ["192.0.2.7/32", 0xc0000207n, 0xc0000207n],
  ])("reads %s", (text, first, last) => {
    expect(parseCidr(text)).toMatchObject({ text, first, last });
  });

  test.each([
    ["172.18.0.1/16", "expected a network address, .*Write 172.18.0.0/16\\."],
    ["10.0.0.0/08", "Write 10.0.0.0/8"],
    ["010.0.0.0/8", "expected an IPv4 network in CIDR notation"],
    ["10.0.0.0", "CIDR notation"],
    ["10.0.0.0/33", "CIDR notation"],
    ["10.0.0.256/8", "CIDR notation"],
    ["10.0.0/8", "CIDR notation"],
    ["10.0.0.0/8/8", "CIDR notation"],
    [" 10.0.0.0/8", "CIDR notation"],
    ["fd00::/64", "CIDR notation"],
    ["", "CIDR notation"],
  ])("rejects %s", (text, message) => {
    expect(() => parseCidr(text)).toThrow(new RegExp(message));
  });

  test("names the value in the error", () => {
    expect(() => parseCidr("172.18.0.1/16")).toThrow('"172.18.0.1/16"');
  });
});

test.each([
  ["192.168.5.128/25", 8, 24, "192.168.5.0/24"],
  ["192.168.5.0/24", 8, 20, "192.168.0.0/20"],
  ["10.0.0.0/7", 8, 24, "10.0.0.0/8"],
  ["fd00:1:2:3:4::/80", 48, 64, "fd00:1:2:3::/64"],
])("the network that the error of %s suggests is one that the rule accepts", (text, shortest, longest, suggested) => {
  const sizes = { shortest, longest };
  expect(() => refuseOtherSize(parseNetwork(text), sizes, "test")).toThrow(`for example ${suggested}.`);
  expect(() => refuseOtherSize(parseNetwork(suggested), sizes, "test")).not.toThrow();
});

describe("loadBalancerRange", () => {
  test.each([
    ["172.18.0.0/16", "172.18.0.1", 29, "172.18.255.248-172.18.255.254", 7],
    ["10.0.0.0/8", "10.0.0.1", 29, "10.255.255.248-10.255.255.254", 7],
    ["10.9.8.16/28", "10.9.8.17", 29, "10.9.8.24-10.9.8.30", 7],
    ["10.9.8.0/24", "10.9.8.254", 29, "10.9.8.248-10.9.8.253", 6],
    ["10.9.8.0/24", "10.9.8.248", 29, "10.9.8.249-10.9.8.254", 6],
    ["10.9.8.0/24", "10.9.8.250", 29, "10.9.8.251-10.9.8.254", 4],
    ["10.9.8.0/24", "10.9.8.252", 29, "10.9.8.248-10.9.8.251", 4],
    ["10.9.8.0/24", "10.9.8.251", 29, "10.9.8.252-10.9.8.254", 3],
    ["10.9.8.0/24", "10.9.8.1", 25, "10.9.8.128-10.9.8.254", 127],
    ["10.9.8.0/24", "10.9.8.1", 31, "10.9.8.254-10.9.8.254", 1],
    ["10.9.8.0/24", "10.9.8.253", 30, "10.9.8.254-10.9.8.254", 1],
  ])("of %s with gateway %s and /%i is %s", (subnet, gateway, prefix, text, size) => {
    expect(loadBalancerRange(parseDockerSubnet(subnet), address(gateway), prefix)).toMatchObject({ text, size });
  });

  test("takes the upper of two equal pieces", () => {
    // The /28 block .240-.254 around .247 leaves seven addresses on either side.
    expect(loadBalancerRange(parseDockerSubnet("10.9.8.0/24"), address("10.9.8.247"), 28).text).toBe(
      "10.9.8.248-10.9.8.254",
    );
  });

  test.each([
    ["172.18.0.0/16", "172.18.0.0", 29, "neither its first nor its last"],
    ["172.18.0.0/16", "172.18.255.255", 29, "neither its first nor its last"],
    ["172.18.0.0/16", "172.19.0.1", 29, "Write 172.18.0.1"],
    ["172.18.0.0/16", "172.18.0.1", 16, "an integer from 17 to 31"],
    ["172.18.0.0/16", "172.18.0.1", 32, "an integer from 17 to 31"],
    ["172.18.0.0/16", "172.18.0.1", 24.5, "an integer from 17 to 31"],
    ["172.18.0.0/16", "172.18.255.254", 31, "a block with an address other than the broadcast address"],
    ["172.18.0.0/29", "172.18.0.1", 30, "prefix length from /8 to /28"],
    ["0.0.0.0/7", "0.0.0.1", 29, "prefix length from /8 to /28"],
  ])("rejects %s with gateway %s and /%i", (subnet, gateway, prefix, message) => {
    expect(() => loadBalancerRange(parseDockerSubnet(subnet), address(gateway), prefix)).toThrow(message);
  });

  test("has no gateway that is not an address", () => {
    expect(() => gatewayOf(parseDockerSubnet("172.18.0.0/16"), "gateway")).toThrow(
      'expected an address of 172.18.0.0/16 that is neither its first nor its last, got "gateway"',
    );
  });

  test("agrees with plain arithmetic for any subnet, gateway and block", () => {
    fc.assert(
      fc.property(
        anySubnet,
        fc.nat(0xffffffff),
        fc.integer({ min: 1, max: 23 }),
        fc.boolean(),
        (subnet, seed, more, near) => {
          const prefix = Math.min(Number(subnet.text.split("/")[1]) + more, 30);
          const hosts = subnet.last - subnet.first - 1n;
          const gateway = near
            ? subnet.last - 1n - ((BigInt(seed) % 16n) % hosts)
            : subnet.first + 1n + (BigInt(seed) % hosts);
          const range = loadBalancerRange(parseDockerSubnet(subnet.text), address(toText(gateway)), prefix);
          const { first, last } = range;
          const block = 2n ** BigInt(32 - prefix);

          expect(first).toBeGreaterThanOrEqual(subnet.last + 1n - block);
          expect(last).toBeLessThan(subnet.last);
          expect(first <= gateway && gateway <= last).toBe(false);
          expect(BigInt(range.size)).toBe(last - first + 1n);
          // The range is maximal: the next address at each end is outside the block, the broadcast address or the gateway.
          expect(first - 1n === gateway || first === subnet.last + 1n - block).toBe(true);
          expect(last + 1n === gateway || last + 1n === subnet.last).toBe(true);
          expect(2n * BigInt(range.size)).toBeGreaterThanOrEqual(block - 2n);
          expect(
            [first, last]
              .map((end) => address(toText(end)))
              .every((end) => contains(range, end) && contains(parseNetwork(subnet.text), end)),
          ).toBe(true);
          expect(contains(range, address(toText(gateway)))).toBe(false);
          expect(
            overlaps(
              dockerRange(parseNetwork(subnet.text)),
              parseNetwork(`${toText(subnet.last + 1n - block)}/${prefix}`),
            ),
          ).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("against ipcalc", () => {
  test("parseCidr, defaultGateway and the end of loadBalancerRange, for thousands of random subnets", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 8, max: 28 }), (seed, prefix) => {
        const parent = subnetAt(seed, prefix - 7);
        for (const theirs of ipcalc(parent.text, prefix)) {
          const ours = parseCidr(theirs.network);
          const range = loadBalancerRange(parseDockerSubnet(theirs.network), address(theirs.hostMin));
          expect(theirs).toEqual({
            network: ours.text,
            hostMin: defaultGateway(ours).text,
            hostMax: toText(range.last),
            broadcast: toText(ours.last),
          });
          compared++;
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBe(25 * 128);
  });

  test("loadBalancerRange is the highest /29, like the range of the original script", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 20, max: 28 }), (seed, prefix) => {
        const subnet = subnetAt(seed, prefix);
        const blocks = ipcalc(subnet.text, 29);
        const highest = blocks.at(-1);
        expect(blocks).toHaveLength(2 ** (29 - prefix));
        const range = loadBalancerRange(parseDockerSubnet(subnet.text), defaultGateway(parseNetwork(subnet.text)));
        expect(`${toText(range.first)}/29`).toBe(highest?.network);
        expect(toText(range.last)).toBe(highest?.hostMax);
      }),
      { numRuns: 25 },
    );
  });

  test("loadBalancerRange of large subnets is the /29 that ends with the broadcast address", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 8, max: 19 }), (seed, prefix) => {
        const subnet = subnetAt(seed, prefix);
        const [whole] = ipcalc(subnet.text);
        const [block] = ipcalc(`${whole?.broadcast}/29`);
        const range = loadBalancerRange(parseDockerSubnet(subnet.text), defaultGateway(parseNetwork(subnet.text)));
        expect([`${toText(range.first)}/29`, toText(range.last)]).toEqual([block?.network, block?.hostMax]);
      }),
      { numRuns: 50 },
    );
  });

  test("dockerRange is the first of the subnet's two halves", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 8, max: 28 }), (seed, prefix) => {
        const subnet = subnetAt(seed, prefix);
        expect(dockerRange(parseNetwork(subnet.text)).text).toBe(ipcalc(subnet.text, prefix + 1)[0]?.network);
      }),
      { numRuns: 50 },
    );
  });
});

describe("overlaps and contains", () => {
  test.each([
    ["192.168.0.0/16", "10.128.0.0/12", false],
    ["10.128.0.0/12", "10.143.0.0/16", true],
    ["10.144.0.0/16", "10.128.0.0/12", false],
    ["0.0.0.0/0", "203.0.113.0/24", true],
    ["172.18.0.0/16", "172.18.0.0/16", true],
    ["172.18.0.0/17", "172.18.128.0/17", false],
  ])("%s and %s: %s", (a, b, expected) => {
    expect(overlaps(parseNetwork(a), parseNetwork(b))).toBe(expected);
    expect(overlaps(parseCidr(b), parseCidr(a))).toBe(expected);
  });

  test("two networks overlap exactly if one contains the first address of the other", () => {
    fc.assert(
      fc.property(anySubnet, anySubnet, fc.boolean(), (a, b, same) => {
        const other = same ? subnetAt(Number(a.first), Number(b.text.split("/")[1])) : b;
        const expected =
          (a.first <= other.first && other.first <= a.last) || (other.first <= a.first && a.first <= other.last);
        expect(overlaps(parseNetwork(a.text), parseNetwork(other.text))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["172.18.255.248", true],
    ["172.18.255.254", true],
    ["172.18.255.247", false],
    ["172.18.255.255", false],
    ["", false],
    ["172.18.255.0250", false],
    ["fe80::1", false],
  ])("the range of 172.18.0.0/16 contains %s: %s", (text, expected) => {
    expect(contains(addressRange("172.18.255.248-172.18.255.254"), addressOf(text))).toBe(expected);
  });
});
