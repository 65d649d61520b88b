import { type IpFamily } from "../../../lib/network/address";
import { familyOf } from "../../../lib/network/parse";
import { check, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** What an address in a URL is; an IPv6 address stands in brackets there. */
const familyOfUrl = (url: string): IpFamily | undefined => familyOf(new URL(url).hostname.replace(/^\[|\]$/g, ""));

const steps =
  (families: readonly IpFamily[]) =>
  (stack: TestStack): Step[] => [
    {
      name: `nodes, pods and the service have addresses of ${families.join(" and ")}, in that order`,
      run: () => {
        const [cluster] = stack.outputs().clusters;
        const read = (what: string, path: string): IpFamily[] =>
          stack
            .kubectl(cluster!.name, ...what.split(" "), "--output", `jsonpath=${path}`)
            .split(" ")
            .filter(Boolean)
            .flatMap((address) => familyOf(address) ?? []);
        const all = {
          pod: read("get pods --selector app=nginx", "{.items[0].status.podIPs[*].ip}"),
          service: read("get service nginx", "{.spec.clusterIPs[*]}"),
          node: read("get nodes", "{.items[0].status.addresses[?(@.type=='InternalIP')].address}"),
        };
        for (const [what, actualFamilies] of Object.entries(all)) {
          check(
            actualFamilies.join() === families.join(),
            `${families.join(" and ")} of the ${what}, got ${actualFamilies.join(", ")}`,
          );
        }
      },
    },
    {
      name: "the application answers by each of its addresses",
      run: async () => {
        const [cluster] = stack.outputs().clusters as { url?: string; secondUrl?: string }[];
        const urls = [stack.outputs().url, cluster?.secondUrl].filter((url) => url !== undefined);
        const actualFamilies = urls.map(familyOfUrl);
        check(actualFamilies.join() === families.join(), `URLs of ${families.join(" and ")}, got ${urls.join(", ")}`);
        for (const url of urls) await stack.answers(url);
      },
    },
    { name: "another up changes nothing", run: () => stack.upChangesNothing() },
  ];

const scenario = (name: string, families: readonly IpFamily[], podCidr: string, serviceCidr: string): Scenario => ({
  name,
  title: `a cluster of ${families.join(" and ")}`,
  base: "dev",
  start: { podCidr, serviceCidr },
  steps: steps(families),
});

/** A cluster of IPv6 alone. */
export const ipv6 = scenario("ipv6", ["ipv6"], "fd00:65::/56", "fd00:129::/108");

/** A cluster of both families, IPv6 first. */
export const dualStack = scenario(
  "dual-stack",
  ["ipv6", "ipv4"],
  "fd00:66::/56,10.66.0.0/16",
  "fd00:130::/108,10.112.0.0/16",
);
