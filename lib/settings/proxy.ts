import { completeProxyVariables, hasProxy, type ProxyVariables, withoutLoopback } from "../network/proxy";
import { kindNetworks } from "../providers/kindConfig";
import type { Settings } from "./types";

type ProxySettings = Pick<Settings, "network" | "clusters">;

/** Completes NO_PROXY with all networks and domains of a stack. */
export const withStackNetworks = (variables: ProxyVariables, { network, clusters }: ProxySettings): ProxyVariables => {
  const subnets = [network.subnet, ...(network.ipv6 ? [network.ipv6.subnet] : [])];
  const pods = clusters.flatMap(({ podCidr, serviceCidr }) => [...podCidr.list, ...serviceCidr.list]);
  const management = kindNetworks.map((text) => ({ text }));
  const domains = clusters.map(({ serviceDomain }) => serviceDomain);
  return completeProxyVariables(variables, [...subnets, ...pods, ...management], domains);
};

/** Returns the proxy of a stack's nodes; undefined without a proxy that nodes can reach. */
export const nodeProxy = (settings: ProxySettings, variables: ProxyVariables): ProxyVariables | undefined => {
  const reachable = withoutLoopback(variables);
  return hasProxy(reachable) ? withStackNetworks(reachable, settings) : undefined;
};
