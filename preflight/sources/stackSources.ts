import { cniLocation } from "../../lib/addons/cni";
import { ProblemError, sentence } from "../../lib/base/problem";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import { imagesOf } from "../../lib/kubernetes/object";
import { hostImagesOf, pullsCapdImage, type Settings } from "../../lib/settings/types";
import { pins } from "../../lib/versions/pins";
import { isUrl } from "../manifests/lock";
import type { StackManifests } from "../manifests/stack";

/** A file or an image that a stack fetches. */
export interface Source {
  readonly type: "file" | "image";
  /** URL of a file, or reference of an image. */
  readonly location: string;
  /** Parts of the stack that need the source. */
  readonly neededFor: readonly string[];
}

/** A source and one part that needs the source. */
export interface NeededSource {
  readonly type: Source["type"];
  readonly location: string;
  readonly part: string;
}

/** Returns the sources sorted by type and location, each with all parts that need the source. */
export const mergeSources = (needed: readonly NeededSource[]): Source[] => {
  const merged = new Map<string, { type: Source["type"]; location: string; neededFor: Set<string> }>();
  for (const { type, location, part } of needed) {
    const key = `${type} ${location}`;
    const entry = merged.get(key) ?? { type, location, neededFor: new Set() };
    entry.neededFor.add(part);
    merged.set(key, entry);
  }
  return [...merged.keys()].sort().map((key) => {
    const { type, location, neededFor } = merged.get(key)!;
    return { type, location, neededFor: [...neededFor].sort() };
  });
};

/** Image of the load balancer that Cluster API's Docker provider runs for each cluster, a constant of its source. */
export const haproxyImage = `kindest/haproxy:v${pins.source.haproxy}`;

const onDocker = ({ clusters }: Settings): Settings["clusters"] =>
  clusters.filter(({ backend }) => infrastructureOf(backend).onDocker);

const namedFiles = (locations: readonly (readonly [part: string, location: string])[]): NeededSource[] =>
  locations.filter(([, location]) => isUrl(location)).map(([part, location]) => ({ type: "file", location, part }));

/** Returns the classes that the settings name by URL. */
const classSources = ({ clusters }: Settings): NeededSource[] =>
  namedFiles(
    clusters.flatMap(({ name, class: one }) =>
      one === undefined ? [] : [[`class of cluster ${name}`, one.source] as const],
    ),
  );

/** Returns the manifests and templates that the settings name by URL. */
export const manifestSources = (settings: Settings): NeededSource[] => {
  const { manifests, management, clusters, infrastructureProviders, managementManifests = [] } = settings;
  const { installProviders, keepsCertManager } = management;
  const locations: [part: string, location: string][] = [
    ...(installProviders && !keepsCertManager ? [["cert-manager", manifests.certManager] as [string, string]] : []),
    ...(installProviders
      ? (["core", "bootstrap", "controlPlane", "infrastructure"] as const).map((role): [string, string] => [
          `provider ${role}`,
          manifests[role],
        ])
      : []),
    ...infrastructureProviders.map(({ name, manifest }): [string, string] => [`provider ${name}`, manifest]),
    ...managementManifests.map((location): [string, string] => ["managementManifests", location]),
    ["MetalLB", manifests.loadBalancer],
    ...clusters.flatMap(({ name, cni, manifests: extra, template }): [string, string][] => [
      ...(cni === "none" ? [] : [[`cni ${cni}`, cniLocation(cni, settings)] as [string, string]]),
      ...extra.map((location): [string, string] => [`manifests of cluster ${name}`, location]),
      ...(template === undefined ? [] : [[`template of cluster ${name}`, template.location] as [string, string]]),
    ]),
  ];
  return namedFiles(locations);
};

/** Returns the images that the settings name, and that Docker or a node pulls. */
export const settingImages = (settings: Settings): NeededSource[] => {
  const { imageSource, management, capd, cloudProviderKind, application } = settings;
  const image = (part: string, location: string): NeededSource => ({ type: "image", location, part });
  const pulledCapd = pullsCapdImage(settings) ? [image("CAPD", capd.image)] : [];
  if (imageSource === "local") return pulledCapd;
  const clusters = onDocker(settings);
  return [
    ...(management.kubeconfig === "" ? [image("management cluster", management.nodeImage)] : []),
    ...clusters.flatMap((cluster) => hostImagesOf(cluster).map((one) => image(`cluster ${cluster.name}`, one))),
    ...clusters.flatMap(({ name, template }) =>
      (template?.facts?.resourceImages ?? []).map((one) => image(`cluster ${name}`, one)),
    ),
    ...clusters.map(({ name }) => image(`load balancer of cluster ${name}`, haproxyImage)),
    ...clusters
      .filter((cluster) => cluster.application)
      .map(({ name }) => image(`application of cluster ${name}`, application.image)),
    ...(cloudProviderKind === undefined ? [] : [image("cloud-provider-kind", cloudProviderKind.image)]),
    ...pulledCapd,
  ];
};

/** Returns the images in manifests that nodes pull. */
export const manifestImages = (settings: Settings, manifests: StackManifests): NeededSource[] => {
  if (settings.imageSource === "local") return [];
  const { certManager, providers, cni, loadBalancer, extra, management = [] } = manifests;
  const clusters = onDocker(settings);
  const usesMetalLb = clusters.some(({ loadBalancer: name }) => name === "metallb");
  return [
    ...[certManager, ...providers, ...management].map((manifest) => ({ part: manifest.name, manifest })),
    ...Object.entries(cni).map(([name, manifest]) => ({ part: `cni ${name}`, manifest })),
    ...(usesMetalLb ? [{ part: "MetalLB", manifest: loadBalancer }] : []),
    ...Object.values(extra).map((manifest) => ({ part: manifest.name, manifest })),
  ].flatMap(({ part, manifest }) =>
    imagesOf(manifest.objects).map((location): NeededSource => ({ type: "image", location, part })),
  );
};

/** Sources of a stack. */
export interface StackSources {
  readonly sources: readonly NeededSource[];
  /** Why the images of manifests are unknown. */
  readonly problems: readonly string[];
}

/**
 * Returns the files and images that a stack fetches. The images of manifests are unknown if a manifest cannot be read.
 *
 * @param readManifests reads the stack's manifests
 */
export const stackSources = async (
  settings: Settings,
  readManifests: () => Promise<StackManifests>,
): Promise<StackSources> => {
  const sources = [...manifestSources(settings), ...classSources(settings), ...settingImages(settings)];
  if (settings.imageSource === "local") return { sources, problems: [] };
  try {
    return { sources: [...sources, ...manifestImages(settings, await readManifests())], problems: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { sources, problems: error.problems.map(sentence) };
  }
};
