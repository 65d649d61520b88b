import { refuse } from "../../base/problem";
import type { IpFamily } from "../../network/address";
import { type Cidr, parseCidr } from "../../network/cidr";
import { familyNames, parseNetworks } from "../../network/families";
import type { Check } from "./check";

/** An IPv4 network whose prefix length lies in a range. */
export const network =
  (shortest: number, longest: number, why: string): Check<string> =>
  (value) =>
    sized(parseCidr(value), { shortest, longest }, why);

/** Prefix lengths, both ends included. */
interface Prefixes {
  readonly shortest: number;
  readonly longest: number;
}

/** A network of either family, or one of each with a comma between them; each of a size that its family allows. */
export const networks =
  (sizes: Readonly<Record<IpFamily, Prefixes>>, why: Readonly<Record<IpFamily, string>>): Check<string> =>
  (value) =>
    parseNetworks(value).forEach((network) =>
      sized(network, sizes[network.family], `${familyNames[network.family]}: ${why[network.family]}`),
    );

const sized = ({ base, prefix, text }: Cidr, { shortest, longest }: Prefixes, why: string): void => {
  if (prefix >= shortest && prefix <= longest) return;
  refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest} (${why})`,
    remedy: `Choose a network of that size, as ${base}/${Math.min(Math.max(prefix, shortest), longest)}`,
  });
};
