import { deploymentObject, serviceObject } from "../../lib/addons/application";
import { isCniName } from "../../lib/addons/cni";
import { loadBalancerObjects, runtimeObjects } from "../../lib/addons/metalLb";
import type { Problem } from "../../lib/base/problem";
import type { ClusterParts } from "../../lib/cluster/parts";
import { builtInOwner } from "../../lib/kubernetes/builtIn";
import { identityOf, type PlacedObject, uniqueObjects } from "../../lib/kubernetes/identity";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import type { ClusterSettings, Settings } from "../../lib/settings/types";
import { installed, type StackManifests } from "./stack";

/** Objects that one part of a stack creates in a cluster. */
interface Owner {
  /** Name in errors, such as `MetalLB, which loadBalancer installs`. */
  readonly title: string;
  /** The setting that removes or moves the owner's objects, as the end of an imperative sentence. */
  readonly setting?: string;
  readonly identities: ReadonlySet<string>;
}

/** Objects of a manifest that a setting names. */
interface Source {
  /** The setting with its location, such as `manifests a.yaml of cluster east`. */
  readonly title: string;
  readonly placed: readonly PlacedObject[];
}

/** Returns a CRD as an object, for a manifest whose texts of CRDs were not kept. */
const crdObject = (name: string): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
});

/** Returns all objects and CRDs of a manifest with their places. */
const placedIn = ({ name, crds, objects, placed }: Manifest): readonly PlacedObject[] =>
  placed ?? [...crds.map((crd) => crdObject(crd.name)), ...objects].map((object) => ({ object, place: name }));

const identitiesOf = (objects: readonly KubernetesObject[]): ReadonlySet<string> => new Set(objects.map(identityOf));

const ownerOf = (title: string, manifest: Manifest, more: Partial<Owner> = {}): Owner => ({
  title,
  identities: identitiesOf(placedIn(manifest).map(({ object }) => object)),
  ...more,
});

const application = ({ name, application: enabled }: ClusterSettings): Owner[] =>
  enabled
    ? [
        {
          title: "Slipway's application",
          setting: `set application of cluster ${name} to false`,
          identities: identitiesOf([deploymentObject(""), serviceObject()]),
        },
      ]
    : [];

const hasMetalLb = ({ loadBalancer, loadBalancerRange, loadBalancerRangeIPv6 }: ClusterSettings): boolean =>
  loadBalancer === "metallb" && (loadBalancerRange !== undefined || loadBalancerRangeIPv6 !== undefined);

const metalLb = (cluster: ClusterSettings, manifest: Manifest): Owner[] => {
  if (!hasMetalLb(cluster)) return [];
  const { identities } = ownerOf("", manifest);
  const objects = [...loadBalancerObjects([]), ...runtimeObjects];
  return [
    {
      title: "MetalLB, which Slipway installs",
      setting: `set loadBalancer of cluster ${cluster.name} to none`,
      identities: new Set([...identities, ...identitiesOf(objects)]),
    },
  ];
};

/**
 * Returns the problems of users' manifests with objects that Slipway or Kubernetes creates in the same cluster, and with
 * objects that two manifests define differently.
 */
export const ownerProblems = (
  settings: Pick<Settings, "clusters" | "infrastructureProviders">,
  manifests: StackManifests,
): Problem[] => [
  ...settings.clusters.flatMap((cluster) => workloadProblems(cluster, manifests)),
  ...managementProblems(settings, manifests),
  ...managementManifestProblems(settings, manifests),
];

const workloadProblems = (cluster: ClusterSettings, { cni, loadBalancer, extra }: StackManifests): Problem[] => {
  const { name, cni: network, manifests: locations } = cluster;
  const of = ` of cluster ${name}`;
  const networkManifest = cni[network];
  const slipways = [...application(cluster), ...metalLb(cluster, loadBalancer)];
  const networkOwner = networkManifest
    ? [ownerOf(`the pod network ${network}`, networkManifest, { setting: `set cni${of} to none` })]
    : [];
  const files = [...new Set(locations)].flatMap((location): Source[] => {
    const manifest = extra[location];
    return manifest ? [{ title: `manifests ${location}${of}`, placed: placedIn(manifest) }] : [];
  });
  const isOwnNetwork = networkManifest !== undefined && !isCniName(network);
  return [
    ...(isOwnNetwork
      ? foreignObjects({ title: `cni ${network}${of}`, placed: placedIn(networkManifest) }, slipways)
      : []),
    ...files.flatMap((file) => foreignObjects(file, [...slipways, ...networkOwner])),
    ...uniqueObjects(
      files.flatMap(({ placed }) => placed),
      of,
    ).problems,
  ];
};

