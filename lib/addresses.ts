/** IP addresses, networks and ranges. */
export { type Address, addressOf, type IpFamily } from "./address";
export { type AddressRange, contains, networkRange } from "./addressRange";
export { type Cidr, overlaps, parseCidr, parseNetwork } from "./cidr";
export { defaultGateway, dockerRange, subnetPrefixes } from "./dockerSubnet";
export { blocksOf, loadBalancerRange } from "./loadBalancerRange";
