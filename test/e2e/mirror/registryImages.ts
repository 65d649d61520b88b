import { readFileSync } from "node:fs";
import { imageAddress } from "../../../preflight/images/registry";
import { imageNames, kubeadmImageNames } from "../../../cli/toolchain/source/images/names";
import { pins } from "../../../lib/versions/pins";
import { check, command, must } from "../harness";
import { folderOf } from "./registries";

/** Debian's file of the authorities that programs trust, in nodes too. */
export const trustStore = "/etc/ssl/certs/ca-certificates.crt";

const manifestTypes = "application/vnd.docker.distribution.manifest.v2+json";

/** The images of the source route that a release route's machine pulls: kubeadm's are inside the node image. */
export const pulledImages = (): string[] => {
  const inNodes = Object.values(kubeadmImageNames(pins.source));
  return Object.values(imageNames).filter((image) => !inNodes.includes(image) && image !== imageNames.node);
};

/** Returns the repository and the tag that an image has in the registry behind all registries. */
export const placeOf = (image: string): { repository: string; tag: string } => {
  const { host, repository, reference } = imageAddress(image);
  return { repository: folderOf(host) + repository, tag: reference };
};

/** Returns the manifest of an image in the registry, by its digest and the id of the image; undefined if it is missing. */
const readManifest = async (
  address: string,
  image: string,
): Promise<{ digest: string; imageId: string } | undefined> => {
  const { repository, tag } = placeOf(image);
  const response = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
    headers: { accept: manifestTypes },
  });
  if (!response.ok) return undefined;
  const { config } = (await response.json()) as { config: { digest: string } };
  return { digest: response.headers.get("docker-content-digest") ?? "", imageId: config.digest };
};

/** Puts an image of this machine's Docker into the registry under the name of another, unless it is there already. */
export const pushImage = async (address: string, local: string, image: string): Promise<string> => {
  const id = must("docker", ["image", "inspect", "--format", "{{.Id}}", local]).trim();
  const known = await readManifest(address, image);
  if (known?.imageId === id) return known.digest;
  const { repository, tag } = placeOf(image);
  const name = `${address}/${repository}:${tag}`;
  must("docker", ["tag", local, name]);
  try {
    must("docker", ["push", "--quiet", name]);
  } finally {
    must("docker", ["image", "rm", "--no-prune", name]);
  }
  const pushed = await readManifest(address, image);
  check(pushed?.imageId === id, `${image} in the registry`);
  return pushed?.digest ?? "";
};

/** Makes a node image whose programs trust an authority, and returns its id. */
const makeTrustingNode = (bundle: string): string => {
  const container = must("docker", ["create", imageNames.node]).trim();
  try {
    must("docker", ["cp", bundle, `${container}:${trustStore}`]);
    return must("docker", ["commit", container]).trim();
  } finally {
    must("docker", ["rm", "--volumes", container]);
  }
};

/**
 * Fills a registry with the images that the source route built, under the names that their projects publish.
 *
 * @param bundle file of the authorities that nodes trust
 * @returns the digest of the node image
 */
export const fillRegistry = async (address: string, bundle: string): Promise<string> => {
  check(readFileSync(bundle, "utf8").includes("BEGIN CERTIFICATE"), `certificates in ${bundle}`);
  for (const image of pulledImages()) await pushImage(address, image, image);
  const node = makeTrustingNode(bundle);
  try {
    return await pushImage(address, node, imageNames.node);
  } finally {
    command("docker", ["image", "rm", node]);
  }
};
