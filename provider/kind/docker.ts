import { inspectArguments, type InspectedContainer, parseInspected } from "../../lib/base/container";
import { complaintOf, exec } from "../../system/exec";
import type { Properties } from "../plugin/values";

/** Seconds for an answer: a daemon that hangs is one that does not answer. */
const timeout = 60;

/**
 * Asks Docker.
 *
 * @param about what the answer is about, for the error
 * @returns what it printed, or undefined where what was asked for does not exist
 * @throws where Docker does not answer: then nothing can be told of what it holds
 */
export const ask = async (about: string, ...args: string[]): Promise<string | undefined> => {
  const result = await exec("docker", args, { timeout });
  if (result.code === 0) return result.stdout;
  const complaint = complaintOf(result).trim();
  if (/no such (object|container|image)/i.test(complaint)) return undefined;
  throw new Error(
    `Docker does not answer, so nothing can be told of ${about}, and nothing is changed. Start Docker and try again.\n${complaint}`,
  );
};

/** Reads a container by its name. */
export const inspectContainer = async (name: string): Promise<InspectedContainer | undefined> => {
  const [found] = parseInspected((await ask(`the container ${name}`, ...inspectArguments(name))) ?? "");
  return found;
};

/** Content digests of the images that a running node's containerd has, by reference. */
export const imagesOfNode = async (node: string): Promise<Record<string, string>> => {
  const out = (await ask(`images in ${node}`, "exec", node, "ctr", "--namespace", "k8s.io", "images", "list")) ?? "";
  const rows = out.split("\n").map((line) => line.split(/\s+/));
  return Object.fromEntries(
    rows.flatMap(([ref, , digest]) => (ref && digest?.startsWith("sha256:") ? [[ref, digest]] : [])),
  );
};

/** The digest under which a node has an image, which containerd names in full. */
export const digestIn = (images: Record<string, string>, reference: string): string | undefined =>
  images[reference] ?? images[`docker.io/${reference}`] ?? images[`docker.io/library/${reference}`];

/** A property that was checked to be a text. */
export const textOf = (properties: Properties, key: string): string => properties[key] as string;

/** A property that was checked to be a map of texts; absent is empty. */
export const mapOf = (properties: Properties, key: string): Record<string, string> =>
  (properties[key] ?? {}) as Record<string, string>;
