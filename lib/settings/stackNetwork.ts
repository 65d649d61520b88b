import { type Problem, ProblemError } from "../base/problem";
import { infrastructureOf } from "../cluster/infrastructure";
import type { IpFamily } from "../network/address";
import type { Cidr } from "../network/cidr";
import {
  byHiddenRoutes,
  exampleSubnet,
  hiddenRoute,
  overlapText,
  subnetCandidates,
  takersOf,
  type TakenNetwork,
} from "../network/freeSubnet";
import { ethernetMtu } from "../network/mtu";
import type { StateNetwork } from "../network/stateNetwork";
import { readSettings, SettingsError, type SettingsSource } from "./settings";
import { chooseMtu } from "./stackMtu";
import { deepFreeze, type Settings } from "./types";

/** The Docker network `kind` of this machine. */
export interface KindNetwork {
  /** Value of the owner label; empty for a network that Slipway did not create. */
  readonly owner: string;
  /** IPv4 and IPv6 subnets. */
  readonly subnets: readonly Cidr[];
  /** Names of the containers on the network, including stopped ones. */
  readonly containers: readonly string[];
  /** In bytes; default: that of a network without the option. */
  readonly mtu?: number;
}

/** The networks of a machine that decide about a stack's subnet. */
export interface MachineNetworks {
  /** Absent if Docker has no network `kind`. */
  readonly kind?: KindNetwork | undefined;
  /** Absent before the first `up`. */
  readonly state?: StateNetwork | undefined;
  /** Networks of Docker and routes of the host, without the default route. */
  readonly taken: readonly TakenNetwork[];
  /** MTU of Docker's default bridge in bytes; absent if Docker has no default bridge. */
  readonly bridgeMtu?: number | undefined;
}

/** The settings of a stack on a machine. */
export interface PlacedSettings {
  readonly settings: Settings;
  /** A choice that this run makes for the first time, in words; absent if the settings or the state decide. */
  readonly notice?: string;
}

/** Returns true if a stack has containers in this machine's Docker. */
export const usesDocker = ({ management, clusters }: Pick<Settings, "management" | "clusters">): boolean =>
  management.kubeconfig === "" || clusters.some(({ backend }) => infrastructureOf(backend).onDocker);

/** A machine of which nothing is known. */
export const unknownMachine: MachineNetworks = { taken: [] };

/**
 * Reads a stack's settings, and completes them with the Docker network that the stack has or gets on this machine. It never
 * changes a subnet of the settings. Otherwise the subnet of the state or of the network wins, then the first free candidate.
 *
 * @param owner - value of the owner label of the stack's Docker resources
 * @throws SettingsError with all problems of the settings, if no candidate is free, and for an MTU that cannot be had
 */
export const placeStack = (source: SettingsSource, owner: string, machine: MachineNetworks): PlacedSettings =>
  withMtu(source.config["networkMtu"], placeSubnet(source, owner, machine), owner, machine);

const placeSubnet = (source: SettingsSource, owner: string, machine: MachineNetworks): PlacedSettings => {
  const { kind, state } = machine;
  const { networkSubnet, adoptNetwork } = source.config;
  const subnet = kind && subnetOf(kind, "ipv4");
  if (kind !== undefined && isTrue(adoptNetwork)) return { settings: adopted(source, kind, subnet) };
  if (kind !== undefined && kind.owner !== owner) {
    if (state?.isAdopted) return { settings: adopted(source, kind, state.subnet) };
    const isUnused = kind.owner === "" && kind.containers.length === 0;
    const isPossible = subnet !== undefined && (isUnset(networkSubnet) || networkSubnet === subnet.text);
    if (state === undefined && isUnused && isPossible) return adoptedFirst(source, kind, subnet);
  }
  if (!isUnset(networkSubnet) || isTrue(adoptNetwork)) return { settings: readSettings(source) };
  const kept = kind?.owner === owner ? subnet : state?.subnet;
  return kept === undefined
    ? firstFree(source, machine.taken)
    : { settings: readWithNetwork(source, { networkSubnet: kept.text }) };
};

