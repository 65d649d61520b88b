import { addressOf, parseNetworks } from "../../lib/network/parse";
import { boolean, integer, list, type PropertyType, string, stringLike } from "../plugin/property";

/** Type of an address of the host. */
export const listenAddress = stringLike(
  "an IPv4 or IPv6 address, such as 127.0.0.1",
  (text) => addressOf(text) !== undefined,
);

const isNetworks = (text: string): boolean => {
  try {
    return parseNetworks(text).list.length > 0;
  } catch {
    return false;
  }
};
const networks = stringLike("a network in CIDR notation, or one of each family separated by a comma", isNetworks);

/** Type of a cluster's network settings, under the names of kind's configuration v1alpha4. */
export const networking: PropertyType = {
  is: "object",
  name: "Networking",
  description: "Network settings of a kind cluster.",
  fields: {
    ipFamily: {
      description: "IP family of the cluster.",
      type: {
        is: "choice",
        name: "IpFamily",
        description: "IP family of a cluster.",
        values: {
          ipv4: "Pods have IPv4 addresses.",
          ipv6: "Pods have IPv6 addresses.",
          dual: "Pods have addresses of both families.",
        },
      },
      default: "ipv4",
    },
    apiServerPort: {
      description: "Port of the host for the API server. With 0, kind takes a free port when it creates the cluster.",
      type: integer(0, 65535),
      unit: "port number",
      default: 0,
    },
    apiServerAddress: {
      description: "Address of the host on which Docker listens for the API server.",
      type: listenAddress,
      default: { means: "`127.0.0.1`, or `::1` with the IP family ipv6" },
    },
    podSubnet: {
      description: "Network of the pods.",
      type: networks,
      default: { means: "`10.244.0.0/16`, `fd00:10:244::/56`, or both, by the IP family" },
    },
    serviceSubnet: {
      description: "Network of the services.",
      type: networks,
      default: { means: "`10.96.0.0/16`, `fd00:10:96::/112`, or both, by the IP family" },
    },
    disableDefaultCNI: {
      description: "Whether kind leaves out its pod network. Nodes are then not Ready until you install another one.",
      type: boolean,
      default: false,
    },
    kubeProxyMode: {
      description: "Mode of kube-proxy.",
      type: {
        is: "choice",
        name: "KubeProxyMode",
        description: "Mode of kube-proxy.",
        values: {
          iptables: "Rules of iptables.",
          ipvs: "Virtual servers of the kernel.",
          nftables: "Rules of nftables.",
          none: "No kube-proxy.",
        },
      },
      default: "iptables",
    },
    dnsSearch: {
      description: "DNS search domains of the nodes.",
      type: list(string),
      default: { means: "the host's search domains" },
    },
  },
};
