import { parseNetworks } from "./ipFamilies";

/** The pods' networks by family. */
export interface PodPools {
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** As the setting has them. */
  readonly text: string;
}

/** The pods' networks of a cluster's `podCidr`. */
export const podPools = (podCidr: string): PodPools => ({
  ...Object.fromEntries(parseNetworks(podCidr).map(({ family, text }) => [family, text])),
  text: podCidr,
});

/** Environment of calico-node. */
export const calicoVariables = ({ ipv4, ipv6 }: PodPools): Record<string, string> => ({
  // Without an IPv4 address there is none to take BGP's router id from.
  ...(ipv4 === undefined ? { IP: "none", CALICO_ROUTER_ID: "hash" } : { CALICO_IPV4POOL_CIDR: ipv4 }),
  ...(ipv6 === undefined
    ? {}
    : {
        IP6: "autodetect",
        CALICO_IPV6POOL_CIDR: ipv6,
        // Calico's own default for IPv6: pods would reach nothing outside, since nobody routes back to them.
        CALICO_IPV6POOL_NAT_OUTGOING: "true",
        FELIX_IPV6SUPPORT: "true",
      }),
});

/** Calico's CNI configuration, which assigns IPv4 alone by itself; undefined where that is what is wanted. */
export const calicoIpam = ({ ipv4, ipv6 }: PodPools): ((text: string) => string) | undefined => {
  if (ipv6 === undefined) return undefined;
  const assigned = `"assign_ipv4": "${ipv4 !== undefined}", "assign_ipv6": "true"`;
  // A template with placeholders (__CNI_MTU__) and no JSON yet.
  return (text) => text.replace(/"type":\s*"calico-ipam"/, (type) => `${type}, ${assigned}`);
};

/** flannel's net-conf.json. */
export const flannelConfig =
  ({ ipv4, ipv6 }: PodPools) =>
  (text: string): string =>
    JSON.stringify({
      ...(JSON.parse(text) as object),
      ...(ipv4 === undefined ? { EnableIPv4: false, Network: undefined } : { Network: ipv4 }),
      ...(ipv6 === undefined ? {} : { EnableIPv6: true, IPv6Network: ipv6 }),
    });

/** Cilium's settings for addresses that it hands out itself, a /64 of the pods' network to each node. */
export const ciliumConfig = ({ ipv4, ipv6 }: PodPools): Record<string, string> => ({
  ...(ipv4 === undefined ? { "enable-ipv4": "false" } : { "cluster-pool-ipv4-cidr": ipv4 }),
  ...(ipv6 === undefined
    ? {}
    : {
        "enable-ipv6": "true",
        "enable-ipv6-masquerade": "true",
        "cluster-pool-ipv6-cidr": ipv6,
        "cluster-pool-ipv6-mask-size": "64",
      }),
});
