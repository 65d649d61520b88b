import { refuse } from "../base/problem";

/** Name of the container. Each machine has only one, since it serves all kind clusters of the machine. */
export const containerName = "cloud-provider-kind";

/**
 * Returns the published image of the pinned version.
 *
 * @throws ProblemError if the set of versions has no image
 */
export const cloudProviderKindImage = ({ cloudProviderKind }: { cloudProviderKind?: string }): string =>
  cloudProviderKind === undefined
    ? refuse({ key: "loadBalancer", received: containerName, ...notPublished })
    : `registry.k8s.io/cloud-provider-kind/cloud-controller-manager:v${cloudProviderKind}`;

/** Rule and remedy if a set of versions has no image. */
export const notPublished = {
  rule: "metallb or none where pins is source, because cloud-provider-kind is published only as an image",
  remedy: "Set loadBalancer to metallb, or set pins to release on a machine with access to registries",
};
