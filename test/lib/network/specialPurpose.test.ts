import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../lib/base/problem";
import { parseNetwork } from "../../../lib/network/parse";
import {
  choosePrivate,
  isPublic,
  refuseSpecialPurpose,
  specialRangeOf,
  specialRanges,
} from "../../../lib/network/specialPurpose";

/** Blocks of IANA's special-purpose registries and of its lists of multicast and reserved space, with their documents. */
const registries = `
0.0.0.0/8 RFC 791
0.0.0.0/32 RFC 1122
127.0.0.0/8 RFC 1122
169.254.0.0/16 RFC 3927
192.0.0.0/24 RFC 6890
192.0.0.0/29 RFC 7335
192.0.0.8/32 RFC 7600
192.0.0.9/32 RFC 7723
192.0.0.10/32 RFC 8155
192.0.0.170/32 RFC 8880
192.0.0.171/32 RFC 8880
192.0.2.0/24 RFC 5737
192.31.196.0/24 RFC 7535
192.52.193.0/24 RFC 7450
192.88.99.0/24 RFC 7526
192.88.99.2/32 RFC 6751
192.175.48.0/24 RFC 7534
198.18.0.0/15 RFC 2544
198.51.100.0/24 RFC 5737
203.0.113.0/24 RFC 5737
224.0.0.0/4 RFC 5771
240.0.0.0/4 RFC 1112
255.255.255.255/32 RFC 919
::/128 RFC 4291
::1/128 RFC 4291
::ffff:0:0/96 RFC 4291
64:ff9b::/96 RFC 6052
64:ff9b:1::/48 RFC 8215
100::/64 RFC 6666
100:0:0:1::/64 RFC 9780
2001::/23 RFC 2928
2001::/32 RFC 4380
2001:1::1/128 RFC 7723
2001:1::2/128 RFC 8155
2001:1::3/128 RFC 9665
2001:2::/48 RFC 5180
2001:3::/32 RFC 7450
2001:4:112::/48 RFC 7535
2001:10::/28 RFC 4843
2001:20::/28 RFC 7343
2001:30::/28 RFC 9374
2001:db8::/32 RFC 3849
2002::/16 RFC 3056
2620:4f:8000::/48 RFC 7534
3fff::/20 RFC 9637
5f00::/16 RFC 9602
fe80::/10 RFC 4291
fec0::/10 RFC 3879
ff00::/8 RFC 4291
`;

const blocks = registries
  .trim()
  .split("\n")
  .map((line): [string, string] => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);

test.each(blocks)("knows %s with its document %s", (block, document) => {
  const special = specialRangeOf(parseNetwork(block));
  expect(special).toMatchObject({ document });
  expect(special?.network.text).toBe(block);
});

test("refuses all of IPv6 that IANA has not assigned, and nothing else beside the registries", () => {
  // The first hexadecimal digits decide: 2000::/3 and fc00::/7 are unicast.
  const refused = Array.from({ length: 256 }, (_, first) => first).filter(
    (first) => specialRangeOf(parseNetwork(first === 0 ? "::/8" : `${(first << 8).toString(16)}::/8`)) !== undefined,
  );
  const unicast = Array.from({ length: 256 }, (_, first) => first).filter((first) => !refused.includes(first));
  // Within 2000::/8 and 3f00::/8 are special blocks, so an /8 of them is refused as a whole.
  expect(unicast.map((first) => first.toString(16))).toEqual([
    ...Array.from({ length: 0x3f - 0x21 }, (_, index) => (0x21 + index).toString(16)).filter((text) => text !== "26"),
    ...["fc", "fd"],
  ]);
});

test.each([
  ["10.0.0.0/8", false],
  ["172.16.0.0/12", false],
  ["192.168.5.0/24", false],
  ["100.64.0.0/10", false],
  ["100.100.0.0/16", false],
  ["fd00:172:18::/64", false],
  ["fc00::/64", false],
  ["8.8.8.0/24", true],
  ["11.0.0.0/8", true],
  ["172.32.0.0/16", true],
  ["100.128.0.0/16", true],
  ["2600:1f14::/48", true],
])("accepts %s; public: %s", (text, expected) => {
  expect(specialRangeOf(parseNetwork(text))).toBeUndefined();
  expect(isPublic(parseNetwork(text))).toBe(expected);
});

describe("the error", () => {
  const errorOf = (text: string): string => {
    const network = parseNetwork(text);
    const [problem] = problemsOf(() => refuseSpecialPurpose(network, text, choosePrivate(network.family, "X")));
    return problem === undefined ? "" : sentence({ ...problem, key: "networkSubnet" });
  };

  test("names the range, its document and a network to choose", () => {
    expect(errorOf("224.0.0.0/16")).toBe(
      'networkSubnet: expected IPv4 addresses outside of 224.0.0.0/4 (Multicast, RFC 5771), got "224.0.0.0/16". Choose a network of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, such as X.',
    );
    expect(errorOf("fe80::/64")).toMatch(/fe80::\/10 \(Link-Local Unicast, RFC 4291\).* of fd00::\/8, such as X\.$/);
    expect(errorOf("10.1.0.0/16")).toBe("");
  });

  test.each([
    ["127.5.0.0/16", "127.0.0.0/8"],
    ["169.254.0.0/16", "169.254.0.0/16"],
    ["255.255.255.0/24", "240.0.0.0/4"],
    ["192.0.0.0/8", "192.0.0.0/29"],
    ["198.0.0.0/8", "198.18.0.0/15"],
    ["2001:db8:1::/64", "2001:db8::/32"],
    ["::ffff:0:0/96", "::ffff:0:0/96"],
    ["64:ff9b::/96", "64:ff9b::/96"],
  ])("about %s names %s", (text, range) => expect(errorOf(text)).toContain(` ${range} (`));
});

test("has no range twice", () => {
  const texts = specialRanges.map(({ network }) => network.text);
  expect(new Set(texts).size).toBe(texts.length);
});
