import { familyNames, type IpFamily } from "../../network/address";
import { type Prefixes, refuseOtherSize } from "../../network/cidr";
import { type Networks, parseNetworks } from "../../network/networks";

/** Reads a network of either family, or one of each with a comma between them; each of a size that its family allows. */
export const networksOfSize =
  (sizes: Readonly<Record<IpFamily, Prefixes>>, why: Readonly<Record<IpFamily, string>>) =>
  (text: string): Networks => {
    const networks = parseNetworks(text);
    for (const network of networks.list) {
      const { family } = network;
      refuseOtherSize(network, sizes[family], `${familyNames[family]}: ${why[family]}`);
    }
    return networks;
  };
