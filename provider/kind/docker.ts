import { execFile } from "node:child_process";
import type { Properties } from "../plugin/values";

/** What a program printed, or why it failed. */
type Answer = { ok: true; out: string } | { ok: false; error: string };

/** A container as `docker inspect` tells of it. */
export interface Container {
  id: string;
  image: string;
  running: boolean;
  labels: Record<string, string>;
  /** The host's port by container port, as `6443/tcp`. */
  ports: Record<string, number>;
}

/** Time for an answer: a daemon that hangs is one that does not answer. */
const patience = 60_000;

const run = (program: string, args: string[]): Promise<Answer> =>
  new Promise((resolve) => {
    execFile(program, args, { env: process.env, timeout: patience, maxBuffer: 64 << 20 }, (error, out, err) =>
      resolve(error ? { ok: false, error: (err || error.message).trim() } : { ok: true, out }),
    );
  });

/**
 * Asks Docker.
 *
 * @param about what the answer is about, for the error
 * @returns what it printed, or undefined where what was asked for does not exist
 * @throws where Docker does not answer: then nothing can be told of what it holds
 */
export const ask = async (about: string, ...args: string[]): Promise<string | undefined> => {
  const answer = await run("docker", args);
  if (answer.ok) return answer.out;
  if (/no such (object|container|image)/i.test(answer.error)) return undefined;
  throw new Error(
    `Docker does not answer, so nothing can be told of ${about}, and nothing is changed. Start Docker and try again.\n${answer.error}`,
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
