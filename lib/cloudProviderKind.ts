import type { RoutePins } from "../setup/pins";
import type { ClusterEntry } from "./clusterEntries";
import { type Problem, refuse } from "./problem";

/** Name of its container: one for the machine, since it serves every kind cluster that it finds there. */
export const containerName = "cloud-provider-kind";

/** The published image of the pinned version; throws where the set of versions has none. */
export const cloudProviderKindImage = ({ cloudProviderKind }: RoutePins): string =>
  cloudProviderKind === undefined
    ? refuse({ key: "loadBalancer", received: containerName, ...notPublished })
    : `registry.k8s.io/cloud-provider-kind/cloud-controller-manager:v${cloudProviderKind}`;

const notPublished = {
  rule: "be metallb or none with pins source, since cloud-provider-kind is published as an image only",
  remedy: "Set it to metallb, or pins to release on a machine that reaches registries",
};

/** What stands in the way of the clusters that choose it. */
export const cloudProviderKindProblems = (entries: readonly ClusterEntry[], versions: RoutePins): Problem[] => {
  const choosing = entries.filter(({ values }) => values.loadBalancer === containerName && values.backend === "docker");
  const other = entries.find(({ values }) => values.loadBalancer === "metallb" && values.backend === "docker");
  return choosing.flatMap((entry) => {
    const about = { key: entry.key("loadBalancer"), received: containerName };
    return [
      ...(versions.cloudProviderKind === undefined ? [{ ...about, ...notPublished }] : []),
      ...(other === undefined
        ? []
        : [
            {
              ...about,
              rule: `be that of every cluster with a load balancer, and ${other.values.name} has metallb: it serves whatever kind cluster it finds`,
              remedy: "Choose one of the two for all clusters",
            },
          ]),
    ];
  });
};
