import { readFileSync } from "node:fs";
import { networkName } from "../lib/base/container";
import { type DockerExec, execDocker } from "./docker";

/** The Docker container in which this process runs. */
export interface OwnContainer {
  readonly id: string;
  readonly name: string;
  /** Docker's network mode: `default`, `bridge`, a network's name, `host`, `none` or `container:ID`. */
  readonly networkMode: string;
  /** Whether the container is on the network kind. */
  readonly isOnNetwork: boolean;
}

/**
 * Environment variable for the programs that the command line starts in a container: the container's id if Slipway connects
 * the container, or its name if the user has connected it.
 */
export const ownContainerVariable = "SLIPWAY_OWN_CONTAINER";

/** Docker mounts this file of each container from a folder that is named after the container's id. */
const hostnameMount = /\/containers\/([0-9a-f]{64})\/hostname \/etc\/hostname /;

/** Returns the id in a table of mounts, /proc/self/mountinfo; undefined outside of a container. */
export const containerIdIn = (mounts: string): string | undefined => hostnameMount.exec(mounts)?.[1];

const readMounts = (): string => {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return ""; // no /proc (macOS)
  }
};

/**
 * Returns the container in which this process runs. Returns undefined outside of a container, and if the Docker of the
 * docker command does not have the container. Outside of a container it starts no program.
 */
export const findOwnContainer = async (
  execute: DockerExec = execDocker,
  mounts = readMounts(),
): Promise<OwnContainer | undefined> => {
  const id = containerIdIn(mounts);
  if (id === undefined) return undefined;
  const format = `{{.State.Running}}\t{{.Name}}\t{{.HostConfig.NetworkMode}}\t{{json .NetworkSettings.Networks}}`;
  const { code, stdout } = await execute(["container", "inspect", "--format", format, id]).catch(() => ({
    ...{ code: -1, stdout: "" },
  }));
  const [running, name = "", networkMode = "", networks = "{}"] = stdout.trim().split("\t");
  if (code !== 0 || running !== "true") return undefined;
  const isOnNetwork = Object.hasOwn(JSON.parse(networks) as object, networkName);
  return { id, name: name.replace(/^\//, ""), networkMode, isOnNetwork };
};
