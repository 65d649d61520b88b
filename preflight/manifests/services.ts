import type { Problem } from "../../lib/base/problem";
import { type Manifest, withoutRepeatedObjects } from "../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import type { ClusterSettings } from "../../lib/settings/types";
import type { StackManifests } from "./stack";

/** Number of services that kubeadm creates: `kubernetes`, and DNS. */
const kubeadmServices = 2;

/** Number of unused addresses: the first and the last address of the service network. */
const unused = 2;

/** Returns problems of clusters whose networks have too few addresses for the services that the stack creates. */
export const serviceProblems = (
  clusters: readonly ClusterSettings[],
  manifests: Pick<StackManifests, "cni" | "loadBalancer" | "extra">,
): Problem[] =>
  clusters.flatMap((cluster) => [
    ...serviceCidrProblems(cluster, manifests),
    ...loadBalancerProblems(cluster, manifests),
  ]);

const serviceCidrProblems = (
  cluster: ClusterSettings,
  manifests: Pick<StackManifests, "cni" | "loadBalancer" | "extra">,
): Problem[] => {
  const { name, cni, serviceCidr, loadBalancer, application, manifests: locations } = cluster;
  const installed = [manifests.cni[cni], ...(loadBalancer === "metallb" ? [manifests.loadBalancer] : [])];
  const services = [...installed, ...addedBy(locations, manifests)]
    .flatMap((manifest) => servicesOf(manifest?.objects ?? []))
    .filter(hasAddress);
  const count = kubeadmServices + services.length + (application ? 1 : 0);
  return serviceCidr.list.flatMap(({ text, first, last }) => {
    const room = Number(last - first) + 1 - unused;
    return count <= room
      ? []
      : [
          {
            key: `serviceCidr of cluster ${name}`,
            rule: `room for the ${count} services that the cluster starts with`,
            got: `${text} with room for ${room}`,
            remedy: `Set serviceCidr to a network of at least ${count + unused} addresses`,
          },
        ];
  });
};

/** Returns the manifests that a cluster adds. Equal objects of several files count once. */
const addedBy = (locations: readonly string[], { extra }: Pick<StackManifests, "extra">): Manifest[] =>
  withoutRepeatedObjects([...new Set(locations)].flatMap((location) => extra[location] ?? []));

/** Returns a problem if the cluster's range has fewer addresses than services of type LoadBalancer. */
const loadBalancerProblems = (
  { name, application, manifests: locations, loadBalancerRange, loadBalancerRangeIPv6 }: ClusterSettings,
  { extra }: Pick<StackManifests, "extra">,
): Problem[] => {
  const added = addedBy(locations, { extra }).flatMap(({ objects }) => servicesOf(objects));
  const count = added.filter(({ spec }) => spec?.type === "LoadBalancer").length + (application ? 1 : 0);
  const range = loadBalancerRange ?? loadBalancerRangeIPv6;
  if (range === undefined || count <= range.size) return [];
  return [
    {
      key: "loadBalancerPrefix",
      got: `${range.size} addresses (${range.text})`,
      rule: `an address for each of ${count} services of type LoadBalancer in cluster ${name}`,
      remedy: "Set it to a shorter prefix, or take services out of the cluster's manifests",
    },
  ];
};

interface Service extends KubernetesObject {
  spec?: { type?: string; clusterIP?: string };
}

const servicesOf = (objects: readonly KubernetesObject[]): Service[] =>
  objects.filter((object) => object.kind === "Service" && object.apiVersion === "v1");

/** Returns whether a service has an address. Headless services and ExternalName services do not have one. */
const hasAddress = ({ spec }: Service): boolean => spec?.clusterIP !== "None" && spec?.type !== "ExternalName";
