import {
  type InspectedContainer,
  inspectArguments,
  labelColumn,
  listArguments,
  type ListedContainer,
  parseContainers,
  parseInspected,
} from "../lib/base/container";
import { jsonLines } from "../lib/base/json";
import { ownerLabel } from "../lib/base/labels";
import { exec, type ExecResult, requireStart, run } from "./exec";

/**
 * Runs docker and returns its output lines.
 *
 * @throws if docker fails
 */
export type Docker = (...args: string[]) => Promise<string[]>;

/** Runs docker and returns its result. Tests pass their own function because they must not use a real Docker. */
export type DockerExec = (args: string[]) => Promise<ExecResult>;

/** Runs the docker command and throws if the command fails. */
export const docker: Docker = async (...args) =>
  (await run("docker", args)).split("\n").filter((line) => line.trim() !== "");

/** Runs the docker command and returns a failure as a result. */
export const execDocker: DockerExec = async (args) =>
  requireStart("docker", await exec("docker", args), "Install Docker, or run make doctor.");

/** Lists the running and stopped containers that pass all filters. */
export const listContainers = async (runDocker: Docker, ...filters: readonly string[]): Promise<ListedContainer[]> =>
  parseContainers(await runDocker(...listArguments(...filters)));

/** A Docker network with an owner. */
export interface OwnedNetwork {
  id: string;
  name: string;
  /** Value of the owner label. */
  owner: string;
}

/** Lists the networks that have an owner. */
export const listNetworks = async (runDocker: Docker): Promise<OwnedNetwork[]> => {
  const format = ["{{.ID}}", "{{.Name}}", labelColumn(ownerLabel)].join("\t");
  const lines = await runDocker("network", "ls", "--no-trunc", "--filter", `label=${ownerLabel}`, "--format", format);
  return lines.map((line) => {
    const [id = "", name = "", owner = ""] = line.split("\t");
    return { id, name, owner };
  });
};

/** Returns the arguments of `docker network inspect` for networks, with one line of JSON for each. */
export const networkArguments = (...names: string[]): string[] => [
  ...["network", "inspect", ...names],
  ...["--format", "{{json .}}"],
];

interface NetworkJson {
  Id: string;
  Name?: string;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
  IPAM?: { Config?: { Subnet?: string; IPRange?: string }[] | null };
}

/** Owner and subnets of a Docker network. */
export interface ExistingNetwork {
  /** Value of the owner label; empty without the label. */
  readonly owner: string;
  /** IPv4 and IPv6 subnets. */
  readonly subnets: readonly string[];
}

/** A Docker network as `docker network inspect` describes it. */
export interface InspectedNetwork extends ExistingNetwork {
  readonly name: string;
  /** Ranges from which Docker assigns addresses, for subnets that Docker uses only partly. */
  readonly ranges: readonly string[];
  /** Name of the bridge device. */
  readonly device: string;
  /** Options of the driver. */
  readonly options: Readonly<Record<string, string>>;
}

/** Parses docker's output for `networkArguments`. */
export const parseNetworks = (text: string): InspectedNetwork[] =>
  jsonLines<NetworkJson>(text).map(({ Id, Name = "", Options, Labels, IPAM }) => ({
    name: Name,
    owner: Labels?.[ownerLabel] ?? "",
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    ranges: (IPAM?.Config ?? []).flatMap(({ IPRange }) => IPRange || []),
    options: Options ?? {},
    device: Options?.["com.docker.network.bridge.name"] || `br-${Id.slice(0, 12)}`,
  }));

const daemonAnswered = (stderr: string): boolean =>
  !/cannot connect|permission denied|is the docker daemon running/i.test(stderr);

const inspect = async (args: string[], execute: DockerExec): Promise<string | undefined> => {
  const { code, stdout, stderr } = await execute(args);
  if (code === 0) return stdout.trim();
  // The answer "No such object" means that the object is missing. Without an answer the state is unknown.
  if (!daemonAnswered(stderr))
    throw new Error(`Docker does not answer (${stderr.trim()}). Start Docker, or run make doctor.`);
  return undefined;
};

/** Returns the content id (sha256:…) of each image that exists in Docker. */
export const imageIds = async (images: string[], execute = execDocker): Promise<Record<string, string>> => {
  if (images.length === 0) return {};
  const idOf = ["image", "inspect", "--format", "{{.Id}}"];
  // One command inspects all images. It prints a line for each existing image, without the image's name.
  const ids = (await inspect([...idOf, ...images], execute))?.split("\n");
  if (ids?.length === images.length) return Object.fromEntries(images.map((image, index) => [image, ids[index] ?? ""]));
  const entries = await Promise.all(
    images.map(async (image) => [image, await inspect([...idOf, image], execute)] as const),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** State and image of the node container of a kind cluster. */
export type ManagementNode = Pick<InspectedContainer, "running" | "image">;

/** Returns the only node of the management cluster; undefined if its container does not exist. */
export const managementNode = async (cluster: string, execute = execDocker): Promise<ManagementNode | undefined> => {
  const [node] = parseInspected((await inspect(inspectArguments(`${cluster}-control-plane`), execute)) ?? "");
  return node && { running: node.running, image: node.image };
};
