import { addressText } from "./address";
import { type Cidr, parseCidr } from "./cidr";
import { refuse } from "./problem";

/** Subnets for which a load balancer range can be taken, by prefix length: from 16 addresses up to 16 million. */
export const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/** The address Docker gives a bridge by itself: the first behind the network address. */
export const defaultGateway = (subnet: string): string => {
  const { first } = dockerSubnet(subnet);
  return addressText("ipv4", first + 1n);
};

/** The lower half of a subnet, for Docker's `ipRange`: containers never get an address of the load balancer's range. */
export const dockerRange = (subnet: string): string => {
  const { base, prefix } = dockerSubnet(subnet);
  return `${base}/${prefix + 1}`;
};

/** Reads an IPv4 subnet of a size that leaves room for nodes and load balancers; throws for any other. */
export const dockerSubnet = (text: string): Cidr => {
  const cidr = parseCidr(text);
  const { shortest, longest } = subnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest}`,
    remedy: "Choose a private network of that size, as 172.18.0.0/16",
  });
};
