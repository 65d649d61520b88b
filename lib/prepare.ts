import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cacheRoot } from "../setup/cache";
import { gatherFacts } from "../setup/host";
import type { ClusterParts } from "./clusterParts";
import { readTemplates } from "./clusterTemplates";
import { cniLocation } from "./cni";
import { type HostVerdict, judgeForStack } from "./hostRules";
import { existingNetwork, imageIds, managementNode, runningVersions } from "./dockerHost";
import { type ExistingManagement, existingManagementProblems, lookAtManagement, withOwner } from "./existingManagement";
import { withCapdImage } from "./images";
import { providerLabel } from "./clusterctl";
import { infrastructureOf } from "./infrastructure/infrastructure";
import { readInfrastructureProviders } from "./infrastructureProviders";
import { inventoryCrd, inventoryEntries, providers } from "./inventory";
import type { Manifest } from "./manifest";
import { readManifest, setCrdsAside } from "./manifestFiles";
import { imagesOf } from "./manifests";
import { managementProblems } from "./managementRules";
import { networkProblem } from "./networkCheck";
import { kubeconfigFile } from "./paths";
import { type NodeImageRecipe, nodeImageRecipe } from "./nodeImage";
import { sentence } from "./problem";
import type { RunningClusters } from "./runningVersions";
import type { ClusterSettings, Settings } from "./settings";
import { upgradeProblems } from "./upgradeRules";

/** All that the program knows before it asks for its first resource. */
export interface Inputs {
  manifests: {
    certManager: Manifest;
    providers: Manifest[];
    inventory: Manifest;
    /** Pod networks, by the clusters' `cni`. */
    cni: Readonly<Record<string, Manifest>>;
    loadBalancer: Manifest;
    /** What clusters add, by location. */
    extra: Readonly<Record<string, Manifest>>;
  };
  /** What clusters from templates are made of, by the cluster's name. */
  templates: Readonly<Record<string, ClusterParts>>;
  /** Images the management cluster's node gets from the host's Docker, ids by reference; CAPD's is apart. */
  nodeImages: { certManager: Record<string, string>; providers: Record<string, string> };
  /** Node images with what a cluster's nodes cannot pull, by the cluster's name; none where they pull everything. */
  nodeRecipes: Readonly<Record<string, NodeImageRecipe>>;
  /** Clusters that run, with their versions, as the management cluster knows them. */
  running: RunningClusters;
  capd: { localId?: string; archive?: { path: string; sha256: string } };
  /** The management cluster that the settings give; absent where a kind cluster is made. */
  existing?: ExistingManagement;
  /** What about the host may stop an `up`, each with its remedy. */
  warnings: readonly string[];
}

/** Label and values of Docker's things that belong to this stack. */
export interface Owner {
  label: string;
  value: string;
}

/** Reads manifests and looks at the host; throws one error for everything that stands in the way. */
export const prepare = async (settings: Settings, owner: Owner): Promise<Inputs> => {
  const given = settings.management.kubeconfig;
  // Without containers of ours nothing about this host's Docker stands in the way.
  const usesDocker = given === "" || settings.clusters.some(({ backend }) => infrastructureOf(backend).onDocker);
  const [manifests, templates, host, existing] = await Promise.all([
    readManifests(settings, owner),
    readTemplates(settings),
    usesDocker ? lookAtHost(settings, owner) : { problems: [], warnings: [] },
    given === "" ? undefined : lookAtManagement(given),
  ]);
  const problems: string[] = [...host.problems];
  // Without Docker's answer there is nothing to ask it for.
  if (problems.some((problem) => problem.startsWith("docker:"))) throw new Error(problems.join("\n"));

  const [found, node] = await Promise.all([
    usesDocker ? existingNetwork("kind", owner.label) : undefined,
    existing ? undefined : managementNode(settings.management.name),
  ]);
  const { subnet, adopt, ipv6 } = settings.network;
  const wish = { subnet, ...(ipv6 ? { subnetIPv6: ipv6.subnet } : {}) };
  const network = usesDocker ? networkProblem({ ...wish, adopt, owner: owner.value }, found) : undefined;
  if (network) problems.push(network);
  else problems.push(...managementProblems({ ...settings.management, ...wish }, node, found).map(sentence));
  if (existing)
    problems.push(
      ...existingManagementProblems(existing, installed(manifests), { ...settings.management, owner: owner.value }).map(
        sentence,
      ),
    );
  const running = existing?.running ?? (node?.running ? await runningVersions(settings.management.name) : {});
  problems.push(...upgradeProblems(settings.clusters, running).map(sentence));

  const local = settings.imageSource === "local";
  const capdLocal = settings.capd.source === "local" && !existing;
  const certManager = imagesOf(manifests.certManager.objects);
  const providerImages = imagesOf(manifests.providers.flatMap((manifest) => manifest.objects)).filter(
    (image) => image !== settings.capd.image,
  );
  const workload = Object.fromEntries(
    settings.clusters.map((cluster) => [cluster.name, local ? workloadImages(cluster, settings, manifests) : []]),
  );
  const real = settings.clusters.filter((cluster) => cluster.backend === "docker");
  const nodeImages = [
    ...(existing ? [] : [settings.management.nodeImage]),
    ...real.map((cluster) => cluster.nodeImage),
  ];
  const wanted = [
    ...(local && !existing ? [...certManager, ...providerImages] : []),
    ...Object.values(workload).flat(),
    ...(local ? nodeImages : []),
    ...(capdLocal ? [settings.capd.image] : []),
  ].filter((image, index, all) => all.indexOf(image) === index);
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
    templates,
    nodeImages: {
      certManager: local && !existing ? only(ids, certManager) : {},
      providers: local && !existing ? only(ids, providerImages) : {},
    },
    nodeRecipes: Object.fromEntries(
      real.flatMap(({ name, nodeImage }) => {
        const recipe = nodeImageRecipe(nodeImage, ids[nodeImage] ?? "", only(ids, workload[name] ?? []));
        return recipe ? [[name, recipe] as const] : [];
      }),
    ),
    running,
    ...(existing ? { existing } : {}),
    capd: {
      ...(capdLocal ? { localId: ids[settings.capd.image] } : {}),
      ...(settings.capd.source === "archive" ? { archive: archiveOf(settings.capd.archive) } : {}),
    },
    warnings: host.warnings,
  };
};

