import { inspectArguments, type InspectedContainer, parseInspected } from "../../lib/base/container";
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
