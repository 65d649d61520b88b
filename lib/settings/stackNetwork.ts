import { type Problem, ProblemError } from "../base/problem";
import { infrastructureOf } from "../cluster/infrastructure";
import { familyOf, type IpFamily } from "../network/address";
import { parseNetwork } from "../network/cidr";
import { subnetCandidates, takersOf, type TakenNetwork, overlapText } from "../network/freeSubnet";
import type { StateNetwork } from "../network/stateNetwork";
import { readSettings, SettingsError, type SettingsSource } from "./settings";
import type { Settings } from "./types";

/** The Docker network `kind` of this machine. */
export interface KindNetwork {
  /** Value of the owner label; empty for a network that Slipway did not create. */
  readonly owner: string;
  /** IPv4 and IPv6 subnets. */
  readonly subnets: readonly string[];
  /** Names of the containers on the network, including stopped ones. */
  readonly containers: readonly string[];
}

/** The networks of a machine that decide about a stack's subnet. */
export interface MachineNetworks {
  /** Absent if Docker has no network `kind`. */
  readonly kind?: KindNetwork | undefined;
  /** Absent before the first `up`. */
  readonly state?: StateNetwork | undefined;
  /** Networks of Docker and routes of the host, without the default route. */
  readonly taken: readonly TakenNetwork[];
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
 * Reads a stack's settings, and completes them with the Docker network that the stack has or gets on this machine. A
 * subnet in the settings is never changed. Otherwise the subnet is, in this order: the subnet of the stack's own
 * network, the subnet of an adopted network, the first free candidate.
 *
 * @param owner - value of the owner label of the stack's Docker resources
 * @throws SettingsError with all problems of the settings, and if no candidate is free
 */
export const placeStack = (source: SettingsSource, owner: string, machine: MachineNetworks): PlacedSettings => {
  const { kind, state } = machine;
  const stated = source.config;
  const withNetwork = networkReader(source);
  const adoptsByItself = !isTrue(stated["adoptNetwork"]) && canAdopt(owner, machine, stated["networkSubnet"]);
  if (kind !== undefined && (adoptsByItself || isTrue(stated["adoptNetwork"]))) {
    const subnet = state?.isAdopted && adoptsByItself ? state.subnet : subnetOf(kind, "ipv4");
    if (!adoptsByItself || state?.isAdopted) return { settings: adopted(withNetwork, kind, subnet) };
    return adoptedFirst(source, kind, subnet);
  }
  if (!isUnset(stated["networkSubnet"]) || isTrue(stated["adoptNetwork"])) return { settings: readSettings(source) };
  const kept = kind?.owner === owner ? subnetOf(kind, "ipv4") : state?.subnet;
  if (kept !== undefined) return { settings: withNetwork({ networkSubnet: kept }) };
  return firstFree(source, machine.taken);
};

const isUnset = (value: unknown): boolean => value === undefined || value === "";
const isTrue = (value: unknown): boolean => value === true || value === "true";

const subnetOf = ({ subnets }: KindNetwork, family: IpFamily): string | undefined =>
  subnets.find((subnet) => familyOf(subnet) === family);

type ReadWithNetwork = (changes: Readonly<Record<string, unknown>>) => Settings;

/** Returns a reader of the settings with other values of the network. Values of the user win. */
const networkReader =
  (source: SettingsSource): ReadWithNetwork =>
  (changes) => {
    const open = Object.entries(changes).filter(
      ([key, value]) => value !== undefined && (key === "adoptNetwork" || isUnset(source.config[key])),
    );
    return readSettings({ ...source, config: { ...source.config, ...Object.fromEntries(open) } });
  };

/**
 * Returns true if a stack adopts the network `kind` although the settings do not say so: the stack did so before, or
 * somebody left the network and no container uses it.
 */
const canAdopt = (owner: string, { kind, state }: MachineNetworks, stated: unknown): boolean => {
  if (kind === undefined || kind.owner === owner) return false;
  if (state !== undefined) return state.isAdopted;
  const subnet = subnetOf(kind, "ipv4");
  const fits = subnet !== undefined && (isUnset(stated) || stated === subnet);
  return kind.owner === "" && kind.containers.length === 0 && fits;
};

/** Reads the settings on an adopted network. The IPv6 subnet is part of them only if a cluster needs IPv6. */
const adopted = (withNetwork: ReadWithNetwork, kind: KindNetwork, networkSubnet: string | undefined): Settings => {
  const changes = { adoptNetwork: true, networkSubnet };
  const settings = withNetwork(changes);
  const networkSubnetIPv6 = subnetOf(kind, "ipv6");
  return settings.network.ipv6 === undefined || networkSubnetIPv6 === undefined
    ? settings
    : withNetwork({ ...changes, networkSubnetIPv6 });
};

/** Adopts a network without containers. Settings that fit only another network are an error with the remedy. */
const adoptedFirst = (source: SettingsSource, kind: KindNetwork, subnet: string | undefined): PlacedSettings => {
  try {
    const settings = adopted(networkReader(source), kind, subnet);
    const { ipv6 } = settings.network;
    if (ipv6 !== undefined && !kind.subnets.includes(ipv6.subnet)) throw new SettingsError([needsIPv6(kind)]);
    const notice = `the stack adopts it with ${subnet}, because no container uses it; destroy leaves it`;
    return { settings, notice };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // Settings that fit no network are reported alone.
    firstFree(source, []);
    throw new SettingsError([...error.problems, unfit(kind)]);
  }
};

const removal = "Run docker network rm kind, because no container uses the network; then Slipway creates its own";

const needsIPv6 = ({ subnets }: KindNetwork): Problem => ({
  key: "networkSubnetIPv6",
  got: subnets.join(", "),
  rule: "an IPv6 subnet of the Docker network kind, because a cluster has IPv6",
  remedy: removal,
});

const unfit = ({ subnets }: KindNetwork): Problem => ({
  key: "Docker network kind",
  got: subnets.join(", ") || "a network without a subnet",
  rule: "a network that fits the stack's settings",
  remedy: removal,
});

/** A candidate that the stack cannot have. */
interface Refusal {
  readonly candidate: string;
  /** Completes a sentence about the candidate. */
  readonly reason: string;
}

/** Returns the settings with the first candidate that nothing uses and that fits all other settings. */
const firstFree = (source: SettingsSource, taken: readonly TakenNetwork[]): PlacedSettings => {
  const refusals: Refusal[] = [];
  for (const candidate of subnetCandidates) {
    const settings = settingsOn(source, candidate, taken);
    if (typeof settings === "string") {
      refusals.push({ candidate, reason: settings });
      continue;
    }
    const [first] = refusals;
    if (first === undefined) return { settings };
    const notice = `the stack takes ${candidate}, because ${first.candidate} ${first.reason}`;
    return { settings, notice };
  }
  // Settings that are wrong with the default subnet too are reported first.
  readSettings(source);
  throw new SettingsError([nothingFree(refusals)]);
};

/** Returns the settings on a candidate, or why the stack cannot have the candidate. */
const settingsOn = (source: SettingsSource, candidate: string, taken: readonly TakenNetwork[]): Settings | string => {
  const [taker] = takersOf(parseNetwork(candidate), taken);
  if (taker !== undefined) return overlapText(taker);
  try {
    const settings = networkReader(source)({ networkSubnet: candidate });
    const { ipv6 } = settings.network;
    const isDerived = ipv6 !== undefined && isUnset(source.config["networkSubnetIPv6"]);
    const [takerIPv6] = isDerived ? takersOf(parseNetwork(ipv6.subnet), taken) : [];
    return takerIPv6 === undefined ? settings : `has the IPv6 subnet ${ipv6?.subnet}, which ${overlapText(takerIPv6)}`;
  } catch (error) {
    if (error instanceof ProblemError) return "does not fit the other settings";
    throw error;
  }
};

const nothingFree = (refusals: readonly Refusal[]): Problem => {
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
      "Set networkSubnet to a network that nothing uses, such as 10.200.0.0/16, or remove an unused network (docker network ls)",
  };
};
