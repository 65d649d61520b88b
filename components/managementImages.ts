import type { Resource } from "@pulumi/pulumi";
import type { Inputs } from "../lib/prepare";
import type { Settings } from "../lib/settings";
import { CapdImage } from "./capdImage";
import { ImageLoad } from "./imageLoad";
import type { ManagementCluster } from "./managementCluster";

/** What pods in a management cluster wait for before they can start. */
export interface ManagementImages {
  certManager: Resource[];
  providers: Resource[];
}

/** CAPD's image, and those that the kind node cannot pull, loaded into it. */
export const managementImages = (
  management: ManagementCluster,
  settings: Settings,
  inputs: Pick<Inputs, "capd" | "nodeImages">,
): ManagementImages => {
  const capd = new CapdImage("capd-image", {
    source: settings.capd.source,
    image: settings.capd.image,
    version: settings.versions.clusterApi,
    ...inputs.capd,
  });
  const node = { node: management.nodeName, nodeId: management.nodeId, lifetime: management.kind };
  const certManager = new ImageLoad("cert-manager-images", { ...node, images: inputs.nodeImages.certManager });
  const providers = new ImageLoad("provider-images", {
    ...node,
    images: { ...inputs.nodeImages.providers, [settings.capd.image]: capd.imageId },
    // One after the other, so that cert-manager, which everything waits for, starts while the rest is loaded.
    after: certManager.ready,
  });
  return { certManager: certManager.ready, providers: providers.ready };
};
