import { addressBits, lenientAddress } from "./address";
import { type Cidr, networkAt, overlaps } from "./cidr";

/** A network in CIDR notation that something on this machine uses. */
export interface TakenNetwork {
  readonly network: string;
  /** The user of the network, such as `Docker network x_default` or `device wg0`. */
  readonly by: string;
}

/** The subnet of a stack on a machine where nothing else uses the subnet. */
export const defaultSubnet = "172.18.0.0/16";

/** Subnets for the Docker network, in order of preference: the private ranges from which Docker itself takes subnets. */
export const subnetCandidates: readonly string[] = [
  defaultSubnet,
  ...Array.from({ length: 13 }, (_, index) => `172.${19 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
];

/** Returns the taken networks that share an address with a network. */
export const takersOf = (network: Cidr, taken: readonly TakenNetwork[]): TakenNetwork[] =>
  taken.filter((other) => {
    const cidr = lenientCidr(other.network);
    return cidr !== undefined && overlaps(cidr, network);
  });

/** Parses a network whose base may be any of its addresses, because Docker keeps the text of its creator. */
const lenientCidr = (text: string): Cidr | undefined => {
  const [base = "", length = ""] = text.split("/");
  const address = lenientAddress(base);
  const prefix = Number(length);
  if (address === undefined || !/^\d{1,3}$/.test(length) || prefix > addressBits[address.family]) return undefined;
  const free = BigInt(addressBits[address.family] - prefix);
  return networkAt(address.family, (address.value >> free) << free, prefix);
};

/** Returns the end of a sentence about a network that overlaps a taken one. */
export const overlapText = ({ network, by }: TakenNetwork): string => `overlaps ${network} of ${by}`;
