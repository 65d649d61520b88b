import type { CustomResource, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { type KubernetesObject, withAnnotations } from "../../lib/kubernetes/object";
import type { KubernetesProvider } from "./provider";

/** A cluster whose API answers, with everything that resources inside the cluster need. */
export interface ClusterHandle {
  /** Provider that every kubernetes resource in the cluster names. */
  provider: KubernetesProvider;
  /** Path of the kubeconfig file for steps, relative to the program; mode 0600. */
  kubeconfigFile: string;
  /** Resources that must exist before a request to the API can succeed. */
  apiReady: Resource[];
  /** Resource whose deletion deletes all contents of the cluster; absent if the cluster outlives the stack. */
  lifetime?: CustomResource;
  /** Resource whose replacement means another cluster, so that all contents are created again. */
  identity?: Resource;
}

/** Returns options that delete and replace a resource together with its cluster. */
export const lifecycleOptions = ({ lifetime, identity }: ClusterHandle): CustomResourceOptions => ({
  // Contents are deleted with their cluster: destroy does not delete them one by one, and needs no running cluster.
  // A cluster that outlives the stack has no lifetime, so its contents are deleted one by one.
  ...(lifetime ? { deletedWith: lifetime } : {}),
  // deletedWith does not cover a replacement: the engine would assume that the contents exist in the new cluster.
  replaceWith: identity ? [identity] : [],
});

/**
 * Returns an object with its deletion policy. An object in a cluster that outlives the stack is deleted in the
 * background. The plugin's default, foreground deletion, waits for the garbage collector, which stalls for minutes
 * while CRDs are deleted.
 */
export const withDeletionPolicy = ({ lifetime }: ClusterHandle, object: KubernetesObject): KubernetesObject =>
  lifetime ? object : withAnnotations(object, { "pulumi.com/deletionPropagationPolicy": "background" });

/** Returns options for a resource inside a cluster: its provider, its lifecycle and its dependencies. */
export const resourceOptions = (
  cluster: ClusterHandle,
  parent: Resource,
  dependsOn: Resource[] = [],
): CustomResourceOptions => ({
  parent,
  provider: cluster.provider,
  ...lifecycleOptions(cluster),
  dependsOn: [...cluster.apiReady, ...dependsOn],
});
