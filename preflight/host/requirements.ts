import { countMostNodes } from "../../lib/cluster/spec";
import { neededContainerNames } from "../../lib/settings/containerNames";
import { rollingMachines } from "../../lib/settings/rollout";
import type { Settings } from "../../lib/settings/types";
import { releaseOf } from "../../lib/versions/semver";
import type { Requirements } from "./check";

/** Returns what the settings require of the host. */
export const requirementsOf = (
  settings: Pick<Settings, "network" | "clusters" | "management" | "imageSource" | "cloudProviderKind">,
): Pick<
  Requirements,
  | "subnet"
  | "subnetIPv6"
  | "adopt"
  | "clusterNetworks"
  | "neededNames"
  | "wantedClusters"
  | "kubernetes"
  | "nodes"
  | "rollingNodes"
  | "simulatedNodes"
  | "loadsImages"
  | "nodesPull"
> => {
  const nodesOf = (backend: "docker" | "inMemory"): number =>
    settings.clusters
      .filter((cluster) => cluster.backend === backend)
      .reduce((total, cluster) => total + countMostNodes(cluster), 0);
  const dockerClusters = settings.clusters.filter((cluster) => cluster.backend === "docker");
  const createsManagement = settings.management.kubeconfig === "";
  const management =
    createsManagement && releaseOf(settings.management.nodeImage.split("@")[0]?.split(":").at(-1) ?? "")?.version;
  const versions = [
    ...(management ? [management] : []),
    ...dockerClusters.map((cluster) => cluster.kubernetesVersion.slice(1)),
  ];
  const networks = dockerClusters.flatMap(({ podCidr, serviceCidr }) => [...podCidr.list, ...serviceCidr.list]);
  return {
    subnet: settings.network.subnet,
    ...(settings.network.ipv6 ? { subnetIPv6: settings.network.ipv6.subnet } : {}),
    ...(settings.network.adopt ? { adopt: true } : {}),
    clusterNetworks: [...new Map(networks.map((network) => [network.text, network])).values()],
    neededNames: neededContainerNames(settings),
    // In-memory clusters have no containers, so their names cannot conflict with containers.
    wantedClusters: [
      ...(createsManagement ? [settings.management.name] : []),
      ...dockerClusters.map(({ name }) => name),
    ],
    kubernetes: [...new Set(versions)],
    nodes: nodesOf("docker"),
    rollingNodes: rollingMachines(settings),
    simulatedNodes: nodesOf("inMemory"),
    // A management cluster that we create gets the image of Cluster API's Docker provider.
    loadsImages: createsManagement || settings.imageSource === "local",
    ...(settings.imageSource === "registry" ? { nodesPull: true } : {}),
  };
};
