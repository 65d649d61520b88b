import type { Provider } from "@pulumi/kubernetes/provider";
import type { CustomResource, CustomResourceOptions, Resource } from "@pulumi/pulumi";

/** A cluster whose API answers, as the resources inside it need it. */
export interface ClusterHandle {
  /** The provider every kubernetes resource in the cluster names. */
  provider: Provider;
  /** Path of the kubeconfig file for steps, relative to the program; mode 0600. */
  kubeconfigFile: string;
  /** What must exist before the API can be spoken to. */
  apiReady: Resource[];
  /** When this resource goes, all contents of the cluster are gone with it. */
  lifetime: CustomResource;
}

/** Options for a resource inside a cluster: its provider, its end, and what it waits for. */
export const inside = (
  cluster: ClusterHandle,
  parent: Resource,
  dependsOn: Resource[] = [],
): CustomResourceOptions => ({
  parent,
  provider: cluster.provider,
  // Contents die with their cluster: destroy need not delete them one by one, nor reach a cluster that is gone.
  deletedWith: cluster.lifetime,
  dependsOn: [...cluster.apiReady, ...dependsOn],
});
