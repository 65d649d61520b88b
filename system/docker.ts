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

/** Runs docker and returns the lines it prints; throws where docker fails. */
export type Docker = (...args: string[]) => Promise<string[]>;

/** Runs docker and returns how it ended; tests give their own, since they must not reach a real one. */
export type DockerExec = (args: string[]) => Promise<ExecResult>;

/** Runs the docker command, which must succeed. */
export const docker: Docker = async (...args) =>
  (await run("docker", args)).split("\n").filter((line) => line.trim() !== "");

/** Runs the docker command, which may fail. */
export const execDocker: DockerExec = async (args) =>
  requireStart("docker", await exec("docker", args), "; install Docker, or run make doctor");

/** Lists containers, stopped ones too, which pass all of the filters. */
export const listContainers = async (ask: Docker, ...filters: readonly string[]): Promise<ListedContainer[]> =>
  parseContainers(await ask(...listArguments(...filters)));

/** A Docker network with an owner. */
export interface OwnedNetwork {
  id: string;
  name: string;
  /** Value of the owner label. */
  owner: string;
}

/** Lists the networks that have an owner. */
export const listNetworks = async (ask: Docker): Promise<OwnedNetwork[]> => {
  const format = ["{{.ID}}", "{{.Name}}", labelColumn(ownerLabel)].join("\t");
  const lines = await ask("network", "ls", "--no-trunc", "--filter", `label=${ownerLabel}`, "--format", format);
  return lines.map((line) => {
    const [id = "", name = "", owner = ""] = line.split("\t");
    return { id, name, owner };
  });
};

/** Returns docker's arguments that describe a network in full. */
export const networkArguments = (name: string): string[] => ["network", "inspect", name, "--format", "{{json .}}"];

interface NetworkJson {
  Id: string;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
  IPAM?: { Config?: { Subnet?: string; IPRange?: string }[] | null };
}

/** A Docker network as the program has to know it. */
export interface ExistingNetwork {
  /** Value of the owner label; empty where there is none. */
  readonly owner: string;
  /** Its subnets, IPv4 and IPv6. */
  readonly subnets: readonly string[];
}

/** A Docker network as `docker network inspect` describes it. */
export interface InspectedNetwork extends ExistingNetwork {
  /** The ranges that Docker takes addresses from, where they are less than the subnets. */
  readonly ranges: readonly string[];
  /** The device of the bridge. */
  readonly device: string;
}

/** Reads what docker prints for `networkArguments`. */
export const parseNetworks = (text: string): InspectedNetwork[] =>
  jsonLines<NetworkJson>(text).map(({ Id, Options, Labels, IPAM }) => ({
    owner: Labels?.[ownerLabel] ?? "",
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    ranges: (IPAM?.Config ?? []).flatMap(({ IPRange }) => IPRange || []),
    device: Options?.["com.docker.network.bridge.name"] || `br-${Id.slice(0, 12)}`,
  }));

const answered = (stderr: string): boolean =>
  !/cannot connect|permission denied|is the docker daemon running/i.test(stderr);

const inspect = async (args: string[], ask: DockerExec): Promise<string | undefined> => {
  const { code, stdout, stderr } = await ask(args);
  if (code === 0) return stdout.trim();
  // "No such object" is a finding; a daemon that does not answer is not.
  if (!answered(stderr)) throw new Error(`Docker does not answer: ${stderr.trim()}; start it, or run make doctor`);
  return undefined;
};

/** The content id (sha256:…) of each image that Docker has; images it lacks are left out. */
export const imageIds = async (images: string[], ask = execDocker): Promise<Record<string, string>> => {
  if (images.length === 0) return {};
  const idOf = ["image", "inspect", "--format", "{{.Id}}"];
  // One program for all of them. It prints a line for each image, but for those that are not there.
  const ids = (await inspect([...idOf, ...images], ask))?.split("\n");
  if (ids?.length === images.length) return Object.fromEntries(images.map((image, index) => [image, ids[index] ?? ""]));
  const entries = await Promise.all(
    images.map(async (image) => [image, await inspect([...idOf, image], ask)] as const),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** The node of a kind cluster, and the image it was made from. */
export type ManagementNode = Pick<InspectedContainer, "running" | "image">;

/** The one node of the management cluster, or undefined where Docker has no such container. */
export const managementNode = async (cluster: string, ask = execDocker): Promise<ManagementNode | undefined> => {
  const [node] = parseInspected((await inspect(inspectArguments(`${cluster}-control-plane`), ask)) ?? "");
  return node && { running: node.running, image: node.image };
};
