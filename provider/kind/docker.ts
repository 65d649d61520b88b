import { complaintOf, exec } from "../../system/exec";
import type { Properties } from "../plugin/values";

/** A container as `docker inspect` tells of it. */
export interface Container {
  id: string;
  image: string;
  running: boolean;
  labels: Record<string, string>;
  /** The host's port by container port, as `6443/tcp`. */
  ports: Record<string, number>;
}

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
export const inspectContainer = async (name: string): Promise<Container | undefined> => {
  const out = await ask(`the container ${name}`, "container", "inspect", name);
  if (out === undefined) return undefined;
  const [found] = JSON.parse(out) as {
    Id: string;
    State: { Running: boolean };
    Config: { Image: string; Labels: Record<string, string> | null };
    HostConfig: { PortBindings: Record<string, { HostPort: string }[] | null> | null };
  }[];
  if (found === undefined) return undefined;
  const ports = Object.entries(found.HostConfig.PortBindings ?? {}).map(
    ([port, bindings]) => [port, Number(bindings?.[0]?.HostPort ?? 0)] as const,
  );
  return {
    id: found.Id,
    image: found.Config.Image,
    running: found.State.Running,
    labels: found.Config.Labels ?? {},
    ports: Object.fromEntries(ports),
  };
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
