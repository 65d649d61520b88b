import { networkName } from "../lib/base/container";
import type { TakenNetwork } from "../lib/network/freeSubnet";
import { mtuIn } from "../lib/network/mtu";
import { networkInState, type StateNetwork, type StateResourceValues } from "../lib/network/stateNetwork";
import type { SettingsSource } from "../lib/settings/settings";
import {
  type KindNetwork,
  type PlacedSettings,
  placeStack,
  unknownMachine,
  usesDocker,
} from "../lib/settings/stackNetwork";
import {
  type DockerExec,
  execDocker,
  type InspectedNetwork,
  listContainers,
  networkArguments,
  parseNetworks,
} from "../system/docker";
import { run } from "../system/exec";
import { cidrsOf, ownDevicesOn } from "./host/dockerNetworks";
import { hostRoutes } from "./host/kernel";
import { readText } from "./host/readers";

/** Name of Docker's default bridge. */
const bridgeName = "bridge";

/** The sources of what this machine knows about networks. Tests replace them. */
export interface NetworkSources {
  /** Reads the Docker network of the stack's state. It is asked only if Docker has no network of the stack. */
  readonly readState: () => Promise<StateNetwork | undefined>;
  readonly execute?: DockerExec;
  /** Reads a file of the kernel; undefined if the file cannot be read. */
  readonly read?: (path: string) => string | undefined;
}

/**
 * Reads a stack's settings, and completes them with the Docker network that the stack has or gets on this machine. A
 * Docker that does not answer is not an error here, because `prepare` reports it.
 *
 * @param owner value of the owner label of the stack's Docker resources
 * @throws SettingsError with all problems of the settings, and if no subnet is free
 */
export const placeOnMachine = async (
  source: SettingsSource,
  owner: string,
  { readState, execute = execDocker, read = readText }: NetworkSources,
): Promise<PlacedSettings> => {
  const { managementKubeconfig, networkSubnet, networkMtu } = source.config;
  // A stack with its own kind cluster uses Docker, so its settings are read only once, with the network.
  if (managementKubeconfig) {
    const byRules = placeStack(source, owner, unknownMachine);
    if (!usesDocker(byRules.settings)) return byRules;
  }
  const answer = async (...args: string[]): Promise<string[]> =>
    (await execute(args).catch(() => ({ stdout: "" }))).stdout.split("\n").filter((line) => line.trim() !== "");
  const inspected = parseNetworks((await answer(...networkArguments(networkName, bridgeName))).join("\n"));
  const network = inspected.find(({ name }) => name === networkName);
  const bridge = inspected.find(({ name }) => name === bridgeName);
  const bridgeMtu = bridge && mtuIn(bridge.options);
  const kind = network && {
    owner: network.owner,
    subnets: cidrsOf(network),
    containers: [],
    mtu: mtuIn(network.options),
  };
  if (kind?.owner === owner) return placeStack(source, owner, { kind, taken: [] });
  // Without the setting, another MTU than that of the state is not wanted: Pulumi ignores changes of the options.
  const needsState = !networkSubnet || (networkMtu !== undefined && Number(networkMtu) !== 0);
  if (kind === undefined && !needsState) return placeStack(source, owner, { taken: [], bridgeMtu });
  const [state, containers, dockerNetworks] = await Promise.all([
    readState(),
    kind === undefined ? [] : listContainers(answer, `network=${networkName}`),
    networksOf(answer),
  ]);
  const used: KindNetwork | undefined = kind && { ...kind, containers: containers.map(({ name }) => name) };
  return placeStack(source, owner, {
    kind: used,
    state,
    bridgeMtu,
    taken: [...dockerNetworks, ...routesOf(read, network)],
  });
};

const networksOf = async (answer: (...args: string[]) => Promise<string[]>): Promise<TakenNetwork[]> => {
  const ids = await answer("network", "ls", "--quiet");
  if (ids.length === 0) return [];
  // A network that disappears meanwhile fails the command, which still prints the others.
  const networks = parseNetworks((await answer(...networkArguments(...ids))).join("\n"));
  return networks.flatMap((one) => cidrsOf(one).map((network) => ({ network, by: `the Docker network ${one.name}` })));
};

const routesOf = (read: (path: string) => string | undefined, kind: InspectedNetwork | undefined): TakenNetwork[] => {
  const routes = hostRoutes(read);
  const devices = ownDevicesOn(kind, routes);
  const outside = routes.filter(({ device }) => !devices.includes(device));
  return outside.map(({ network, device, isGateway }) => ({
    network,
    by: isGateway ? `the gateway on ${device}` : device === "" ? "a route without a device" : `the device ${device}`,
    isRoute: true,
  }));
};

/**
 * Reads the Docker network in the state of a stack; undefined before the first `up`. The program of the stack calls it,
 * which has the environment of Pulumi.
 *
 * @throws if Pulumi fails, because another subnet would replace the network
 */
export const readStateNetwork = async (stack: string): Promise<StateNetwork | undefined> => {
  const text = await run("pulumi", ["stack", "export", "--non-interactive", "--stack", stack]);
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: StateResourceValues[] } };
  return networkInState(deployment?.resources ?? []);
};
