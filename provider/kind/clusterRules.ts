import { isRecord, listAt, valueAt } from "../../lib/base/json";
import type { Failure } from "../plugin/rpc";
import { isUnknown, type Properties } from "../plugin/values";
import { structuredNames } from "./clusterProperties";

/** A port mapping of a node, with its path. */
interface Port {
  path: string;
  /** `80/TCP`. */
  port: string;
  /** Address on which Docker listens; empty for all addresses. */
  address: string;
}

const portsOf = (properties: Properties): Port[] =>
  listAt(properties, "nodes").flatMap((node, nodeIndex) =>
    listAt(node, "extraPortMappings").flatMap((mapping, index): Port[] => {
      const { hostPort = 0, protocol = "TCP", listenAddress = "" } = isRecord(mapping) ? mapping : {};
      // kind takes another free port for each 0.
      if (typeof hostPort !== "number" || hostPort === 0) return [];
      const address = ["0.0.0.0", "::"].includes(String(listenAddress)) ? "" : String(listenAddress);
      const path = `nodes[${nodeIndex}].extraPortMappings[${index}].hostPort`;
      return [{ path, port: `${hostPort}/${String(protocol)}`, address }];
    }),
  );

/** Returns the port mappings that an earlier mapping of the cluster excludes. */
const takenPorts = (properties: Properties): Failure[] => {
  const ports = portsOf(properties);
  return ports.flatMap(({ path, port, address }, index) => {
    const taken = ports
      .slice(0, index)
      .find((other) => other.port === port && (other.address === address || other.address === "" || address === ""));
    return taken === undefined
      ? []
      : [{ property: path, reason: `expected a port of its own, got that of ${taken.path}` }];
  });
};

const takenPaths = (properties: Properties): Failure[] =>
  listAt(properties, "nodes").flatMap((node, nodeIndex) => {
    const paths = listAt(node, "extraMounts").map((mount) => valueAt(mount, "containerPath"));
    return paths.flatMap((path, index) => {
      const first = paths.indexOf(path);
      if (typeof path !== "string" || first === index) return [];
      const property = `nodes[${nodeIndex}].extraMounts[${index}].containerPath`;
      return [
        { property, reason: `expected a path of its own, got that of nodes[${nodeIndex}].extraMounts[${first}]` },
      ];
    });
  });

/** Returns what is wrong with the inputs of a kind cluster together. */
export const checkCluster = (properties: Properties): Failure[] => {
  const { config, nodes } = properties;
  const beside = config === undefined ? [] : structuredNames.filter((name) => name in properties);
  const roles = Array.isArray(nodes) ? nodes.map((node) => valueAt(node, "role") ?? "control-plane") : [];
  const isHeadless =
    Array.isArray(nodes) &&
    !roles.some((role) => role === "control-plane" || isUnknown(role as string)) &&
    !nodes.some(isUnknown);
  return [
    ...beside.map((property) => ({
      property,
      reason: `expected nothing beside config, got a value. Remove config or ${property}`,
    })),
    ...(isHeadless
      ? [{ property: "nodes", reason: 'expected at least one node with the role "control-plane", got none' }]
      : []),
    ...takenPorts(properties),
    ...takenPaths(properties),
  ];
};
