import { refuse } from "../base/problem";

/** Name of its container: one for the machine, since it serves every kind cluster that it finds there. */
export const containerName = "cloud-provider-kind";

/** The published image of the pinned version; throws where the set of versions has none. */
export const cloudProviderKindImage = ({ cloudProviderKind }: { cloudProviderKind?: string }): string =>
  cloudProviderKind === undefined
    ? refuse({ key: "loadBalancer", received: containerName, ...notPublished })
    : `registry.k8s.io/cloud-provider-kind/cloud-controller-manager:v${cloudProviderKind}`;

/** Why a set of versions has no image. */
export const notPublished = {
  rule: "be metallb or none with pins source, since cloud-provider-kind is published as an image only",
  remedy: "Set it to metallb, or pins to release on a machine that reaches registries",
};
