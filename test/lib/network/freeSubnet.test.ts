import { expect, test } from "@jest/globals";
import { defaultSubnet, overlapText, subnetCandidates, takersOf } from "../../../lib/network/freeSubnet";
import { overlaps } from "../../../lib/network/cidr";
import { lenientNetwork, parseDockerSubnet, parseNetwork } from "../../../lib/network/parse";

const texts = subnetCandidates.map(({ text }) => text);

test("the first candidate is the default subnet, and the others follow Docker's own ranges", () => {
  expect(texts[0]).toBe(defaultSubnet);
  expect(texts.slice(1, 3)).toEqual(["172.19.0.0/16", "172.20.0.0/16"]);
  expect(texts[13]).toBe("172.31.0.0/16");
  expect(texts.slice(14, 16)).toEqual(["192.168.0.0/20", "192.168.16.0/20"]);
  expect(texts.at(-1)).toBe("192.168.240.0/20");
});

test("every candidate is a valid subnet, and no two candidates overlap", () => {
  expect(texts.map((text) => parseDockerSubnet(text).text)).toEqual(texts);
  for (const [index, one] of subnetCandidates.entries())
    for (const other of subnetCandidates.slice(index + 1)) expect(overlaps(one, other)).toBe(false);
});

test.each([
  ["the same network", "172.18.0.0/16", true],
  ["a network inside", "172.18.200.0/24", true],
  ["a network around", "172.16.0.0/12", true],
  ["a single address", "172.18.0.9/32", true],
  ["the network behind", "172.19.0.0/16", false],
  ["the network before", "172.17.0.0/16", false],
  ["IPv6", "fd00:172:18::/64", false],
])("names %s as a taker: %s, %s", (_, network, isTaker) => {
  const taken = [{ network: parseNetwork(network), by: "the device wg0" }];
  const takers = takersOf(parseNetwork("172.18.0.0/16"), taken);
  expect(takers.map(overlapText)).toEqual(isTaker ? [`overlaps ${network} of the device wg0`] : []);
});

test.each([
  ["172.18.0.1/16", "172.18.0.0/16"],
  ["FD00:172:18::1/64", "fd00:172:18::/64"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["172.18.0.0", undefined],
  ["172.18.0.0/33", undefined],
  ["", undefined],
])("reads Docker's text %j as %j", (text, network) => expect(lenientNetwork(text)?.text).toBe(network));
