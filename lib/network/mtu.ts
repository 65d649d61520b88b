/** MTU of a Docker network without the option for it, in bytes. */
export const ethernetMtu = 1500;

/** MTUs that a Docker network of a stack can have: from the smallest IPv4 host size (RFC 791) to jumbo frames. */
export const mtuRange = { smallest: 576, largest: 9216 } as const;

/** Smallest MTU of a network with IPv6 (RFC 8200). */
export const smallestIPv6Mtu = 1280;

/** Option of a Docker network with its MTU. */
export const mtuOption = "com.docker.network.driver.mtu";

/** Returns the MTU in the options of a Docker network. */
export const mtuIn = (options: Readonly<Record<string, unknown>> | null | undefined): number => {
  const value = Number(options?.[mtuOption]);
  return Number.isSafeInteger(value) && value > 0 ? value : ethernetMtu;
};
