import type { Problem } from "../../lib/base/problem";
import type { Cidr } from "../../lib/network/cidr";
import type { ExistingNetwork, ManagementNode } from "../../system/docker";

/** Management cluster and network of the settings. */
export interface RequiredManagement {
  name: string;
  nodeImage: string;
  subnet: Cidr;
  /** IPv6 subnet; absent for an IPv4-only network. */
  subnetIPv6?: Cidr;
  /** Owner label of the stack's Docker resources. */
  owner: string;
}

const why = ({ name }: Pick<RequiredManagement, "name">): string => `while the management cluster ${name} exists`;
const remedy = (key: string): string =>
  `Set ${key} back. Or run make destroy with the old value and make up with the new value, which deletes every cluster`;

/**
 * Rejects a change of the node image while the management cluster exists. The change would replace the kind cluster and
 * orphan the workload clusters' containers. A plan shows the change; an `up` rejects it.
 */
export const nodeImageProblems = (
  wanted: Pick<RequiredManagement, "name" | "nodeImage">,
  node: ManagementNode | undefined,
): Problem[] => {
  const { nodeImage } = wanted;
  // kind may write an image with a digest differently, so such images are not compared.
  const same = node === undefined || [nodeImage, node.image].some((image) => image.includes("@"));
  if (same || node.image === nodeImage) return [];
  const key = "managementNodeImage";
  return [{ key, received: nodeImage, rule: `${node.image} ${why(wanted)}`, remedy: remedy(key) }];
};

/** Rejects changes of the network while the management cluster, which uses the network, exists. */
export const managementProblems = (
  wanted: RequiredManagement,
  node: ManagementNode | undefined,
  network: ExistingNetwork | undefined,
): Problem[] => {
  if (node === undefined) return [];
  const problems: Problem[] = [];
  if (network !== undefined && !network.subnets.includes(wanted.subnet.text)) {
    const [subnet = "the subnet of the network kind"] = network.subnets.filter((one) => one.includes("."));
    const key = "networkSubnet";
    problems.push({ key, received: wanted.subnet.text, rule: `${subnet} ${why(wanted)}`, remedy: remedy(key) });
  }
  const ipv6 = network?.subnets.find((subnet) => subnet.includes(":"));
  // An adopted network has another owner or none, and its IPv6 subnet may be unused.
  if (network !== undefined && network.owner === wanted.owner && ipv6 !== wanted.subnetIPv6?.text) {
    problems.push({
      key: "IPv6 of the Docker network",
      rule: `${ipv6 ?? "no IPv6 subnet"} ${why(wanted)}`,
      got: wanted.subnetIPv6?.text ?? "none",
      remedy:
        "Set networkSubnetIPv6, networkSubnet and the IPv6 networks of clusters back. Or run make destroy with the old values and make up with the new values, which deletes every cluster",
    });
  }
  return problems;
};

/** Network `kind` as the settings require it. */
export interface RequiredNetwork {
  subnet: Cidr;
  /** IPv6 subnet; absent if the stack does not need it. */
  subnetIPv6?: Cidr;
  owner: string;
  adopt: boolean;
}

/** Returns why the existing network does not fit the settings, with the remedy; undefined if the network fits. */
export const networkProblem = (
  required: RequiredNetwork,
  existing: ExistingNetwork | undefined,
): string | undefined => {
  if (existing === undefined) {
    return required.adopt
      ? "adoptNetwork: expected an existing Docker network kind, got none. Set adoptNetwork to false, and Slipway creates it."
      : undefined;
  }
  if (required.adopt) {
    if (required.subnetIPv6 !== undefined && !existing.subnets.includes(required.subnetIPv6.text)) {
      const [ipv6] = existing.subnets.filter((subnet) => subnet.includes(":"));
      const remedy =
        ipv6 === undefined
          ? "Recreate the network with IPv6, or use IPv4-only clusters."
          : "Set networkSubnetIPv6 to this subnet.";
      return `networkSubnetIPv6: expected the IPv6 subnet of the adopted network kind (${ipv6 ?? "none"}), got ${required.subnetIPv6.text}. ${remedy}`;
    }
    return existing.subnets.includes(required.subnet.text)
      ? undefined
      : `networkSubnet: expected the IPv4 subnet of the adopted network kind (${existing.subnets.join(", ") || "none"}), got ${required.subnet.text}. Set networkSubnet to this subnet.`;
  }
  if (existing.owner === required.owner) return undefined;
  const whose =
    existing.owner === "" ? "a network that Slipway did not create" : `the network of the stack ${existing.owner}`;
  return (
    `Docker network kind: expected a network of this stack or none, got ${whose}. ` +
    `Remove it with docker network rm kind if nothing uses it, or set adoptNetwork to true and networkSubnet to ${existing.subnets.find((subnet) => subnet.includes(".")) ?? "its subnet"}.`
  );
};
