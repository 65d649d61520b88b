import { infrastructureOf } from "../../lib/cluster/infrastructure";
import { hostImagesOf, pullsCapdImage, type Settings } from "../../lib/settings/types";
import { type Pins, pins, type RoutePins } from "../../lib/versions/pins";
import { haproxyImage } from "../../preflight/sources/stackSources";
import { readStackFile } from "../../preflight/stackFile";
import { imageIds } from "../../system/docker";
import { lastLine, run, runLines } from "../../system/exec";
import { retry } from "../../system/retry";
import { findTerminal, type Print, Progress, type ProgressOptions } from "../toolchain/build/progress";
import type { Target } from "./run";

/** Docker, as pulls need it; tests give their own. */
export interface PullDocker {
  /** Returns the ids of the images that Docker has, by reference. */
  idsOf: (images: string[]) => Promise<Record<string, string>>;
  /** Pulls an image and reports each line that Docker prints. */
  pull: (image: string, onLine: (line: string) => void) => Promise<void>;
  /** Gives an image another reference. */
  tag: (image: string, name: string) => Promise<void>;
}

const docker: PullDocker = {
  idsOf: imageIds,
  pull: (image, onLine) => runLines("docker", ["pull", image], onLine),
  tag: async (image, name) => void (await run("docker", ["tag", image, name])),
};

/** Returns the images that Docker pulls for a stack: node images, and the image of Cluster API's Docker provider. */
export const pulledImages = (settings: Settings): string[] => {
  const { imageSource, imagePullCredentials, management, clusters, capd } = settings;
  const onDocker = clusters.filter(({ backend }) => infrastructureOf(backend).onDocker);
  const nodes = [
    ...(management.kubeconfig === "" ? [management.nodeImage] : []),
    ...onDocker.flatMap(hostImagesOf),
    // Cluster API's Docker provider would pull this image without the user's login.
    ...(imagePullCredentials !== undefined && onDocker.length > 0 ? [haproxyImage] : []),
  ];
  return [
    ...new Set([...(imageSource === "registry" ? nodes : []), ...(pullsCapdImage(settings) ? [capd.image] : [])]),
  ];
};

/**
 * Returns the reference to pull for an image: the pinned digest of kind's node image, or the image itself. kind's release
 * notes promise only the digest; the tag may be pushed again.
 */
export const pullReference = (image: string, { kubernetes, nodeImageDigest }: RoutePins): string =>
  nodeImageDigest !== undefined && image === `kindest/node:v${kubernetes}` ? `kindest/node@${nodeImageDigest}` : image;

/** Counts the layers of a pull in the lines that Docker prints. */
const layerCounter = (): ((line: string) => string) => {
  const layers = new Map<string, boolean>();
  return (line) => {
    const [, layer, state] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (layer !== undefined)
      layers.set(layer, layers.get(layer) || /^(Pull complete|Already exists)/.test(state ?? ""));
    return `${[...layers.values()].filter(Boolean).length} of ${layers.size} layers`;
  };
};

/** Matches what Docker prints if the same pull may succeed a moment later: a rate limit, a busy server, a lost connection. */
const temporary =
  /toomanyrequests|too many requests|\b50[0234]\b|timeout|deadline exceeded|connection (reset|refused)|\bEOF\b/i;

/**
 * Pulls the images of a stack that Docker lacks, with progress. A pull that fails is only a message: the program then
 * reports images that no registry has, and kind and Cluster API try again themselves. kind pulls by tag, so a pull by digest is
 * tried again after a temporary failure.
 */
export const pullImages = async (
  settings: Settings,
  print: Print,
  { idsOf, pull, tag }: PullDocker = docker,
  options: ProgressOptions = { terminal: findTerminal() },
  versions: Pick<Pins, "release" | "source"> = pins,
  pausesMs: readonly number[] = [1000, 5000],
): Promise<void> => {
  const images = pulledImages(settings);
  const ids = await idsOf(images);
  const missing = images.filter((image) => !Object.hasOwn(ids, image));
  const progress = new Progress(missing.length, print, options);
  const pullOne = async (image: string): Promise<void> => {
    const prefix = progress.start(image, "pulling");
    const reference = pullReference(image, versions[settings.pins]);
    const count = layerCounter();
    try {
      await retry(
        () => pull(reference, (line) => progress.describe(image, count(line))),
        (error, tries) => (temporary.test(lastLine(error)) ? pausesMs[tries - 1] : undefined),
      );
      if (reference !== image) await tag(reference, image);
      progress.end(image, prefix);
    } catch (error) {
      progress.end(image, prefix, true);
      progress.printLine(`   ${reference}: ${lastLine(error)}`);
    }
  };
  try {
    await Promise.all(missing.map(pullOne));
  } finally {
    progress.stop();
  }
};

/** Pulls the images that the settings of a stack name. Wrong settings and a silent Docker are the program's to report. */
export const pullStackImages = async ({ checkout, stack }: Target, print: Print): Promise<void> => {
  const { settings } = readStackFile(checkout, stack);
  if (settings !== undefined) await pullImages(settings, print);
};
