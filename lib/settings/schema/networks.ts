import { type Address, addressBits, familyNames, type IpFamily } from "../../network/address";
import { type Cidr, networkAt, type Prefixes, refuseOtherSize } from "../../network/cidr";
import type { Networks } from "../../network/networks";
import { mtuRange } from "../../network/mtu";
import { addressOf, lenientNetwork, parseNetworks } from "../../network/parse";
import { choosePrivate, refuseSpecialPurpose } from "../../network/specialPurpose";
import { between, type Check } from "./checks";

const { smallest, largest } = mtuRange;
const mtuInRange = between(smallest, largest);

/** Checks an MTU; 0 means the MTU of Docker's default bridge. */
export const mtu: Check<number> = (context) => (context.value === 0 ? undefined : mtuInRange(context));

/** Returns a parser of one network, or of one network of each family separated by a comma, with allowed sizes. */
export const networksOfSize =
  (sizes: Readonly<Record<IpFamily, Prefixes>>, why: Readonly<Record<IpFamily, string>>) =>
  (text: string): Networks => {
    // The size comes first, so that no error suggests a network of another size.
    for (const network of looseNetworks(text)) {
      const { family } = network;
      refuseOtherSize(network, sizes[family], `${familyNames[family]}: ${why[family]}`, text);
    }
    return parseNetworks(text);
  };

const looseNetworks = (text: string): Cidr[] => text.split(",").flatMap((part) => lenientNetwork(part) ?? []);

/**
 * Returns a parser that rejects addresses of special-purpose ranges before all other faults. No other error then suggests a
 * part of a special-purpose range.
 *
 * @param examples - a network that the setting can have, by family
 */
export const withoutSpecialPurpose =
  <V>(parse: (text: string) => V, examples: Readonly<Record<IpFamily, string>>) =>
  (text: string): V => {
    for (const network of looseNetworks(text))
      refuseSpecialPurpose(network, text, choosePrivate(network.family, examples[network.family]));
    return parse(text);
  };

/** Parses the setting of a gateway: an address, a text without an address, or undefined for an empty setting. */
export const parseGateway = (text: string): Address | string | undefined => {
  const address = addressOf(text);
  // The error about another text names the subnet, so a rule about both settings reports the text.
  if (address === undefined) return text === "" ? undefined : text;
  const { family, value } = address;
  const remedy = "Leave the gateway out, or write an address of networkSubnet";
  refuseSpecialPurpose(networkAt(family, value, addressBits[family]), text, remedy);
  return address;
};
