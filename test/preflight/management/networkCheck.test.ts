import { expect, test } from "@jest/globals";
import { parseNetwork } from "../../../lib/network/parse";
import { networkProblem } from "../../../preflight/management/immutable";

const wish = { subnet: parseNetwork("172.18.0.0/16"), owner: "slipway/dev", adopt: false };
const subnets = ["fc00:f853:ccd:e793::/64", "172.18.0.0/16"];

test.each([
  ["there is none", wish, undefined],
  ["it is ours", wish, { owner: "slipway/dev", subnets }],
  [
    "it is to be adopted with IPv6",
    { ...wish, adopt: true, subnetIPv6: parseNetwork(subnets[0]!) },
    { owner: "", subnets },
  ],
  ["it is to be adopted", { ...wish, adopt: true }, { owner: "", subnets }],
])("no problem where %s", (_, wanted, network) => {
  expect(networkProblem(wanted, network)).toBeUndefined();
});

test.each([
  [
    "was not made by Slipway",
    wish,
    { owner: "", subnets },
    /docker network rm kind.*networkSubnet to 172\.18\.0\.0\/16/,
  ],
  ["belongs to another stack", wish, { owner: "slipway/ha", subnets }, /the network of the stack slipway\/ha/],
  ["has IPv6 only", wish, { owner: "", subnets: ["fc00::/64"] }, /networkSubnet to its subnet/],
  [
    "is to be adopted and not there",
    { ...wish, adopt: true },
    undefined,
    /adoptNetwork: expected .*Set adoptNetwork to false/,
  ],
  [
    "is to be adopted and has another subnet",
    { ...wish, adopt: true },
    { owner: "", subnets: ["172.19.0.0/16"] },
    /networkSubnet: expected .*172\.19\.0\.0\/16.*, got 172\.18\.0\.0\/16/,
  ],
  [
    "is to be adopted and has other IPv6",
    { ...wish, adopt: true, subnetIPv6: parseNetwork("fd00::/64") },
    { owner: "", subnets },
    /networkSubnetIPv6: expected .*fc00:f853:ccd:e793::\/64.*, got fd00::\/64\. Set/,
  ],
  [
    "is to be adopted and has no IPv6",
    { ...wish, adopt: true, subnetIPv6: parseNetwork("fd00::/64") },
    { owner: "", subnets: ["172.18.0.0/16"] },
    /\(none\), got .*Recreate the network with IPv6/,
  ],
])("names the remedy where it %s", (_, wanted, network, message) => {
  expect(networkProblem(wanted, network)).toMatch(message);
});
