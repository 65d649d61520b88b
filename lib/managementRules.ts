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

/**
 * What cannot change while the management cluster stands. Another node image or subnet is another kind cluster, and
 * without the one there is nobody left who could take the workload clusters' containers away.
 */
export const managementProblems = (
  wanted: WantedManagement,
  node: ManagementNode | undefined,
  network: ExistingNetwork | undefined,
): Problem[] => {
  if (node === undefined) return [];
  const why = `as long as the management cluster ${wanted.name} stands`;
  const remedy = (key: string): string =>
    `Set ${key} back; or make destroy with the old value, then make up with the new one, which loses every cluster`;
  const problems: Problem[] = [];
  // kind may write an image with a digest in another way.
  if (!wanted.nodeImage.includes("@") && !node.image.includes("@") && node.image !== wanted.nodeImage) {
    const key = "managementNodeImage";
    problems.push({ key, received: wanted.nodeImage, rule: `stay ${node.image} ${why}`, remedy: remedy(key) });
  }
  if (network !== undefined && !network.subnets.includes(wanted.subnet)) {
    const [subnet = "as it is"] = network.subnets.filter((one) => one.includes("."));
    const key = "networkSubnet";
    problems.push({ key, received: wanted.subnet, rule: `stay ${subnet} ${why}`, remedy: remedy(key) });
  }
  const ipv6 = network?.subnets.find((one) => one.includes(":"));
  // A network that is adopted has no owner, and may have IPv6 that nobody uses.
  if (network !== undefined && network.owner !== "" && ipv6 !== wanted.subnetIPv6) {
    const key = "networkSubnetIPv6";
    const rule = ipv6 === undefined ? `stay empty, and no cluster have IPv6, ${why}` : `stay ${ipv6} ${why}`;
    problems.push({ key, received: wanted.subnetIPv6 ?? "", rule, remedy: remedy(key) });
  }
  return problems;
};