/** Completes the settings with the MTU of the Docker network. */
const withMtu = (
  stated: unknown,
  { settings, notice }: PlacedSettings,
  owner: string,
  { kind, state, bridgeMtu }: MachineNetworks,
): PlacedSettings => {
  const { network } = settings;
  if (!usesDocker(settings)) return { settings, ...(notice === undefined ? {} : { notice }) };
  const isOwn = kind?.owner === owner;
  const existing = kind && (network.adopt || isOwn) ? (kind.mtu ?? ethernetMtu) : state?.mtu;
  const chosen = chooseMtu({
    stated: isUnset(stated) || Number(stated) === 0 ? undefined : network.mtu,
    existing,
    bridge: bridgeMtu,
    isAdopted: network.adopt,
    hasIPv6: network.ipv6 !== undefined,
  });
  const notices = [notice, chosen.notice].filter((text) => text !== undefined);
  return {
    settings:
      chosen.mtu === network.mtu ? settings : deepFreeze({ ...settings, network: { ...network, mtu: chosen.mtu } }),
    ...(notices.length === 0 ? {} : { notice: notices.join("; ") }),
  };
};

const isUnset = (value: unknown): boolean => value === undefined || value === "";
const isTrue = (value: unknown): boolean => value === true || value === "true";

const subnetOf = ({ subnets }: KindNetwork, family: IpFamily): Cidr | undefined =>
  subnets.find((subnet) => subnet.family === family);

/** Reads the settings with other values of the network. Subnets of the user win. */
const readWithNetwork = (source: SettingsSource, changes: Readonly<Record<string, unknown>>): Settings => {
  const open = Object.entries(changes).filter(
    ([key, value]) => value !== undefined && (key === "adoptNetwork" || isUnset(source.config[key])),
  );
  return readSettings({ ...source, config: { ...source.config, ...Object.fromEntries(open) } });
};

/** Reads settings. A problem with a subnet that the user did not write is a problem of the network. */
const ofNetwork = (source: SettingsSource, read: () => Settings): Settings => {
  const attempt = attemptToRead(read);
  if (attempt.settings !== undefined) return attempt.settings;
  const isOfNetwork = ({ key }: Problem): boolean => key === "networkSubnet" && isUnset(source.config["networkSubnet"]);
  const remedy = "Recreate the network kind with another subnet, or set adoptNetwork to false";
  throw new SettingsError(attempt.problems.map((problem) => (isOfNetwork(problem) ? { ...problem, remedy } : problem)));
};

/** Reads the settings on an adopted network. The IPv6 subnet is part of them only if a cluster needs IPv6. */
const adopted = (source: SettingsSource, kind: KindNetwork, subnet: Cidr | undefined): Settings => {
  const changes = { adoptNetwork: true, networkSubnet: subnet?.text };
  const settings = ofNetwork(source, () => readWithNetwork(source, changes));
  const networkSubnetIPv6 = subnetOf(kind, "ipv6")?.text;
  return settings.network.ipv6 === undefined || networkSubnetIPv6 === undefined
    ? settings
    : readWithNetwork(source, { ...changes, networkSubnetIPv6 });
};

/** Adopts a network without containers. If the settings fit only other networks, the error says how to delete this one. */
const adoptedFirst = (source: SettingsSource, kind: KindNetwork, subnet: Cidr): PlacedSettings => {
  const attempt = attemptToRead(() => adopted(source, kind, subnet));
  if (attempt.settings === undefined) {
    // Settings that fit no network are reported alone.
    firstFree(source, []);
    throw new SettingsError([...attempt.problems, unfit(kind, "a network that fits the stack's settings")]);
  }
  const { settings } = attempt;
  const { ipv6 } = settings.network;
  if (ipv6 !== undefined && !kind.subnets.some(({ text }) => text === ipv6.subnet.text))
    throw new SettingsError([
      unfit(kind, `a network with the IPv6 subnet ${ipv6.subnet.text}, because the stack has IPv6`),
    ]);
  return {
    settings,
    notice: `the stack adopts it with ${subnet.text}, because no container uses it; destroy leaves it`,
  };
};

