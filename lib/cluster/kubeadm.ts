import type { IpFamily } from "../network/address";
import type { ClusterSpec } from "./spec";

/** What kubeadm has to be told about addresses; all of it empty for a cluster of IPv4 alone. */
export interface KubeadmFamilies {
  /** Addresses the API server's certificate is made for besides. */
  certSANs: string[];
  /** Of the control plane's kubeadmConfigSpec. */
  controlPlane: object;
  /** The kubelet's arguments on a worker. */
  kubeletExtraArgs: { name: string; value: string }[];
  /** What a worker runs before kubeadm. */
  preKubeadmCommands: string[];
}

/** "Any IPv6 address" makes kubeadm and the kubelet choose the node's own of that family. */
const anyIPv6 = "::";

/** What a cluster's address families ask of kubeadm. */
export const kubeadmFamilies = ({ podCidr: { families } }: Pick<ClusterSpec, "podCidr">): KubeadmFamilies => {
  if (!families.includes("ipv6")) {
    return { certSANs: [], controlPlane: {}, kubeletExtraArgs: [], preKubeadmCommands: [] };
  }
  const dual = families.length === 2;
  const kubeletExtraArgs = dual ? [] : [{ name: "node-ip", value: anyIPv6 }];
  const preKubeadmCommands = dual ? [bothAddresses(families)] : [];
  const registration = dual ? {} : { nodeRegistration: { kubeletExtraArgs } };
  // Left to itself kubeadm advertises an IPv4 address, which the API server refuses beside services of IPv6.
  const localAPIEndpoint = { advertiseAddress: anyIPv6, bindPort: 6443 };
  const endpoints =
    families[0] === "ipv6" ? { init: { localAPIEndpoint }, join: { controlPlane: { localAPIEndpoint } } } : {};
  const configurations = {
    initConfiguration: { ...endpoints.init, ...registration },
    joinConfiguration: { ...endpoints.join, ...registration },
  };
  return {
    certSANs: [anyIPv6, "::1"],
    controlPlane: {
      // An empty configuration is refused.
      ...(families[0] === "ipv6" ? configurations : {}),
      ...(dual ? { preKubeadmCommands } : {}),
    },
    kubeletExtraArgs,
    preKubeadmCommands,
  };
};

/** A kubelet without a cloud provider registers one address of its own, and takes a second only as an argument. */
const bothAddresses = (families: readonly IpFamily[]): string => {
  const address = (family: IpFamily): string =>
    `$(ip -${family === "ipv4" ? 4 : 6} -o address show dev eth0 scope global | awk '{sub("/.*", "", $4); print $4; exit}')`;
  const addresses = families.map(address).join(",");
  return `sed -i "s|^KUBELET_EXTRA_ARGS=.*|& --node-ip=${addresses}|" /etc/default/kubelet`;
};
