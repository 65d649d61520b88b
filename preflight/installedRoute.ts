import { readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isRoute, type Route } from "../lib/versions/pins";

/** Returns where a route keeps its tools, without the key of their layout; `.tools` of a checkout points to such a folder. */
export const toolsFolder = (cache: string, route: Route): string => join(cache, route, "tools");

/**
 * Reads from the link `.tools` which route's tools a checkout has; release where there is no such link. Nothing else
 * records it: SLIPWAY_ROUTE is a wish, and `.slipway/route` is the choice for the next setup.
 */
export const installedRoute = (checkout: string): Route => {
  const route = basename(dirname(targetOf(join(checkout, ".tools"))));
  return isRoute(route) ? route : "release";
};

const targetOf = (link: string): string => {
  try {
    return readlinkSync(link);
  } catch {
    return ""; // no link, or a folder of the user's own
  }
};
