import {
  inspectArguments,
  type InspectedContainer,
  listArguments,
  parseContainers,
  parseInspected,
  parseRequested,
  type RequestedContainer,
} from "../../lib/base/container";
import { clusterLabel } from "../../lib/base/labels";
import { complaintOf, exec } from "../../system/exec";
import type { Properties } from "../plugin/values";

/** Timeout in seconds. A daemon that hangs counts as a daemon that does not answer. */
const timeout = 60;

/**
 * Runs a docker command.
 *
 * @param subject - what the command reads, for the error message
 * @returns the standard output, or undefined if the object does not exist
 * @throws Error if Docker does not answer, so that the object's state is unknown
 */
export const runDocker = async (subject: string, ...args: string[]): Promise<string | undefined> => {
  const result = await exec("docker", args, { timeout });
  if (result.code === 0) return result.stdout;
  const complaint = complaintOf(result).trim();
  if (/no such (object|container|image)/i.test(complaint)) return undefined;
  throw new Error(
    `Docker: expected an answer about ${subject}, got none. Start Docker and try again; nothing was changed.\n${complaint}`,
  );
};

/** Reads a container by its name. */
export const inspectContainer = async (name: string): Promise<InspectedContainer | undefined> => {
  const [container] = parseInspected((await runDocker(`the container ${name}`, ...inspectArguments(name))) ?? "");
  return container;
};

/** Returns the ids of the containers that match a filter, including stopped ones. */
export const listIds = async (filter: string): Promise<string[]> =>
  parseContainers(((await runDocker("containers", ...listArguments(filter))) ?? "").split("\n")).map(({ id }) => id);

/** Returns docker's descriptions of containers, without those that do not exist. */
const inspectTexts = async (ids: readonly string[]): Promise<string[]> => {
  if (ids.length === 0) return [];
  const inspectSome = (...some: string[]): Promise<string | undefined> =>
    runDocker("containers", ...inspectArguments(...some));
  const all = await inspectSome(...ids);
  // A container that is removed meanwhile must not hide the other containers.
  const texts = all === undefined ? await Promise.all(ids.map((id) => inspectSome(id))) : [all];
  return texts.map((text) => text ?? "");
};

/** Reads containers by their ids. */
export const inspectContainers = async (ids: readonly string[]): Promise<InspectedContainer[]> =>
  (await inspectTexts(ids)).flatMap(parseInspected);

/** Reads the containers of a cluster, including stopped ones, with their mounts and port mappings. */
export const nodesOf = async (cluster: string): Promise<RequestedContainer[]> =>
  (await inspectTexts(await listIds(`label=${clusterLabel}=${cluster}`))).flatMap(parseRequested);

/** Returns the content digests of the images in a running node's containerd, by image reference. */
export const imagesOfNode = async (node: string): Promise<Record<string, string>> => {
  const out =
    (await runDocker(`images in ${node}`, "exec", node, "ctr", "--namespace", "k8s.io", "images", "list")) ?? "";
  const rows = out.split("\n").map((line) => line.split(/\s+/));
  return Object.fromEntries(
    rows.flatMap(([ref, , digest]) => (ref && digest?.startsWith("sha256:") ? [[ref, digest]] : [])),
  );
};

/** Returns the digest of an image in a node. containerd stores full references, such as docker.io/library/…. */
export const digestIn = (images: Record<string, string>, reference: string): string | undefined =>
  images[reference] ?? images[`docker.io/${reference}`] ?? images[`docker.io/library/${reference}`];

/** Returns a property that was checked to be a string. */
export const stringOf = (properties: Properties, key: string): string => properties[key] as string;

/** Returns a property that was checked to be a map of strings; an absent property is an empty map. */
export const mapOf = (properties: Properties, key: string): Record<string, string> =>
  (properties[key] ?? {}) as Record<string, string>;
