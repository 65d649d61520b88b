import { networkName } from "../../lib/base/container";
import type { Cidr } from "../../lib/network/cidr";
import { lenientNetwork } from "../../lib/network/parse";
import { ownContainerVariable } from "../../system/ownContainer";
import type { HostRoute } from "./kernel";
import { type InspectedNetwork, networkArguments, parseNetworks } from "../../system/docker";

/** Returns the subnets of a Docker network. */
export const cidrsOf = ({ subnets }: Pick<InspectedNetwork, "subnets">): Cidr[] =>
  subnets.flatMap((subnet) => lenientNetwork(subnet) ?? []);

/** Returns the IPv4 range from which Docker assigns addresses; undefined if Docker uses whole subnets. */
export const rangeOfDocker = ({ ranges }: Pick<InspectedNetwork, "ranges">): Cidr | undefined =>
  ranges.flatMap((range) => lenientNetwork(range) ?? []).find(({ family }) => family === "ipv4");

/**
 * Returns the devices by which the container of this process is on a Docker network. A host has none, because its bridge is
 * another device.
 */
export const ownDevicesOn = (
  network: InspectedNetwork | undefined,
  routes: readonly Pick<HostRoute, "network" | "device">[],
  env: NodeJS.ProcessEnv = process.env,
): string[] =>
  network !== undefined && env[ownContainerVariable]
    ? routes.filter((route) => network.subnets.includes(route.network.text)).map(({ device }) => device)
    : [];

/**
 * Inspects all networks of Docker.
 *
 * @param docker runs docker, and returns its output; undefined if docker fails
 */
export const inspectNetworks = async (
  docker: (...args: string[]) => Promise<{ text?: string }>,
): Promise<InspectedNetwork[]> => {
  const names = ((await docker("network", "ls", "--quiet")).text ?? "").split("\n").filter(Boolean);
  if (names.length === 0) return [];
  // A network that disappears meanwhile fails the command.
  const { text = (await docker(...networkArguments(networkName))).text ?? "" } = await docker(
    ...networkArguments(...names),
  );
  return parseNetworks(text);
};
