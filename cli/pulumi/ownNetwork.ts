import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { networkName } from "../../lib/base/container";
import { addressText } from "../../lib/network/address";
import { rangeOfDocker } from "../../preflight/host/dockerNetworks";
import {
  type DockerExec,
  execDocker,
  type InspectedNetwork,
  networkArguments,
  parseNetworks,
} from "../../system/docker";
import { runSync } from "../../system/exec";
import { writeAtomically } from "../../system/files";
import { findOwnContainer, type OwnContainer, ownContainerVariable } from "../../system/ownContainer";
import { isRunning, type ProcessIdentity, startOf } from "../../system/processes";
import type { Print } from "../toolchain/build/progress";

/** The connection of the own container to the Docker network during a command. */
export interface OwnNetwork {
  /** Disconnects the container, unless another command of Slipway in this container still runs. */
  readonly close: () => Promise<void>;
}

/** The world of a connection. Tests replace it. */
export interface OwnNetworkWorld {
  readonly execute?: DockerExec;
  readonly find?: () => Promise<OwnContainer | undefined>;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds between two looks at the network. @default 500 */
  readonly period?: number;
  /** Milliseconds after the last node's end until the container leaves the network. @default 12000 */
  readonly stay?: number;
}

/** Folder of the records: one for each command that keeps its container connected. */
const recordFolder = (checkout: string): string => join(checkout, ".slipway", "connected");

interface ConnectionRecord extends ProcessIdentity {
  /** Id of the container that the command connects. */
  readonly container: string;
}

/** Returns the records of commands in this container by file. */
const readRecords = (checkout: string, container: string): [string, ConnectionRecord][] => {
  const folder = recordFolder(checkout);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder).flatMap((name): [string, ConnectionRecord][] => {
    const file = join(folder, name);
    try {
      const record = JSON.parse(readFileSync(file, "utf8")) as ConnectionRecord;
      return record.container === container ? [[file, record]] : [];
    } catch {
      return []; // another command removed its record
    }
  });
};

/** Returns the last but one address that Docker would assign, so that no node loses its address to this container. */
const freeAddress = (network: InspectedNetwork | undefined): string[] => {
  const range = network && rangeOfDocker(network);
  return range === undefined ? [] : ["--ip", addressText(range.family, range.last - 2n)];
};

/**
 * Connects the container if the network has other containers. Disconnects it if `canLeave` is true and the network has none: a
 * network with the container could not be deleted. Returns true if the container is alone on the network.
 */
const adjust = async (id: string, execute: DockerExec, canLeave: boolean): Promise<boolean> => {
  const { code, stdout } = await execute(networkArguments(networkName));
  if (code !== 0) return false;
  const { Containers } = JSON.parse(stdout) as { Containers?: Record<string, unknown> | null };
  const ids = Object.keys(Containers ?? {});
  const isConnected = ids.includes(id);
  const hasOthers = ids.some((other) => other !== id);
  if (isConnected && !hasOthers && canLeave) await execute(["network", "disconnect", networkName, id]);
  if (isConnected || !hasOthers) return isConnected && !hasOthers && !canLeave;
  const [network] = parseNetworks(stdout);
  const connected = await execute(["network", "connect", ...freeAddress(network), networkName, id]);
  // Another container may have the address.
  if (connected.code !== 0) await execute(["network", "connect", networkName, id]);
  return false;
};

const requireOwnNetwork = ({ name, networkMode }: OwnContainer): void => {
  if (networkMode !== "none" && !networkMode.startsWith("container:")) return;
  throw new Error(
    `container ${name}: expected a network that Slipway can add to, got --network ${networkMode}. ` +
      "Start the container without this option, or with --network host.",
  );
};

/**
 * Keeps the container of this process on the Docker network while a command runs, so that the command reaches nodes and
 * load balancers at their addresses. Returns undefined outside of a container, with the host's network, and if somebody
 * else has connected the container.
 *
 * @throws if Docker cannot connect the container
 */
export const openOwnNetwork = async (
  checkout: string,
  print: Print,
  {
    execute = execDocker,
    find = findOwnContainer,
    env = process.env,
    period = 500,
    stay = 12_000,
  }: OwnNetworkWorld = {},
): Promise<OwnNetwork | undefined> => {
  const container = await find();
  if (container === undefined || container.networkMode === "host") return undefined;
  requireOwnNetwork(container);
  const { id, name } = container;
  const earlier = readRecords(checkout, id);
  // Without a record of Slipway the user has connected the container, and keeps it connected.
  const isUsers = container.isOnNetwork && earlier.length === 0;
  env[ownContainerVariable] = isUsers ? name : id;
  if (isUsers) return undefined;
  print(`container: ${name}, on the Docker network ${networkName} while this command runs`);
  for (const [file, record] of earlier) if (!isRunning(record)) rmSync(file, { force: true });
  const recordFile = join(recordFolder(checkout), `${process.pid}.json`);
  const record: ConnectionRecord = { pid: process.pid, start: startOf(process.pid), container: id };
  writeAtomically(recordFile, JSON.stringify(record), { private: true });

  let isClosed = false;
  let aloneSince: number | undefined;
  const inspectAgain = async (): Promise<void> => {
    if (isClosed) return;
    // Pulumi asks nodes that are gone. On their network it learns so in seconds, and outside of it after minutes.
    const canLeave = aloneSince !== undefined && Date.now() - aloneSince >= stay;
    aloneSince = (await adjust(id, execute, canLeave)) ? (aloneSince ?? Date.now()) : undefined;
  };
  let looking = inspectAgain();
  await looking;
  const timer = setInterval(() => {
    looking = looking.then(inspectAgain);
  }, period);
  timer.unref();
  /** Returns true if no other command needs the connection. */
  const end = (): boolean => {
    isClosed = true;
    clearInterval(timer);
    rmSync(recordFile, { force: true });
    return !readRecords(checkout, id).some(([, other]) => isRunning(other));
  };
  const endNow = (): void => {
    if (!isClosed && end()) disconnectNow(id);
  };
  // A run of Pulumi handles signals itself, and then this command ends as usual.
  const interrupt = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) === 1) process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("exit", endNow).on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return {
    close: async () => {
      const isLast = end();
      process.off("exit", endNow).off("SIGINT", interrupt).off("SIGTERM", interrupt);
      await looking;
      if (isLast) await execute(["network", "disconnect", networkName, id]);
    },
  };
};

const disconnectNow = (id: string): void => {
  try {
    runSync("docker", ["network", "disconnect", networkName, id]);
  } catch {
    // the network or the connection does not exist
  }
};
