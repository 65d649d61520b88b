import { existsSync } from "node:fs";
import { cniLocation, isCniName } from "../../lib/addons/cni";
import { sourceManifest } from "../../lib/base/paths";
import { refuse } from "../../lib/base/problem";
import { allOf } from "../../lib/base/settleAll";
import { withCapdImage } from "../../lib/kubernetes/images";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { providerLabel } from "../../lib/providers/clusterctl";
import { inventoryCrd, inventoryEntries, providers } from "../../lib/providers/inventory";
import { isPinnedManifest } from "../../lib/settings/pinnedManifests";
import type { Settings } from "../../lib/settings/types";
import { installedRoute } from "../installedRoute";
import { withOwner } from "../management/existing";
import { builtFile } from "./lock";
import { readInfrastructureProviders } from "./providers";
import { type ManifestSource, readManifest, setCrdsAside } from "./read";

/** All manifests that a stack installs. */
export interface StackManifests {
  certManager: Manifest;
  providers: Manifest[];
  inventory: Manifest;
  /** Pod networks, by the clusters' `cni`. */
  cni: Readonly<Record<string, Manifest>>;
  loadBalancer: Manifest;
  /** Manifests that clusters add, by location. */
  extra: Readonly<Record<string, Manifest>>;
  /** Manifests that the settings add to the management cluster; absent without them. */
  management?: Manifest[];
}

/** Returns the manifests for the management cluster in the order of installation. */
export const installed = ({ certManager, providers: providerManifests }: StackManifests): Manifest[] => [
  certManager,
  ...providerManifests,
];

/**
 * Reads the manifests that the settings name.
 *
 * @param owner of the namespaces in a management cluster that other stacks use too
 * @throws ProblemError with the problems of all manifests
 */
export const readManifests = async (settings: Settings, owner: string): Promise<StackManifests> => {
  const { manifests, versions, management } = settings;
  // In a shared management cluster, namespaces carry an owner annotation.
  const annotate = (manifest: Manifest): Manifest =>
    management.kubeconfig === "" ? manifest : withOwner(manifest, owner);
  const none = (name: string): Promise<Manifest> => Promise.resolve({ name, crds: [], objects: [] });
  const provider = (role: keyof typeof providers): Promise<Manifest> => {
    const label = providerLabel(providers[role]);
    if (!management.installProviders) return none(label);
    return readManifest({
      name: label,
      setting: `${role}Manifest`,
      location: manifests[role],
      asWritten: !isPinnedManifest(role, settings),
      variables: settings.featureGates,
      providerLabel: label,
    });
  };
  const named = async (source: ManifestSource): Promise<[string, Manifest]> => [
    source.name,
    await readManifest(source),
  ];
  // Slipway knows the workloads of the pod networks that it pins. The user renders the manifest of Cilium.
  const isPinnedNetwork = (network: string): boolean =>
    network === "calico" ? isPinnedManifest("cni", settings) : isCniName(network) && network !== "cilium";
  refuseMissingBuilds(settings);
  const networks = settings.clusters.map(({ cni }) => cni).filter((cni) => cni !== "none");
  const locations = settings.clusters.flatMap((cluster) => cluster.manifests);
  const forManagement = [...new Set(settings.managementManifests ?? [])];
  const [certManager, core, bootstrap, controlPlane, infrastructure, extraProviders, loadBalancer, cni, extra, added] =
    await allOf([
      management.installProviders && !management.keepsCertManager
        ? readManifest({
            name: "cert-manager",
            setting: "certManagerManifest",
            location: manifests.certManager,
            asWritten: !isPinnedManifest("certManager", settings),
          })
        : none("cert-manager"),
      provider("core"),
      provider("bootstrap"),
      provider("controlPlane"),
      provider("infrastructure"),
      management.installProviders ? readInfrastructureProviders(settings) : [],
      readManifest({
        name: "metallb",
        setting: "loadBalancerManifest",
        location: manifests.loadBalancer,
        asWritten: !isPinnedManifest("loadBalancer", settings),
      }),
      allOf(
        [...new Set(networks)].map((network) =>
          named({
            name: network,
            setting: network === "calico" ? "cniManifest" : `cni ${network}`,
            location: cniLocation(network, settings),
            asWritten: !isPinnedNetwork(network),
          }),
        ),
      ),
      allOf(
        [...new Set(locations)].map((location) =>
          named({ name: location, setting: "manifests", location, asWritten: true }),
        ),
      ),
      allOf(
        forManagement.map((location) =>
          readManifest({ name: location, setting: "managementManifests", location, asWritten: true }),
        ),
      ),
    ]);
  return {
    certManager: annotate(certManager),
    providers: [
      core,
      bootstrap,
      controlPlane,
      { ...infrastructure, objects: withCapdImage(infrastructure.objects, settings.capd.image) },
      ...extraProviders.map(({ manifest }) => manifest),
    ].map(annotate),
    inventory: {
      name: "inventory",
      crds: setCrdsAside([inventoryCrd()]).crds,
      objects: [...inventoryEntries(versions.clusterApi), ...extraProviders.map(({ entry }) => entry)],
    },
    cni: Object.fromEntries(cni),
    loadBalancer,
    extra: Object.fromEntries(extra),
    ...(added.length > 0 ? { management: added } : {}),
  };
};

/**
 * Refuses manifests of the source route if the tools of the release route are installed, because neither these tools nor
 * make tools have the manifests. One error covers all of these manifests.
 */
const refuseMissingBuilds = (settings: Settings): void => {
  if (installedRoute() !== "release") return;
  const { pins, manifests, clusters } = settings;
  const locations = [...Object.values(manifests), ...clusters.map(({ cni }) => cniLocation(cni, settings))];
  const folder = sourceManifest("").replace(/[^/]*$/, "");
  const missing = [...new Set(locations)].filter(
    (location) => location.startsWith(folder) && !existsSync(builtFile(location)),
  );
  if (missing.length === 0) return;
  refuse({
    key: "pins",
    rule: `release with the tools of the release route, which have no ${missing[0]}`,
    got: `${pins}${missing.length === 1 ? "" : ` and ${missing.length} manifests of the source route`}`,
    remedy:
      "Remove pins and the manifest settings from the stack file, which takes the values of the route, or run " +
      "SLIPWAY_ROUTE=source make tools",
  });
};
