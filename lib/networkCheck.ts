import type { ExistingNetwork } from "./dockerHost";

/** What a stack wants of the network `kind`. */
export interface NetworkWish {
  subnet: string;
  /** IPv6 subnet; absent where it needs none. */
  subnetIPv6?: string;
  owner: string;
  adopt: boolean;
}

/** Why the network that is there cannot be used as wished, with the remedy; undefined where it can. */
export const networkProblem = (wish: NetworkWish, found: ExistingNetwork | undefined): string | undefined => {
  if (found === undefined) {
    return wish.adopt
      ? "adoptNetwork: true, but Docker has no network kind to adopt; set adoptNetwork to false and Slipway makes it"
      : undefined;
  }
  if (wish.adopt) {
    if (wish.subnetIPv6 !== undefined && !found.subnets.includes(wish.subnetIPv6)) {
      const [ipv6] = found.subnets.filter((subnet) => subnet.includes(":"));
      const remedy = ipv6 === undefined ? "make it again with IPv6, or give clusters IPv4 alone" : "set it to that";
      return `networkSubnetIPv6: ${wish.subnetIPv6}, but the network kind to adopt has ${ipv6 ?? "no IPv6"}; ${remedy}`;
    }
    return found.subnets.includes(wish.subnet)
      ? undefined
      : `networkSubnet: ${wish.subnet}, but the network kind to adopt has ${found.subnets.join(", ") || "no subnet"}; set networkSubnet to its IPv4 subnet`;
  }
  if (found.owner === wish.owner) return undefined;
  const whose = found.owner === "" ? "was not made by Slipway" : `belongs to the stack ${found.owner}`;
  return (
    `Docker already has a network kind, and it ${whose}; remove it (docker network rm kind) if nothing uses it, ` +
    `or set adoptNetwork to true and networkSubnet to ${found.subnets.find((subnet) => subnet.includes(".")) ?? "its subnet"}`
  );
};
