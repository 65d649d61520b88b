import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { existingNetwork, imageIds, managementNode, runningVersions } from "./dockerHost";
import { withCapdImage } from "./images";
import { providerLabel } from "./clusterctl";
import { inventoryCrd, inventoryEntries, providers } from "./inventory";
import type { Manifest } from "./manifest";
import { readManifest, setCrdsAside } from "./manifestFiles";
import { imagesOf } from "./manifests";
import { managementProblems } from "./managementRules";
import { networkProblem } from "./networkCheck";
import { sentence } from "./problem";
import type { RunningClusters } from "./runningVersions";
import type { Settings } from "./settings";
import { upgradeProblems } from "./upgradeRules";

/** All that the program knows before it asks for its first resource. */
export interface Inputs {
  manifests: {
    certManager: Manifest;
    providers: Manifest[];
    inventory: Manifest;
    cni: Manifest;
    loadBalancer: Manifest;
  };
  /** Images the management cluster's node gets from the host's Docker, ids by reference; CAPD's is apart. */
  nodeImages: { certManager: Record<string, string>; providers: Record<string, string> };
  /** Images every workload node gets before kubeadm runs. */
  preLoadImages: string[];
  /** Clusters that run, with their versions, as the management cluster knows them. */
  running: RunningClusters;
  capd: { localId?: string; archive?: { path: string; sha256: string } };
}

/** Label and values of Docker's things that belong to this stack. */
export interface Owner {
  label: string;
  value: string;
}

/** Reads manifests and looks at the host; throws one error for everything that stands in the way. */
export const prepare = async (settings: Settings, owner: Owner): Promise<Inputs> => {
  const manifests = await readManifests(settings);
  const problems: string[] = [];

  const [found, node] = await Promise.all([
    existingNetwork("kind", owner.label),
    managementNode(settings.management.name),
  ]);
  const { subnet, adopt } = settings.network;
  const network = networkProblem({ subnet, adopt, owner: owner.value }, found);
  if (network) problems.push(network);
  else problems.push(...managementProblems({ ...settings.management, subnet }, node, found).map(sentence));
  const running = node?.running ? await runningVersions(settings.management.name) : {};
  problems.push(...upgradeProblems(settings.clusters, running).map(sentence));

  const local = settings.imageSource === "local";
  const capdLocal = settings.capd.source === "local";
  const certManager = imagesOf(manifests.certManager.objects);
  const providerImages = imagesOf(manifests.providers.flatMap((manifest) => manifest.objects)).filter(
    (image) => image !== settings.capd.image,
  );
  const workload = [
    ...imagesOf([manifests.cni, manifests.loadBalancer].flatMap((manifest) => manifest.objects)),
    ...(settings.application.enabled ? [settings.application.image] : []),
  ];
  const nodeImages = [settings.management.nodeImage, ...settings.clusters.map((cluster) => cluster.nodeImage)];
  const wanted = [
    ...(local ? [...certManager, ...providerImages, ...workload, ...nodeImages] : []),
    ...(capdLocal ? [settings.capd.image] : []),
  ];
  const ids = await imageIds(wanted);
  const missing = wanted.filter((image) => !(image in ids));
  if (missing.length > 0) {
    problems.push(
      `imageSource: local, but Docker on this machine lacks ${missing.join(", ")}; run make tools, which makes them, ` +
        "or set imageSource and capdImageSource to what a registry serves",
    );
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));

  return {
    manifests,
    nodeImages: {
      certManager: local ? only(ids, certManager) : {},
      providers: local ? only(ids, providerImages) : {},
    },
    preLoadImages: local ? workload : [],
    running,
    capd: {
      ...(capdLocal ? { localId: ids[settings.capd.image] } : {}),
      ...(settings.capd.source === "archive" ? { archive: archiveOf(settings.capd.archive) } : {}),
    },
  };
};

const only = (ids: Record<string, string>, images: string[]): Record<string, string> =>
  Object.fromEntries(images.map((image) => [image, ids[image] ?? ""]));

const archiveOf = (path: string): { path: string; sha256: string } => {
  try {
    return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
  } catch (error) {
    throw new Error(
      `capdImageArchive: ${path} cannot be read (${(error as Error).message}); name a file that docker save wrote`,
    );
  }
};

const readManifests = async (settings: Settings): Promise<Inputs["manifests"]> => {
  const { manifests, versions } = settings;
  const provider = (role: keyof typeof providers): Promise<Manifest> => {
    const label = providerLabel(providers[role]);
    return readManifest({
      name: label,
      setting: `${role}Manifest`,
      location: manifests[role],
      variables: settings.featureGates,
      providerLabel: label,
    });
  };
  const [certManager, core, bootstrap, controlPlane, infrastructure, cni, loadBalancer] = await Promise.all([
    readManifest({ name: "cert-manager", setting: "certManagerManifest", location: manifests.certManager }),
    provider("core"),
    provider("bootstrap"),
    provider("controlPlane"),
    provider("infrastructure"),
    readManifest({ name: "calico", setting: "cniManifest", location: manifests.cni }),
    readManifest({ name: "metallb", setting: "loadBalancerManifest", location: manifests.loadBalancer }),
  ]);
  return {
    certManager,
    providers: [
      core,
      bootstrap,
      controlPlane,
      { ...infrastructure, objects: withCapdImage(infrastructure.objects, settings.capd.image) },
    ],
    inventory: {
      name: "inventory",
      crds: setCrdsAside([inventoryCrd()]).crds,
      objects: inventoryEntries(versions.clusterApi),
    },
    cni,
    loadBalancer,
  };
};
