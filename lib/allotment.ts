import { createHash } from "node:crypto";
import type { AddressRange } from "./addressRange";
import { blocksOf, loadBalancerRange } from "./loadBalancerRange";
import { type Problem, ProblemError, problemsOf } from "./problem";

/** A cluster that wants load balancer addresses. */
export interface RangeClaim {
  readonly name: string;
  /** Which block, counted from the highest down; absent: the one its name gives. */
  readonly slot?: number;
  /** What the slot's setting is called, for errors; default `loadBalancerSlot`. */
  readonly key?: string;
}

/**
 * A block of the subnet's upper half for each cluster, by name. The block follows from the cluster's own slot or name
 * alone: neither the order of the list nor the other clusters matter, so adding or removing one moves nobody.
 *
 * @param prefixLength size of each block
 * @throws ProblemError naming every two clusters that fall on one block, and a free number for the second
 */
export const allotRanges = (
  subnet: string,
  gateway: string,
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
      rule: `be another block than that of ${holder}, which ${name} would share`,
      remedy:
        free === undefined
          ? `Set loadBalancerPrefix to a longer one or choose a larger networkSubnet: its upper half has ${blocks} blocks`
          : `Set loadBalancerSlot of ${name} to ${free}, which is free`,
    });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return ranges;
};

/** The block that a name gives: the same in every stack with as many blocks. */
export const slotOf = (name: string, blocks: number): number =>
  blocks === 0 ? 0 : createHash("sha256").update(name).digest().readUInt32BE(0) % blocks;

const firstFree = (taken: ReadonlySet<number>, blocks: number): number | undefined => {
  // As many numbers as are taken, and one more, hold a free one.
  for (let slot = 0; slot < Math.min(blocks, taken.size + 1); slot += 1) if (!taken.has(slot)) return slot;
  return undefined;
};
