import type { CustomResource, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { type KubernetesObject, withAnnotations } from "../../lib/kubernetes/object";
import type { KubernetesProvider } from "./provider";

/** A cluster whose API answers, as the resources inside it need it. */
export interface ClusterHandle {
  /** The provider every kubernetes resource in the cluster names. */
  provider: KubernetesProvider;
  /** Path of the kubeconfig file for steps, relative to the program; mode 0600. */
  kubeconfigFile: string;
  /** What must exist before the API can be spoken to. */
  apiReady: Resource[];
  /** When this resource goes, all contents of the cluster are gone with it; absent where the cluster outlives the stack. */
  lifetime?: CustomResource;
  /** When this one is replaced, the cluster is another one, and all its contents are made anew. */
  identity?: Resource;
}

/** How a resource ends and comes again: with its cluster. */
export const lifeIn = ({ lifetime, identity }: ClusterHandle): CustomResourceOptions => ({
  // Contents die with their cluster: destroy need not delete them one by one, nor reach a cluster that is gone.
  // A cluster that stays has no such end, and contents are deleted for real.
  ...(lifetime ? { deletedWith: lifetime } : {}),
  // deletedWith alone says nothing of a replacement: the contents would be taken for alive in the new cluster.
  replaceWith: identity ? [identity] : [],
});

/**
 * An object as it is kept in a cluster. One that is deleted for real goes in the background: the plugin's foreground
 * waits for the garbage collector, which stands still for minutes while kinds go.
 */
export const keptIn = ({ lifetime }: ClusterHandle, object: KubernetesObject): KubernetesObject =>
  lifetime ? object : withAnnotations(object, { "pulumi.com/deletionPropagationPolicy": "background" });

/** Options for a resource inside a cluster: its provider, its end, and what it waits for. */
export const inside = (
  cluster: ClusterHandle,
  parent: Resource,
  dependsOn: Resource[] = [],
): CustomResourceOptions => ({
  parent,
  provider: cluster.provider,
  ...lifeIn(cluster),
  dependsOn: [...cluster.apiReady, ...dependsOn],
});
