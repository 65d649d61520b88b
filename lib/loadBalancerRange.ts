import { addressOf, addressText } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import type { Cidr } from "./cidr";
import { dockerSubnet } from "./dockerSubnet";
import { refuse } from "./problem";

/** How many blocks of a prefix length the upper half of a subnet has; 0 where not even one fits. */
export const blocksOf = (subnet: string, prefixLength: number): number => {
  const { prefix } = dockerSubnet(subnet);
  return prefixLength > prefix ? 2 ** (prefixLength - prefix - 1) : 0;
};

/**
 * The addresses a load balancer may give out: a block of the subnet's upper half with the given prefix length, without
 * the subnet's network and broadcast address and without the gateway. A gateway inside the block leaves two pieces,
 * of which the larger is taken (the upper one of two equals).
 *
 * @param prefixLength default 29: eight addresses, of which the last is the broadcast address
 * @param slot which block, counted from the highest down; default 0, the highest
 * @throws ProblemError for a subnet outside /8 to /28, a block that is no part of the upper half, a gateway that is
 * no host address of the subnet, and where no address remains
 */
export const loadBalancerRange = (subnet: string, gateway: string, prefixLength = 29, slot = 0): AddressRange => {
  const cidr = dockerSubnet(subnet);
  if (!Number.isInteger(prefixLength) || prefixLength <= cidr.prefix || prefixLength > 31) {
    refuse({
      received: prefixLength,
      rule: `be a whole number from ${cidr.prefix + 1} to 31, since Docker keeps the lower half of ${subnet}`,
      remedy: "Set loadBalancerPrefix to 29, or to the length of the block you want",
    });
  }
  const taken = gatewayOf(cidr, gateway);
  const blocks = blocksOf(subnet, prefixLength);
  if (!Number.isInteger(slot) || slot < 0 || slot >= blocks) {
    refuse({
      received: slot,
      rule: `be from 0 to ${blocks - 1}, since the upper half of ${subnet} has ${blocks} blocks of /${prefixLength}`,
      remedy: "Choose a number of that range, or a larger networkSubnet",
    });
  }
  const size = 1n << BigInt(32 - prefixLength);
  const last = cidr.last - BigInt(slot) * size;
  const first = last - size + 1n;
  const usable = last === cidr.last ? last - 1n : last;
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
      rule: `leave an address beside the broadcast address of ${subnet} and the gateway ${gateway}`,
      remedy: "Set loadBalancerPrefix to 29 or less",
    });
  }
  return rangeOf(largest.first, largest.last);
};

const gatewayOf = (subnet: Cidr, gateway: string): bigint => {
  const { family, value } = addressOf(gateway) ?? {};
  if (family === "ipv4" && value !== undefined && value > subnet.first && value < subnet.last) return value;
  return refuse({
    received: gateway,
    rule: `be an address of ${subnet.text} that is neither its first nor its last`,
    remedy: `Write ${addressText("ipv4", subnet.first + 1n)}, or leave the gateway out`,
  });
};
