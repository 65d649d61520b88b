import { type Cidr, networkAt, overlaps } from "./cidr";

/** A network that something on this machine uses. */
export interface TakenNetwork {
  readonly network: Cidr;
  /** The user of the network, such as `the Docker network x_default` or `the device wg0`. */
  readonly by: string;
}

/** The subnet of a stack on a machine where nothing else uses the subnet, as text of the setting. */
export const defaultSubnet = "172.18.0.0/16";

/** Returns the IPv4 network whose first bytes are given. */
const ipv4Network = (first: number, second: number, third: number, prefix: number): Cidr =>
  networkAt("ipv4", (BigInt(first) << 24n) | (BigInt(second) << 16n) | (BigInt(third) << 8n), prefix);

/** Subnets for the Docker network, in order of preference: the private ranges from which Docker itself takes subnets. */
export const subnetCandidates: readonly Cidr[] = [
  ...Array.from({ length: 14 }, (_, index) => ipv4Network(172, 18 + index, 0, 16)),
  ...Array.from({ length: 16 }, (_, index) => ipv4Network(192, 168, index * 16, 20)),
];

/** Returns the taken networks that share an address with a network. */
export const takersOf = (network: Cidr, taken: readonly TakenNetwork[]): TakenNetwork[] =>
  taken.filter((other) => overlaps(other.network, network));

/** Returns the end of a sentence about a network that overlaps a taken one. */
export const overlapText = ({ network, by }: TakenNetwork): string => `overlaps ${network.text} of ${by}`;
