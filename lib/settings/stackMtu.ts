import { ethernetMtu, mtuRange, smallestIPv6Mtu } from "../network/mtu";
import { SettingsError } from "./settings";

/** What decides about the MTU of a stack's Docker network, in bytes. */
export interface MtuSources {
  /** The setting; undefined if it is empty. */
  readonly stated: number | undefined;
  /** MTU of the stack's network in Docker or in the state; undefined before the first `up`. */
  readonly existing: number | undefined;
  /** MTU of Docker's default bridge; undefined if there is none. */
  readonly bridge: number | undefined;
  /** True if the stack did not create the network. */
  readonly isAdopted: boolean;
  readonly hasIPv6: boolean;
}

/** The MTU of a stack's Docker network. */
export interface ChosenMtu {
  readonly mtu: number;
  /** A choice that this run makes for the first time, in words. */
  readonly notice?: string;
}

/**
 * Returns the MTU of a stack's Docker network: that of the existing network, then the setting, then that of Docker's
 * default bridge.
 *
 * @throws SettingsError for another MTU than that of the existing network, and for one that the network cannot have
 */
export const chooseMtu = ({ stated, existing, bridge, isAdopted, hasIPv6 }: MtuSources): ChosenMtu => {
  if (existing !== undefined && stated !== undefined && stated !== existing)
    return refuseMtu(
      `${existing}, the MTU of the existing Docker network kind`,
      String(stated),
      isAdopted
        ? `Set networkMtu to ${existing}, or to 0. Or run docker network rm kind if nothing uses the network, and set adoptNetwork to false; then Slipway creates its own`
        : `Set networkMtu to ${existing}, or to 0. Or run make destroy with the old value and make up with the new value, which deletes every cluster`,
    );
  const least = hasIPv6 ? smallestIPv6Mtu : mtuRange.smallest;
  const known = existing ?? stated ?? bridge ?? ethernetMtu;
  if (known < least) {
    const whose =
      existing !== undefined
        ? ", the MTU of the existing Docker network kind"
        : stated === undefined
          ? ", the MTU of Docker's default bridge"
          : "";
    const remedy =
      existing === undefined
        ? `Set networkMtu to ${least} or more${hasIPv6 ? ", or use IPv4-only clusters" : ""}`
        : "Use IPv4-only clusters, or recreate the network with a larger MTU";
    return refuseMtu(
      `${least} or more${hasIPv6 ? " for a network with IPv6 (RFC 8200)" : ""}`,
      `${known}${whose}`,
      remedy,
    );
  }
  if (existing !== undefined || stated !== undefined) return { mtu: known };
  // A smaller MTU than the bridge's works too, and the bridge of a loopback-like device may have 65535.
  const mtu = Math.min(known, mtuRange.largest);
  return mtu === ethernetMtu
    ? { mtu }
    : { mtu, notice: `its MTU is ${mtu}, and that of Docker's default bridge is ${known}` };
};

const refuseMtu = (rule: string, got: string, remedy: string): never => {
  throw new SettingsError([{ key: "networkMtu", rule, got, remedy }]);
};
