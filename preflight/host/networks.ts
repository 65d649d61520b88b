import { type IpFamily } from "../../lib/network/address";
import { type Cidr, overlaps } from "../../lib/network/cidr";
import { exampleSubnet, losesTo, type TakenNetwork } from "../../lib/network/freeSubnet";
import { isPublic } from "../../lib/network/specialPurpose";
import { finding, type HostCheck, ok, type Requirements } from "./check";
import type { HostFacts } from "./facts";
import { routeText } from "./kernel";

/** Subnets of the stack's Docker network. */
const subnetsOf = ({ subnet, subnetIPv6 }: Requirements): Cidr[] => [subnet, ...(subnetIPv6 ? [subnetIPv6] : [])];

/** Setting of a subnet of the Docker network. */
const settingOf: Readonly<Record<IpFamily, string>> = { ipv4: "networkSubnet", ipv6: "networkSubnetIPv6" };

/** Returns everything that a free subnet must not overlap, apart from the stack's own network. */
const takenOf = ({ routes, kindDevices, dockerNetworks }: HostFacts): TakenNetwork[] => [
  ...dockerNetworks.flatMap(({ name, subnets }) => subnets.map((network) => ({ network, by: name }))),
  ...routes
    .filter(({ device }) => !kindDevices.includes(device))
    .map(({ network, device }) => ({ network, by: device, isRoute: true as const })),
];

/** Returns how a user gives the Docker network another subnet. A network in use cannot change its subnet. */
const moveTo = (subnet: Cidr, facts: HostFacts, requirements: Requirements): string => {
  const avoided = [...requirements.clusterNetworks, ...subnetsOf(requirements)];
  const example = exampleSubnet(subnet.family, takenOf(facts), avoided);
  const such = example === undefined ? "" : `, such as ${example.text}`;
  const setting = settingOf[subnet.family];
  if (requirements.adopt) return `recreate the network kind with a subnet that nothing uses${such}`;
  if (facts.kindDevices.length > 0)
    return `run make destroy, set ${setting} to a network that nothing uses${such}, then run make up`;
  return `set ${setting} in Pulumi.<stack>.yaml to a network that nothing uses${such}`;
};

/**
 * Checks that the subnets of the Docker network work beside the networks of this host. Docker's networks must not overlap.
 * A route inside a subnet, or one of the same length, hides containers with its addresses. A shorter route loses:
 * this host then does not reach the route's hosts in the subnet. The routes of a VPN may cover all addresses.
 */
export const checkRoutes: HostCheck = (facts, requirements) => {
  const { routes, kindDevices, dockerNetworks } = facts;
  const ownDevices = [...kindDevices, ...dockerNetworks.map(({ device }) => device)];
  const foreign = routes.filter(({ device }) => device === "" || !ownDevices.includes(device));
  const conflicts = subnetsOf(requirements).flatMap((subnet) => {
    const networks = dockerNetworks.filter(({ subnets }) => subnets.some((network) => overlaps(network, subnet)));
    const longer = foreign.filter((route) => overlaps(route.network, subnet) && !losesTo(route, subnet));
    return networks.length + longer.length === 0 ? [] : [{ subnet, networks, longer }];
  });
  const [conflict] = conflicts;
  if (conflict !== undefined) {
    const { subnet, networks, longer } = conflict;
    const names = networks.map(({ name }) => name);
    const list = [
      ...networks.map(
        ({ name, subnets }) => `${subnets.map(({ text }) => text).join(" ")} of the Docker network ${name}`,
      ),
      ...longer.map(routeText),
    ];
    const removal = [
      ...(names.length > 0 ? [`run docker network rm ${names.join(" ")} if nothing uses it`] : []),
      ...(longer.length > 0 ? ["remove these routes, for example by ending the VPN"] : []),
    ];
    const remedy = `${moveTo(subnet, facts, requirements)}; or ${removal.join(" and ")}`;
    return finding("fail", "routes", `${subnet.text} overlaps ${list.join(", ")}`, remedy);
  }
  const around = subnetsOf(requirements).flatMap((subnet) => {
    const shorter = foreign.filter((route) => overlaps(route.network, subnet));
    return shorter.length === 0 ? [] : [{ subnet, shorter }];
  });
  const { subnetNotice } = requirements;
  const notice = subnetNotice === undefined ? "" : `; ${subnetNotice}`;
  const [hidden] = around;
  const texts = subnetsOf(requirements).map(({ text }) => text);
  if (hidden === undefined) return ok("routes", `no other network uses ${texts.join(" and ")}${notice}`);
  const { subnet, shorter } = hidden;
  const list = shorter.map(routeText).join(", ");
  const detail = `${subnet.text} is inside ${list}: Docker's longer route wins, so this host reaches containers there and no other hosts`;
  const remedy = `keep it if you need no other host with an address of ${subnet.text}; otherwise ${moveTo(subnet, facts, requirements)}`;
  return finding("warn", "routes", `${detail}${notice}`, remedy);
};

/** Shortest prefix of a route to a network of hosts. Shorter routes together stand for a default route. */
const shortestNetwork: Readonly<Record<IpFamily, number>> = { ipv4: 8, ipv6: 7 };

/** Checks that networks of pods and services do not hide networks that the host can reach. */
export const checkClusterNetworks: HostCheck = ({ routes }, { clusterNetworks: networks }) => {
  if (networks.length === 0) return undefined;
  const name = "cluster networks";
  const hidden = networks.flatMap((network) =>
    routes
      .filter((route) => overlaps(route.network, network) && route.network.prefix >= shortestNetwork[network.family])
      .map((route) => `${network.text} hides ${routeText(route)}`),
  );
  if (hidden.length === 0) return ok(name, networks.map(({ text }) => text).join(", "));
  const remedy =
    "if pods or nodes need the hidden network, set podCidr or serviceCidr to a network without a route on the host";
  return finding("warn", name, hidden.join(", "), remedy);
};

/** Checks that no network of the stack has addresses of hosts on the internet. Such a network works, and hides the hosts. */
export const checkPublicNetworks: HostCheck = (_, requirements) => {
  const subnets = subnetsOf(requirements).filter(isPublic);
  const cluster = requirements.clusterNetworks.filter(isPublic);
  if (subnets.length + cluster.length === 0) return undefined;
  const settings = [
    ...subnets.map(({ family }) => settingOf[family]),
    ...(cluster.length > 0 ? ["podCidr or serviceCidr"] : []),
  ];
  const list = [...subnets, ...cluster].map(({ text }) => text).join(", ");
  const detail = `${list}: a public network, whose hosts on the internet are not reachable from ${subnets.length > 0 ? "this host and its clusters" : "pods"}`;
  const remedy = `set ${settings.join(" and ")} to a private network, unless the public network is yours`;
  return finding("warn", "public networks", detail, remedy);
};
