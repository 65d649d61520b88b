/** Type of the component of a workload cluster. */
export const workloadComponent = "slipway:index:WorkloadCluster";

/** Parts of a stack by the component that creates their resources. Each workload cluster is a part of its own. */
export const partOfComponent: Readonly<
  Record<string, "network" | "management cluster" | "providers" | "node images" | "classes">
> = {
  "slipway:index:DockerNetwork": "network",
  "slipway:index:ManagementCluster": "management cluster",
  "slipway:index:ExistingManagementCluster": "management cluster",
  "slipway:index:ImageLoad": "management cluster",
  "slipway:index:CapdImage": "providers",
  "slipway:index:ProviderInstall": "providers",
  // Only present if clusters have classes, so not every stack has this part.
  "slipway:index:ClusterClass": "classes",
  // Only present if nodes cannot pull, so not every stack has this part.
  "slipway:index:NodeImage": "node images",
};
