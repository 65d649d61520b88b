import type { Problem } from "../../lib/base/problem";
import type { ExistingNetwork, ManagementNode } from "../../system/docker";

/** What the settings want of the machine's part of the stack. */
export interface RequiredManagement {
  name: string;
  nodeImage: string;
  subnet: string;
  /** IPv6 subnet; absent for a network of IPv4 alone. */
  subnetIPv6?: string;
}

const why = ({ name }: RequiredManagement): string => `as long as the management cluster ${name} exists`;
const remedy = (key: string): string =>
  `Set ${key} back; or make destroy with the old value, then make up with the new one, which loses every cluster`;

/**
 * Another node image than that of the management cluster which stands. It is another kind cluster, and without the one
 * there is nobody left who could take the workload clusters' containers away: a plan of it is shown, and no `up` does it.
 */
export const nodeImageProblems = (wanted: RequiredManagement, node: ManagementNode | undefined): Problem[] => {
  const { nodeImage } = wanted;
  // kind may write an image with a digest in another way.
  const same = node === undefined || [nodeImage, node.image].some((one) => one.includes("@"));
  if (same || node.image === nodeImage) return [];
  const key = "managementNodeImage";
  return [{ key, received: nodeImage, rule: `${node.image} ${why(wanted)}`, remedy: remedy(key) }];
};

/** What of the network cannot change while the management cluster stands, which is on it. */
export const managementProblems = (
  wanted: RequiredManagement,
  node: ManagementNode | undefined,
  network: ExistingNetwork | undefined,
): Problem[] => {
  if (node === undefined) return [];
  const problems: Problem[] = [];
  if (network !== undefined && !network.subnets.includes(wanted.subnet)) {
    const [subnet = "the subnet of the network kind"] = network.subnets.filter((one) => one.includes("."));
    const key = "networkSubnet";
    problems.push({ key, received: wanted.subnet, rule: `${subnet} ${why(wanted)}`, remedy: remedy(key) });
  }
  const ipv6 = network?.subnets.find((one) => one.includes(":"));
  // A network that is adopted has no owner, and may have IPv6 that nobody uses.
  if (network !== undefined && network.owner !== "" && ipv6 !== wanted.subnetIPv6) {
    const key = "networkSubnetIPv6";
    const rule = ipv6 === undefined ? `no value, and no cluster with IPv6, ${why(wanted)}` : `${ipv6} ${why(wanted)}`;
    problems.push({ key, received: wanted.subnetIPv6 ?? "", rule, remedy: remedy(key) });
  }
  return problems;
};

/** What a stack wants of the network `kind`. */
export interface RequiredNetwork {
  subnet: string;
  /** IPv6 subnet; absent where it needs none. */
  subnetIPv6?: string;
  owner: string;
  adopt: boolean;
}

/** Why the network that is there cannot be used as wished, with the remedy; undefined where it can. */
export const networkProblem = (wish: RequiredNetwork, found: ExistingNetwork | undefined): string | undefined => {
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
