import { sourceDefaults } from "./routeDefaults";
import { notes } from "./schema/setting";
import { settingsSchema } from "./schema/stack";
import type { Settings } from "./types";

/** Settings with the manifests that Slipway pins, by their names in `Settings.manifests`. */
const settingKeys = {
  certManager: "certManagerManifest",
  core: "coreManifest",
  bootstrap: "bootstrapManifest",
  controlPlane: "controlPlaneManifest",
  infrastructure: "infrastructureManifest",
  cni: "cniManifest",
  loadBalancer: "loadBalancerManifest",
} as const;

/**
 * Returns true if a manifest setting has its default on one of the routes: the URL of the pinned release, or the file
 * that make tools builds. Slipway tunes only these manifests, because it knows their workloads.
 */
export const isPinnedManifest = (
  role: keyof Settings["manifests"],
  { manifests, versions }: Pick<Settings, "manifests" | "versions">,
): boolean => {
  const key = settingKeys[role];
  const location = manifests[role];
  return [sourceDefaults[key], notes.get(settingsSchema[key])?.derived?.(versions, {})].includes(location);
};
