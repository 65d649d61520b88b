import { type Problem, problemsOf } from "../../base/problem";
import type { Cidr } from "../../network/cidr";
import { gatewayOf } from "../../network/dockerSubnet";
import { loadBalancerRange } from "../../network/loadBalancerRange";
import { allottedRanges } from "../ranges";
import type { ClusterEntry } from "../schema/entries";
import { countNodes, isDocker, type RuleContext } from "./rule";

/** Checks the rules about all clusters together. */
export const fleetProblems = ({ values, invalid, entries }: RuleContext): Problem[] => {
  const named = entries.filter((entry) => !entry.invalid.has("name"));
  const hasCounts = entries.every(
    (entry) => !["controlPlaneReplicas", "workerReplicas", "workers"].some((field) => entry.invalid.has(field)),
  );
  return [
    ...(invalid.has("networkSubnet") || !hasCounts ? [] : crowdedNetwork(values.networkSubnet, entries)),
    ...equalNames(named),
    ...equalObjects(named.filter((entry) => !entry.invalid.has("namespace"))),
    ...rangeProblems({ values, invalid, entries: named }),
  ];
};

/**
 * Checks that all nodes fit into Docker's lower half of the subnet. Besides the nodes, the half contains the network
 * address, the gateway, the management node, and the load balancer of each cluster's API server.
 */
const crowdedNetwork = (subnet: Cidr, entries: readonly ClusterEntry[]): Problem[] => {
  const clusters = entries.filter(isDocker);
  const nodes = clusters.reduce((total, entry) => total + countNodes(entry), 0);
  const room = 2 ** (31 - subnet.prefix) - 3 - clusters.length;
  if (nodes <= room) return [];
  return [
    {
      key: "networkSubnet",
      received: subnet.text,
      rule: `a subnet for ${nodes} nodes in its lower half (this subnet has room for ${room})`,
      remedy: "Choose a larger subnet, for example 172.18.0.0/16, or fewer nodes",
    },
  ];
};

/** Finds clusters with one name. Names of containers have no namespace, so names are unique in Docker. */
const equalNames = (entries: readonly ClusterEntry[]): Problem[] =>
  entries.flatMap((entry, index) => {
    const first = entries.findIndex(({ values }) => values.name === entry.values.name);
    if (first === index) return [];
    return [
      {
        key: entry.key("name"),
        received: entry.values.name,
        rule: `a name other than ${entries[first]?.key("name")}, in any namespace`,
        remedy: "Rename one of the two",
      },
    ];
  });

/**
 * Finds equal names of objects of two clusters in one namespace. For example, cluster `a` with pool `md-0` and cluster
 * `a-md` with pool `0` both derive `a-md-0`.
 */
const equalObjects = (entries: readonly ClusterEntry[]): Problem[] => {
  const owners = new Map<string, ClusterEntry>();
  return entries.flatMap((entry) => {
    const { name, namespace } = entry.values;
    const pools = entry.pools.map((pool) => `${name}-${pool.name}`);
    const derived = [entry.template?.controlPlane ?? `${name}-cp`, ...pools];
    return derived.flatMap((object) => {
      const path = `${namespace}/${object}`;
      const owner = owners.get(path);
      if (owner === undefined) owners.set(path, entry);
      if (owner === undefined || owner.values.name === name) return [];
      return [
        {
          key: entry.key("workers"),
          received: object,
          rule: `a unique name for machines, because cluster ${owner.values.name} derives the same name`,
          remedy: "Rename one of the pools or clusters, or set different namespaces",
        },
      ];
    });
  });
};

const rangeProblems = ({
  values,
  invalid,
  entries,
}: Pick<RuleContext, "values" | "invalid" | "entries">): Problem[] => {
  const keys = ["networkSubnet", "networkGateway", "loadBalancerPrefix"];
  const listed = entries.filter((entry) => !entry.isSingle && !entry.invalid.has("loadBalancerSlot"));
  // equalNames reports a second cluster with a name.
  const unique = listed.filter(
    (entry, index) => listed.findIndex(({ values: { name } }) => name === entry.values.name) === index,
  );
  // A rule about the stack's network checks the range of a single cluster.
  if (keys.some((key) => invalid.has(key)) || unique.length === 0) return [];
  const { networkSubnet, networkGateway, loadBalancerPrefix } = values;
  // A rule about the stack's network reports a network without a range, so that no cluster repeats the problem.
  const range = () => loadBalancerRange(networkSubnet, gatewayOf(networkSubnet, networkGateway), loadBalancerPrefix);
  if (problemsOf(range).length > 0) return [];
  return [...problemsOf(() => allottedRanges(values, unique))];
};