const unfit = ({ subnets }: KindNetwork, rule: string): Problem => ({
  key: "Docker network kind",
  got: subnets.map(({ text }) => text).join(", "),
  rule,
  remedy: "Run docker network rm kind, because no container uses the network; then Slipway creates its own",
});

type Attempt = { readonly settings: Settings } | { readonly settings?: never; readonly problems: readonly Problem[] };

const attemptToRead = (read: () => Settings): Attempt => {
  try {
    return { settings: read() };
  } catch (error) {
    if (error instanceof ProblemError) return { problems: error.problems };
    throw error;
  }
};

/** A candidate that the stack cannot have. */
interface Refusal {
  readonly candidate: string;
  /** Completes a sentence about the candidate. */
  readonly reason: string;
}

/** Returns the settings with the first candidate that nothing uses and that fits all other settings. */
const firstFree = (source: SettingsSource, taken: readonly TakenNetwork[]): PlacedSettings => {
  const refusals: Refusal[] = [];
  const [preferred] = subnetCandidates;
  for (const candidate of byHiddenRoutes(subnetCandidates, taken)) {
    const settings = settingsOn(source, candidate, taken);
    if (typeof settings === "string") {
      refusals.push({ candidate: candidate.text, reason: settings });
      continue;
    }
    if (candidate === preferred) return { settings };
    const hidden = preferred && hiddenRoute(preferred, taken);
    const why = preferred && settingsOn(source, preferred, taken);
    const reason = typeof why === "string" ? why : hidden && overlapText(hidden);
    return { settings, notice: `the stack takes ${candidate.text}, because ${preferred?.text} ${reason}` };
  }
  // Settings that are wrong with the default subnet too are reported first.
  const { clusters } = readSettings(source);
  const networks = clusters.flatMap(({ podCidr, serviceCidr }) => [...podCidr.list, ...serviceCidr.list]);
  throw new SettingsError([nothingFree(refusals, exampleSubnet("ipv4", taken, networks))]);
};

/** Returns the settings on a candidate, or why the stack cannot have the candidate. */
const settingsOn = (source: SettingsSource, candidate: Cidr, taken: readonly TakenNetwork[]): Settings | string => {
  const [taker] = takersOf(candidate, taken);
  if (taker !== undefined) return overlapText(taker);
  const { settings } = attemptToRead(() => readWithNetwork(source, { networkSubnet: candidate.text }));
  if (settings === undefined) return "does not fit the other settings";
  const { ipv6 } = settings.network;
  if (ipv6 === undefined || !isUnset(source.config["networkSubnetIPv6"])) return settings;
  const [takerIPv6] = takersOf(ipv6.subnet, taken);
  return takerIPv6 === undefined
    ? settings
    : `has the IPv6 subnet ${ipv6.subnet.text}, which ${overlapText(takerIPv6)}`;
};

const nothingFree = (refusals: readonly Refusal[], example: Cidr | undefined): Problem => {
  const reasons = [...new Set(refusals.map(({ reason }) => reason))];
  const lists = reasons.map((reason) => {
    const candidates = refusals.filter((refusal) => refusal.reason === reason).map(({ candidate }) => candidate);
    return `${candidates.join(", ")} ${reason}`;
  });
  return {
    key: "networkSubnet",
    got: `none: ${lists.join("; ")}`,
    rule: "a free subnet for the Docker network kind",
    remedy:
      example === undefined
        ? "Remove a network that nothing uses (docker network ls)"
        : `Set networkSubnet to a network that nothing uses, such as ${example.text}, or remove an unused network (docker network ls)`,
  };
};