/** Returns the problems of providers that the settings list, in the management cluster. */
const managementProblems = (
  { infrastructureProviders }: Pick<Settings, "infrastructureProviders">,
  manifests: StackManifests,
): Problem[] => {
  const all = installed(manifests);
  const listed = infrastructureProviders.length;
  return all.slice(all.length - listed).flatMap((manifest, index) => {
    const before = all.slice(0, all.length - listed + index).map((other) => ownerOf(other.name, other));
    return foreignObjects({ title: `providers[${index}].manifest`, placed: placedIn(manifest) }, before);
  });
};

/** Returns the namespaces of clusters, which Slipway creates. */
const clusterNamespacesOwner = (clusters: readonly ClusterSettings[]): Owner => {
  const namespaces = clusters.map(({ namespace }) => namespace).filter((name) => name !== "default");
  const created = namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  return { title: "Slipway, as the namespace of clusters,", identities: identitiesOf(created) };
};

/** Returns the problems of users' manifests for the management cluster. */
const managementManifestProblems = ({ clusters }: Pick<Settings, "clusters">, manifests: StackManifests): Problem[] => {
  const owners = [
    ...installed(manifests).map((manifest) => ownerOf(manifest.name, manifest)),
    clusterNamespacesOwner(clusters),
  ];
  const files = (manifests.management ?? []).map((manifest): Source => ({
    title: `managementManifests ${manifest.name}`,
    placed: placedIn(manifest),
  }));
  return [
    ...files.flatMap((file) => foreignObjects(file, owners)),
    ...uniqueObjects(
      files.flatMap(({ placed }) => placed),
      " of the management cluster",
    ).problems,
  ];
};

/**
 * Returns the problems of templates with objects that the stack creates in the management cluster: those of the
 * providers, and the namespaces of the clusters.
 */
export const templateOwnerProblems = (
  clusters: readonly ClusterSettings[],
  templates: Readonly<Record<string, Pick<ClusterParts, "supporting">>>,
  manifests: StackManifests,
): Problem[] => {
  const owners = [
    ...installed(manifests).map((manifest) => ownerOf(manifest.name, manifest)),
    clusterNamespacesOwner(clusters),
  ];
  return clusters.flatMap(({ name }) => {
    const placed = (templates[name]?.supporting ?? []).map((object) => ({ object, place: "template" }));
    return foreignObjects({ title: `template of cluster ${name}`, placed }, owners);
  });
};

/** Number of objects that an error names. */
const shown = 5;

/** Returns one problem for each owner whose objects a manifest defines too. */
const foreignObjects = ({ title, placed }: Source, owners: readonly Owner[]): Problem[] => {
  const byOwner = new Map<string, { setting?: string; objects: PlacedObject[] }>();
  for (const one of placed) {
    const identity = identityOf(one.object);
    const builtIn = builtInOwner(one.object);
    const owner = owners.find(({ identities }) => identities.has(identity));
    const name = builtIn ?? owner?.title;
    if (name === undefined) continue;
    const entry = byOwner.get(name) ?? { ...(builtIn ? {} : { setting: owner?.setting }), objects: [] };
    entry.objects.push(one);
    byOwner.set(name, entry);
  }
  return [...byOwner].map(([owner, { setting, objects }]) => ({
    key: title,
    rule: `no object that ${owner} creates in the same cluster`,
    got: namesOf(objects),
    remedy: `Remove ${objects.length === 1 ? "the object" : "the objects"}, give another name or namespace${setting === undefined ? "" : `, or ${setting}`}`,
  }));
};

const namesOf = (objects: readonly PlacedObject[]): string => {
  // The problem's key names the file, so a place is only the document.
  const names = objects.map(
    ({ object, place }) => `${objectKey(object)} (${place.replace(/ of (?!document).*$/, "")})`,
  );
  const more = names.length - shown;
  return more > 1 ? `${names.slice(0, shown).join(", ")} and ${more} more` : names.join(", ");
};

/**
 * Returns the problems of clusters whose objects would be in the namespace of a provider. A check of the settings knows
 * the usual names; this check reads the namespaces from the manifests.
 */
export const namespaceProblems = (clusters: readonly ClusterSettings[], manifests: StackManifests): Problem[] => {
  const owners = new Map(
    installed(manifests).flatMap(({ name, objects }) =>
      objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => [metadata.name, name] as const),
    ),
  );
  return clusters.flatMap(({ name, namespace }) => {
    const owner = owners.get(namespace);
    if (owner === undefined) return [];
    return [
      {
        key: `namespace of cluster ${name}`,
        received: namespace,
        rule: `a namespace without a controller (${owner} creates it for its own pods)`,
        remedy: "Choose another namespace, for example default",
      },
    ];
  });
};
