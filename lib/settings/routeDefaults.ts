import { sourceManifest } from "../base/paths";
import { isRoute, type Route } from "../versions/pins";

/** The values of a stack's settings, by key. */
type Config = Readonly<Record<string, unknown>>;

/** Defaults of the source route, which builds images in this machine's Docker and manifests in `.tools`. */
export const sourceDefaults: Config = {
  imageSource: "local",
  capdImageSource: "local",
  certManagerManifest: sourceManifest("cert-manager"),
  coreManifest: sourceManifest("core-components"),
  bootstrapManifest: sourceManifest("bootstrap-components"),
  controlPlaneManifest: sourceManifest("control-plane-components"),
  infrastructureManifest: sourceManifest("infrastructure-components"),
  cniManifest: sourceManifest("calico"),
  loadBalancerManifest: sourceManifest("metallb"),
};

const isEmpty = (value: unknown): boolean => value === undefined || value === "";

const without = (config: Config, key: string): Config =>
  Object.fromEntries(Object.entries(config).filter(([name]) => name !== key));

/**
 * Fills in empty settings that depend on the route: `pins`, and on the source route also the sources of images and
 * manifests. The settings table derives the values of the release route.
 *
 * @param route - the route of the installed tools
 */
export const completeByRoute = (config: Config, route: Route): Config => {
  const pins = isEmpty(config["pins"]) ? route : config["pins"];
  const complete = { ...config, pins };
  // A stack with the versions of the other route gets published files, since the installed tools have other versions.
  if (route === "source" && pins === route) {
    const missing = Object.entries(sourceDefaults).filter(([key]) => isEmpty(config[key]));
    // An existing management cluster pulls its image of the Docker provider.
    const applies = ([key]: [string, unknown]): boolean =>
      key !== "capdImageSource" || isEmpty(config["managementKubeconfig"]);
    return { ...complete, ...Object.fromEntries(missing.filter(applies)) };
  }
  // A stack file for both routes may list images for the source route, where nodes pull nothing.
  return isRoute(pins) && isEmpty(config["imageSource"]) ? without(complete, "extraImages") : complete;
};
