import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { chooseMtu, type MtuSources } from "../../../lib/settings/stackMtu";
import { pins } from "../../../lib/versions/pins";

const choose = (sources: Partial<MtuSources>) =>
  chooseMtu({
    stated: undefined,
    existing: undefined,
    bridge: undefined,
    isAdopted: false,
    hasIPv6: false,
    ...sources,
  });

test.each<[string, Partial<MtuSources>, number]>([
  ["the existing network", { existing: 1450, bridge: 1400 }, 1450],
  ["the existing network, which the setting repeats", { existing: 1450, stated: 1450 }, 1450],
  ["the setting", { stated: 9000, bridge: 1400 }, 9000],
  ["the default bridge", { bridge: 1400 }, 1400],
  ["a default bridge with a larger MTU than a network can have", { bridge: 65_535 }, 9216],
  ["nothing", {}, 1500],
  ["an existing network with a small MTU, IPv4 only", { existing: 900 }, 900],
  ["the default bridge, with the smallest MTU of IPv6", { bridge: 1280, hasIPv6: true }, 1280],
])("takes the MTU of %s", (_, sources, expected) => expect(choose(sources).mtu).toBe(expected));

test.each<[string, Partial<MtuSources>, string]>([
  [
    "another MTU than that of an adopted network",
    { existing: 1500, stated: 1400, isAdopted: true },
    "networkMtu: expected 1500, the MTU of the existing Docker network kind, got 1400. Set networkMtu to 1500, or to 0. Or run docker network rm kind if nothing uses the network, and set adoptNetwork to false; then Slipway creates its own.",
  ],
  [
    "a setting below IPv6's smallest MTU",
    { stated: 1279, hasIPv6: true },
    "networkMtu: expected 1280 or more for a network with IPv6 (RFC 8200), got 1279. Set networkMtu to 1280 or more, or use IPv4-only clusters.",
  ],
  [
    "a default bridge below IPv6's smallest MTU",
    { bridge: 1000, hasIPv6: true },
    "networkMtu: expected 1280 or more for a network with IPv6 (RFC 8200), got 1000, the MTU of Docker's default bridge. Set networkMtu to 1280 or more, or use IPv4-only clusters.",
  ],
  [
    "a default bridge below the smallest MTU",
    { bridge: 500 },
    "networkMtu: expected 576 or more, got 500, the MTU of Docker's default bridge. Set networkMtu to 576 or more.",
  ],
  [
    "an existing network that is too small for IPv6",
    { existing: 1000, hasIPv6: true, isAdopted: true },
    "networkMtu: expected 1280 or more for a network with IPv6 (RFC 8200), got 1000, the MTU of the existing Docker network kind. Use IPv4-only clusters, or recreate the network with a larger MTU.",
  ],
])("refuses %s", (_, sources, expected) => expect(() => choose(sources)).toThrow(expected));

test.each<[unknown, string | undefined]>([
  [0, undefined],
  ["576", undefined],
  [9216, undefined],
  [575, "a number from 576 to 9216, got 575. Set it to 576"],
  [9217, "a number from 576 to 9216, got 9217. Set it to 9216"],
  [-1, "got -1"],
  ["1400 ", "an integer"],
  [1400.5, "an integer"],
])("networkMtu %s", (networkMtu, message) => {
  const read = () => readSettings({ config: { networkMtu }, pins });
  if (message === undefined) expect(read().network.mtu).toBe(Number(networkMtu) || 1500);
  else expect(read).toThrow(message);
});
