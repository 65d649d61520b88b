import { type Problem, problemsOf } from "../../base/problem";
import type { Cidr } from "../../network/cidr";
import { loadBalancerRange } from "../../network/loadBalancerRange";
import { allottedRanges } from "../ranges";
import type { ClusterEntry } from "../schema/entries";
import { nodesOf, type RuleContext } from "./rule";

/** Rules about all clusters together. */
export const fleetProblems = ({ values, wrong, entries }: RuleContext): Problem[] => {
  const named = entries.filter((entry) => !entry.wrong.has("name"));
  const counted = entries.every(
    (entry) => !["controlPlaneReplicas", "workerReplicas", "workers"].some((field) => entry.wrong.has(field)),
  );
  return [
    ...(wrong.has("networkSubnet") || !counted ? [] : crowdedNetwork(values.networkSubnet, entries)),
    ...equalNames(named),
    ...equalObjects(named.filter((entry) => !entry.wrong.has("namespace"))),
    ...rangeProblems({ values, wrong, entries: named }),
  ];
};

/** Docker has the lower half, without network address and gateway; then the management node and each API's proxy. */
const crowdedNetwork = (subnet: Cidr, entries: readonly ClusterEntry[]): Problem[] => {
  const real = entries.filter((entry) => entry.values.backend === "docker");
  const nodes = real.reduce((sum, entry) => sum + nodesOf(entry), 0);
  const room = 2 ** (31 - subnet.prefix) - 3 - real.length;
  return nodes <= room
    ? []
    : [
        {
          key: "networkSubnet",
          received: subnet.text,
          rule: `hold ${nodes} nodes in its lower half, and has room for ${room}`,
          remedy: "Choose a larger subnet, as 172.18.0.0/16, or fewer nodes",
        },
      ];
};

/** Containers carry the cluster's name without its namespace, so one Docker has room for one of a name. */
const equalNames = (entries: readonly ClusterEntry[]): Problem[] =>
  entries.flatMap((entry, index) => {
    const first = entries.findIndex((other) => other.values.name === entry.values.name);
    return first === index
      ? []
      : [
          {
            key: entry.key("name"),
            received: entry.values.name,
            rule: `differ from ${entries[first]?.key("name")}, in whatever namespace`,
            remedy: "Rename one of the two",
          },
        ];
  });

/** Names of what clusters of one namespace derive: cluster a's pool a-md-0 and cluster a-md's pool 0 are one object. */
const equalObjects = (entries: readonly ClusterEntry[]): Problem[] => {
  const owners = new Map<string, ClusterEntry>();
  return entries.flatMap((entry) => {
    const { name, namespace } = entry.values;
    const derived = ["cp", ...entry.pools.map((pool) => pool.name)].map((part) => `${name}-${part}`);
    return derived.flatMap((object) => {
      const place = `${namespace}/${object}`;
      const owner = owners.get(place);
      if (owner === undefined) owners.set(place, entry);
      if (owner === undefined || owner.values.name === name) return [];
      return [
        {
          key: entry.key("workers"),
          received: object,
          rule: `be a name of its own, and cluster ${owner.values.name} derives the same for its machines`,
          remedy: "Rename one of the pools or clusters, or give them different namespaces",
        },
      ];
    });
  });
};

const rangeProblems = ({ values, wrong, entries }: Pick<RuleContext, "values" | "wrong" | "entries">): Problem[] => {
  const keys = ["networkSubnet", "networkGateway", "loadBalancerPrefix"];
  const listed = entries.filter((entry) => !entry.short && !entry.wrong.has("loadBalancerSlot"));
  // Each name once: a second cluster of a name is said above.
  const once = listed.filter(
    (entry, index) => listed.findIndex((one) => one.values.name === entry.values.name) === index,
  );
  // The short form's range is the stack's own, and judged with the network.
  if (keys.some((key) => wrong.has(key)) || once.length === 0) return [];
  const { networkSubnet, networkGateway, loadBalancerPrefix } = values;
  // A network without any range is said once, not again for every cluster.
  if (problemsOf(() => loadBalancerRange(networkSubnet, networkGateway, loadBalancerPrefix)).length > 0) return [];
  return [...problemsOf(() => allottedRanges(values, once))];
};
