import type { ExistingNetwork, ManagementNode } from "./dockerHost";
import type { Problem } from "./problem";

/** What the settings want of the machine's part of the stack. */
export interface WantedManagement {
  name: string;
  nodeImage: string;
  subnet: string;
  /** IPv6 subnet; absent for a network of IPv4 alone. */
  subnetIPv6?: string;
}

const why = ({ name }: WantedManagement): string => `as long as the management cluster ${name} stands`;
const remedy = (key: string): string =>
  `Set ${key} back; or make destroy with the old value, then make up with the new one, which loses every cluster`;

/**
 * Another node image than that of the management cluster which stands. It is another kind cluster, and without the one
 * there is nobody left who could take the workload clusters' containers away: a plan of it is shown, and no `up` does it.
 */
export const otherNodeImage = (wanted: WantedManagement, node: ManagementNode | undefined): Problem[] => {
  const { nodeImage } = wanted;
  // kind may write an image with a digest in another way.
  const same = node === undefined || [nodeImage, node.image].some((one) => one.includes("@"));
  if (same || node.image === nodeImage) return [];
  const key = "managementNodeImage";
  return [{ key, received: nodeImage, rule: `stay ${node.image} ${why(wanted)}`, remedy: remedy(key) }];
};

/** What of the network cannot change while the management cluster stands, which is on it. */
export const managementProblems = (
  wanted: WantedManagement,
  node: ManagementNode | undefined,
  network: ExistingNetwork | undefined,
): Problem[] => {
  if (node === undefined) return [];
  const problems: Problem[] = [];
  if (network !== undefined && !network.subnets.includes(wanted.subnet)) {
    const [subnet = "as it is"] = network.subnets.filter((one) => one.includes("."));
    const key = "networkSubnet";
    problems.push({ key, received: wanted.subnet, rule: `stay ${subnet} ${why(wanted)}`, remedy: remedy(key) });
  }
  const ipv6 = network?.subnets.find((one) => one.includes(":"));
  // A network that is adopted has no owner, and may have IPv6 that nobody uses.
  if (network !== undefined && network.owner !== "" && ipv6 !== wanted.subnetIPv6) {
    const key = "networkSubnetIPv6";
    const rule =
      ipv6 === undefined ? `stay empty, and no cluster have IPv6, ${why(wanted)}` : `stay ${ipv6} ${why(wanted)}`;
    problems.push({ key, received: wanted.subnetIPv6 ?? "", rule, remedy: remedy(key) });
  }
  return problems;
};
