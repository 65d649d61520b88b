import { createHash } from "node:crypto";
import { refuse, type Problem, ProblemError, problemsOf } from "../base/problem";
import type { Address } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import type { Cidr } from "./cidr";
import { gatewayOf } from "./dockerSubnet";

/** Returns the number of blocks with a prefix length in the upper half of a subnet; 0 if no block fits. */
export const blocksOf = ({ prefix }: Cidr, prefixLength: number): number =>
  prefixLength > prefix ? 2 ** (prefixLength - prefix - 1) : 0;

/**
 * Returns the addresses of a load balancer: a block in the subnet's upper half with the given prefix length. The range
 * excludes the subnet's network address, broadcast address and gateway. A gateway inside the block splits it into two
 * pieces. The range is then the larger piece, or the upper one of two equal pieces.
 *
 * @param prefixLength - default: 29, eight addresses, of which the last is the broadcast address
 * @param slot - number of the block, counted from the highest down; default: 0, the highest
 * @throws ProblemError for a block outside the upper half, for a gateway that is not a host address of the subnet, and
 * if no address remains
 */
export const loadBalancerRange = (subnet: Cidr, gateway: Address, prefixLength = 29, slot = 0): AddressRange => {
  if (!Number.isInteger(prefixLength) || prefixLength <= subnet.prefix || prefixLength > 31) {
    refuse({
      received: prefixLength,
      rule: `an integer from ${subnet.prefix + 1} to 31, because Docker keeps the lower half of ${subnet.text}`,
      remedy: "Set loadBalancerPrefix to 29, or to the length of the block you want",
    });
  }
  const { value: taken, text: gatewayText } = gatewayOf(subnet, gateway);
  const blocks = blocksOf(subnet, prefixLength);
  if (!Number.isInteger(slot) || slot < 0 || slot >= blocks) {
    refuse({
      received: slot,
      rule: `a number from 0 to ${blocks - 1}, because the upper half of ${subnet.text} has ${blocks} blocks of /${prefixLength}`,
      remedy: "Choose a number in that range, or a larger networkSubnet",
    });
  }
  const size = 1n << BigInt(32 - prefixLength);
  const last = subnet.last - BigInt(slot) * size;
  const first = last - size + 1n;
  const usable = last === subnet.last ? last - 1n : last;
  const pieces =
    taken < first || taken > last
      ? [{ first, last: usable }]
      : [
          { first: taken + 1n, last: usable },
          { first, last: taken - 1n },
        ];
  const largest = pieces.reduce((best, piece) => (piece.last - piece.first > best.last - best.first ? piece : best));
  if (largest.last < largest.first) {
    refuse({
      received: prefixLength,
      rule: `a block with an address other than the broadcast address of ${subnet.text} and the gateway ${gatewayText}`,
      remedy: "Set loadBalancerPrefix to 29",
    });
  }
  return rangeOf(largest.first, largest.last);
};

/** A cluster that needs load balancer addresses. */
export interface RangeClaim {
  readonly name: string;
  /** Number of the block, counted from the highest down; default: derived from the cluster's name. */
  readonly slot?: number;
  /** Name of the slot's setting, for errors; default: `loadBalancerSlot`. */
  readonly key?: string;
}

/**
 * Returns a block of the subnet's upper half for each cluster, by name. The block depends only on the cluster's slot
 * or name, so adding or removing a cluster does not move other clusters.
 *
 * @param prefixLength - size of each block
 * @throws ProblemError for every two clusters with the same block, with a free number for the second cluster
 */
export const allotRanges = (
  subnet: Cidr,
  gateway: Address,
  prefixLength: number,
  clusters: readonly RangeClaim[],
): Record<string, AddressRange> => {
  const blocks = blocksOf(subnet, prefixLength);
  const slots = clusters.map(({ name, slot }) => slot ?? slotOf(name, blocks));
  const problems: Problem[] = [];
  const ranges: Record<string, AddressRange> = {};
  const holders = new Map<number, string>();
  const taken = new Set(slots);
  for (const [index, { name, key = "loadBalancerSlot" }] of clusters.entries()) {
    const slot = slots[index] ?? 0;
    const holder = holders.get(slot);
    if (holder === undefined) {
      holders.set(slot, name);
      problems.push(
        ...problemsOf(() => (ranges[name] = loadBalancerRange(subnet, gateway, prefixLength, slot))).map((problem) => ({
          ...problem,
          key,
        })),
      );
      continue;
    }
    const free = firstFree(taken, blocks);
    if (free !== undefined) taken.add(free);
    problems.push({
      key,
      received: slot,
      rule: `a free block for cluster ${name}, because cluster ${holder} has block ${slot}`,
      remedy:
        free === undefined
          ? `Set a longer loadBalancerPrefix or a larger networkSubnet, whose upper half has only ${blocks} blocks`
          : `Set loadBalancerSlot of ${name} to ${free}, which is free`,
    });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return ranges;
};

/** Returns the block for a name, which is the same in every stack with as many blocks. */
export const slotOf = (name: string, blocks: number): number =>
  blocks === 0 ? 0 : createHash("sha256").update(name).digest().readUInt32BE(0) % blocks;

const firstFree = (taken: ReadonlySet<number>, blocks: number): number | undefined => {
  // With one number more than there are taken slots, at least one number is free.
  for (let slot = 0; slot < Math.min(blocks, taken.size + 1); slot += 1) if (!taken.has(slot)) return slot;
  return undefined;
};
