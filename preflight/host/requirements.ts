import { networksOf } from "../../lib/network/networks";
import type { Settings } from "../../lib/settings/types";
import { releaseOf } from "../../lib/versions/semver";
import type { Demands } from "./check";

/** What settings demand of the machine. */
export const demandsOf = (
  settings: Pick<Settings, "network" | "clusters" | "management" | "imageSource">,
): Pick<
  Demands,
  "subnet" | "clusterNetworks" | "wantedClusters" | "kubernetes" | "nodes" | "pretendedNodes" | "loadsImages"
> => {
  const nodesOf = (backend: "docker" | "inMemory"): number =>
    settings.clusters
      .filter((cluster) => cluster.backend === backend)
      .flatMap(({ controlPlaneReplicas, workerPools }) => [
        controlPlaneReplicas,
        ...workerPools.map((pool) => pool.replicas),
      ])
      .reduce((sum, replicas) => sum + replicas, 0);
  const real = settings.clusters.filter((cluster) => cluster.backend === "docker");
  const made = settings.management.kubeconfig === "";
  const management = made && releaseOf(settings.management.nodeImage.split("@")[0]?.split(":").at(-1) ?? "")?.version;
  const versions = [...(management ? [management] : []), ...real.map((cluster) => cluster.kubernetesVersion.slice(1))];
  const networks = real.map(networksOf).flatMap(({ podCidr, serviceCidr }) => [...podCidr.list, ...serviceCidr.list]);
  return {
    subnet: settings.network.subnet,
    clusterNetworks: [...new Set(networks.map(({ text }) => text))],
    // Pretended clusters have no containers, so no container can be in their way.
    wantedClusters: [...(made ? [settings.management.name] : []), ...real.map(({ name }) => name)],
    kubernetes: [...new Set(versions)],
    nodes: nodesOf("docker"),
    pretendedNodes: nodesOf("inMemory"),
    // A management cluster that we create gets the image of Cluster API's Docker provider.
    loadsImages: made || settings.imageSource === "local",
  };
};
