import type { Problem } from "../../lib/base/problem";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { networksOf } from "../../lib/network/networks";
import type { ClusterSettings } from "../../lib/settings/types";
import type { StackManifests } from "./stack";

/** Services that kubeadm makes: `kubernetes`, and DNS. */
const kubeadmServices = 2;

/** The first and the last address of the services' network go to nobody. */
const unused = 2;

/** Whether the services that a stack itself makes have addresses to get, in each cluster. */
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
  const { name, cni, loadBalancer, application, manifests: locations } = cluster;
  const installed = [manifests.cni[cni], ...(loadBalancer === "metallb" ? [manifests.loadBalancer] : [])];
  const own = [...installed, ...locations.map((location) => manifests.extra[location])];
  const services = own.flatMap((manifest) => servicesOf(manifest?.objects ?? [])).filter(hasAddress);
  const count = kubeadmServices + services.length + (application ? 1 : 0);
  return networksOf(cluster).serviceCidr.list.flatMap(({ text, first, last }) => {
    const room = Number(last - first) + 1 - unused;
    return count <= room
      ? []
      : [
          {
            key: `serviceCidr of cluster ${name}`,
            received: text,
            rule: `a network for the ${count} services that the cluster starts with (this network has room for ${room})`,
            remedy: "Choose a larger network",
          },
        ];
  });
};

/** Each load balancer takes an address of its own from the cluster's range. */
const loadBalancerProblems = (
  { name, application, manifests: locations, loadBalancerRange, loadBalancerRangeIPv6 }: ClusterSettings,
  { extra }: Pick<StackManifests, "extra">,
): Problem[] => {
  const added = locations.flatMap((location) => servicesOf(extra[location]?.objects ?? []));
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

/** A headless service has none, an alias for a name neither. */
const hasAddress = ({ spec }: Service): boolean => spec?.clusterIP !== "None" && spec?.type !== "ExternalName";
