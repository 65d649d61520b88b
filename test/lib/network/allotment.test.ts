import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ProblemError } from "../../../lib/base/problem";
import { addressAt } from "../../../lib/network/address";
import { contains } from "../../../lib/network/addressRange";
import {
  blocksOf,
  loadBalancerRange,
  allotRanges,
  type RangeClaim,
  slotOf,
} from "../../../lib/network/loadBalancerRange";
import { parseDockerSubnet, parseNetwork } from "../../../lib/network/parse";
import { address } from "../../helpers/addresses";

const network = parseDockerSubnet("172.18.0.0/16");
const gateway = address("172.18.0.1");
const allot = (...clusters: RangeClaim[]) => allotRanges(network, gateway, 29, clusters);

test("slots count from the highest block down", () => {
  const ranges = allot({ name: "a", slot: 0 }, { name: "b", slot: 1 }, { name: "c", slot: 4095 });
  expect(Object.values(ranges).map(({ text }) => text)).toEqual([
    "172.18.255.248-172.18.255.254",
    "172.18.255.240-172.18.255.247",
    "172.18.128.0-172.18.128.7",
  ]);
});

test("slot 0 is the range of a single cluster", () => {
  expect(allot({ name: "a", slot: 0 })["a"]).toEqual(loadBalancerRange(network, gateway));
});

test("a name gives the same block in every stack of the same network", () => {
  expect(allot({ name: "east" })["east"]?.text).toBe(allot({ name: "x", slot: 7 }, { name: "east" })["east"]?.text);
  expect(slotOf("east", 4096)).toBe(slotOf("east", 4096));
});

test("a gateway within a lower block is not part of the range", () => {
  const ranges = allotRanges(parseDockerSubnet("10.9.8.0/24"), address("10.9.8.240"), 29, [{ name: "a", slot: 1 }]);
  expect(ranges["a"]?.text).toBe("10.9.8.241-10.9.8.247");
});

describe("rejects, with a remedy,", () => {
  test.each<[string, RangeClaim[], RegExp]>([
    [
      "two clusters on one block",
      [
        { name: "a", slot: 0 },
        { name: "b", slot: 0, key: "clusters[1].loadBalancerSlot" },
      ],
      /^clusters\[1\]\.loadBalancerSlot: expected a free block for cluster b, because cluster a has block 0, got 0\. Set loadBalancerSlot of b to 1, which is free\.$/,
    ],
    [
      "a slot without a block",
      [{ name: "a", slot: 4096 }],
      /loadBalancerSlot: expected a number from 0 to 4095, .*, got 4096/,
    ],
  ])("%s", (_, clusters, message) => expect(() => allot(...clusters)).toThrow(message));

  test("more clusters than blocks, each of them", () => {
    const clusters = ["a", "b", "c"].map((name) => ({ name, slot: 0 }));
    expect(() => allotRanges(parseDockerSubnet("10.9.8.0/28"), address("10.9.8.1"), 29, clusters)).toThrow(
      /cluster b.*\n.*cluster c/,
    );
    expect(() => allotRanges(parseDockerSubnet("10.9.8.0/28"), address("10.9.8.1"), 29, clusters)).toThrow(
      /larger networkSubnet.*has only 1 blocks/,
    );
  });
});

describe("for any network and any clusters", () => {
  const anyNetwork = fc.integer({ min: 8, max: 26 }).chain((prefix) =>
    fc.record({
      subnet: fc.constant(`10.0.0.0/${prefix}`),
      prefixLength: fc.integer({ min: prefix + 1, max: 30 }),
    }),
  );
  const anyClusters = fc.uniqueArray(
    fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }), slot: fc.option(fc.nat(40), { nil: undefined }) }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 12 },
  );
  const allotted = (subnet: string, prefixLength: number, clusters: RangeClaim[]) => {
    try {
      return new Map(
        Object.entries(allotRanges(parseDockerSubnet(subnet), address("10.0.0.1"), prefixLength, clusters)),
      );
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      return undefined;
    }
  };
  const network10 = parseNetwork("10.0.0.0/8");

  test("ranges are disjoint, and inside the upper half", () => {
    fc.assert(
      fc.property(anyNetwork, anyClusters, ({ subnet, prefixLength }, clusters) => {
        const ranges = [...(allotted(subnet, prefixLength, clusters)?.values() ?? [])];
        const sorted = ranges.sort((a, b) => Number(a.first - b.first));
        const half = 2 ** (31 - Number(subnet.split("/")[1]));
        for (const [index, range] of sorted.entries()) {
          const ends = [range.first, range.last].map((end) => addressAt("ipv4", end));
          expect(ends.every((end) => contains(parseNetwork(subnet), end))).toBe(true);
          expect(Number(range.first - network10.first)).toBeGreaterThanOrEqual(half);
          expect(range.first).toBeGreaterThan(sorted[index - 1]?.last ?? 0n);
        }
      }),
    );
  });

  test("removing and reordering clusters does not move other clusters", () => {
    fc.assert(
      fc.property(anyNetwork, anyClusters, fc.infiniteStream(fc.nat(99)), (net, clusters, dice) => {
        const all = allotted(net.subnet, net.prefixLength, clusters);
        if (all === undefined) return;
        const kept = clusters
          .map((cluster) => ({ cluster, rank: Number(dice.next().value) }))
          .filter(({ rank }) => rank < 66)
          .sort((a, b) => a.rank - b.rank);
        const fewer = allotted(
          net.subnet,
          net.prefixLength,
          kept.map(({ cluster }) => cluster),
        );
        expect(fewer).toBeDefined();
        for (const [name, range] of fewer ?? []) expect(range).toEqual(all.get(name));
      }),
    );
  });

  test("a slot that the remedy calls free is free", () => {
    fc.assert(
      fc.property(anyClusters, (clusters) => {
        const requests = clusters.map((cluster) => ({ ...cluster, key: cluster.name }));
        const settled = new Map(requests.map((claim) => [claim.name, claim]));
        try {
          allotRanges(parseDockerSubnet("10.0.0.0/24"), address("10.0.0.1"), 30, requests);
        } catch (error) {
          for (const { key, remedy, rule } of (error as ProblemError).problems) {
            const free = /to (\d+), which is free/.exec(remedy)?.[1];
            const claim = settled.get(key ?? "");
            if (free && claim) settled.set(claim.name, { ...claim, slot: Number(free) });
            else if (rule.startsWith("a number from") && claim) settled.delete(claim.name);
          }
          const again = () =>
            allotRanges(parseDockerSubnet("10.0.0.0/24"), address("10.0.0.1"), 30, [...settled.values()]);
          expect(blocksOf(parseDockerSubnet("10.0.0.0/24"), 30)).toBe(32);
          expect(again).not.toThrow();
        }
      }),
    );
  });
});
