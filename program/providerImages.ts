import type { Resource } from "@pulumi/pulumi";
import { CapdImage } from "../components/management/capdImage";
import { ImageLoad } from "../components/management/imageLoad";
import type { ManagementCluster } from "../components/management/managementCluster";
import type { Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";

/** CAPD's image, and the others that the kind node cannot pull, loaded into it; gives what the providers' pods wait for. */
export const providerImages = (
  management: ManagementCluster,
  settings: Settings,
  inputs: Pick<Inputs, "capd" | "nodeImages">,
): Resource[] => {
  const capd = new CapdImage("capd-image", {
    source: settings.capd.source,
    image: settings.capd.image,
    version: settings.versions.clusterApi,
    ...inputs.capd,
  });
  return new ImageLoad("provider-images", {
    node: management.nodeName,
    nodeId: management.nodeId,
    lifetime: management.kind,
    // Not before: loading takes disk and cores from what makes the node Ready, and cert-manager needs that first.
    after: management.nodeReady,
    images: { ...inputs.nodeImages.providers, [settings.capd.image]: capd.imageId },
  }).ready;
};