const lookAtHost = async (settings: Settings, owner: Owner): Promise<HostVerdict> => {
  const facts = await gatherFacts(process.cwd(), settings.pins, cacheRoot(), { tools: false });
  const names = [settings.management.name, ...settings.clusters.map(({ name }) => name)];
  const stack = owner.value.split("/").at(-1) ?? "";
  const known = names.filter((name) => existsSync(kubeconfigFile(stack, name)));
  return judgeForStack(facts, settings, owner.value, known);
};

const only = (ids: Record<string, string>, images: string[]): Record<string, string> =>
  Object.fromEntries(images.map((image) => [image, ids[image] ?? ""]));

/**
 * What a cluster's nodes cannot pull. MetalLB and the application count whether they are on or not: nodes are made of
 * this list, and turning either on must not roll them.
 */
export const workloadImages = (
  { backend, cni, manifests: extra }: ClusterSettings,
  { application, extraImages }: Settings,
  manifests: Inputs["manifests"],
): string[] => {
  if (!infrastructureOf(backend).onDocker) return [];
  const own = [manifests.cni[cni], manifests.loadBalancer, ...extra.map((location) => manifests.extra[location])];
  return [...imagesOf(own.flatMap((manifest) => manifest?.objects ?? [])), application.image, ...extraImages];
};

const archiveOf = (path: string): { path: string; sha256: string } => {
  try {
    return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
  } catch (error) {
    throw new Error(
      `capdImageArchive: ${path} cannot be read (${(error as Error).message}); name a file that docker save wrote`,
    );
  }
};

/** What goes into the management cluster, in the order of installation. */
const installed = ({ certManager, providers: others }: Inputs["manifests"]): Manifest[] => [certManager, ...others];

const readManifests = async (settings: Settings, owner: Owner): Promise<Inputs["manifests"]> => {
  const { manifests, versions, management } = settings;
  // In a cluster that others use too, namespaces say whose they are.
  const own = (manifest: Manifest): Manifest =>
    management.kubeconfig === "" ? manifest : withOwner(manifest, owner.value);
  const none = (name: string): Promise<Manifest> => Promise.resolve({ name, crds: [], objects: [] });
  const provider = (role: keyof typeof providers): Promise<Manifest> => {
    const label = providerLabel(providers[role]);
    if (!management.installProviders) return none(label);
    return readManifest({
      name: label,
      setting: `${role}Manifest`,
      location: manifests[role],
      variables: settings.featureGates,
      providerLabel: label,
    });
  };
  const named = async (location: string, setting: string, name: string): Promise<[string, Manifest]> => [
    name,
    await readManifest({ name, setting, location }),
  ];
  const networks = settings.clusters.map(({ cni }) => cni).filter((cni) => cni !== "none");
  const added = settings.clusters.flatMap((cluster) => cluster.manifests);
  const [certManager, core, bootstrap, controlPlane, infrastructure, others, loadBalancer, cni, extra] =
    await Promise.all([
      management.installProviders
        ? readManifest({ name: "cert-manager", setting: "certManagerManifest", location: manifests.certManager })
        : none("cert-manager"),
      provider("core"),
      provider("bootstrap"),
      provider("controlPlane"),
      provider("infrastructure"),
      management.installProviders ? readInfrastructureProviders(settings) : [],
      readManifest({ name: "metallb", setting: "loadBalancerManifest", location: manifests.loadBalancer }),
      Promise.all(
        [...new Set(networks)].map((network) =>
          named(cniLocation(network, settings), network === "calico" ? "cniManifest" : `cni ${network}`, network),
        ),
      ),
      Promise.all([...new Set(added)].map((location) => named(location, "manifests", location))),
    ]);
  return {
    certManager: own(certManager),
    providers: [
      core,
      bootstrap,
      controlPlane,
      { ...infrastructure, objects: withCapdImage(infrastructure.objects, settings.capd.image) },
      ...others.map(({ manifest }) => manifest),
    ].map(own),
    inventory: {
      name: "inventory",
      crds: setCrdsAside([inventoryCrd()]).crds,
      objects: [...inventoryEntries(versions.clusterApi), ...others.map(({ entry }) => entry)],
    },
    cni: Object.fromEntries(cni),
    loadBalancer,
    extra: Object.fromEntries(extra),
  };
};
