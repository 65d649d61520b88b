import { sourceManifest } from "../base/paths";
import { isRoute, type Route } from "../versions/pins";

/** Values by key, as a stack's settings give them. */
type Config = Readonly<Record<string, unknown>>;

/** What the source route builds: images of this machine's Docker, and manifests under `.tools`. */
const ofSourceRoute: Config = {
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
 * Fills in what the route decides, where a stack's settings leave it empty: `pins`, and on the source route the sources
 * of images and manifests. The release route needs no more: its values are what the table of settings derives.
 *
 * @param route the route whose tools the checkout has
 */
export const completeByRoute = (config: Config, route: Route): Config => {
  const pins = isEmpty(config["pins"]) ? route : config["pins"];
  const complete = { ...config, pins };
  // The installed tools have nothing for the versions of the other route: a stack that states those gets what is published.
  if (route === "source" && pins === route) {
    const missing = Object.entries(ofSourceRoute).filter(([key]) => isEmpty(config[key]));
    // A management cluster that is given pulls its own image of the Docker provider.
    const applies = ([key]: [string, unknown]): boolean =>
      key !== "capdImageSource" || isEmpty(config["managementKubeconfig"]);
    return { ...complete, ...Object.fromEntries(missing.filter(applies)) };
  }
  // A file for both routes names further images for the one that has nodes pull nothing.
  return isRoute(pins) && isEmpty(config["imageSource"]) ? without(complete, "extraImages") : complete;
};
