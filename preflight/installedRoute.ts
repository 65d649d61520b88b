import { readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isRoute, type Route } from "../lib/versions/pins";
import { toolsRoot } from "../system/checkout";

/** Returns the folder of a route's tools. A checkout's link `.tools` points to a folder inside it. */
export const toolsFolder = (cache: string, route: Route): string => join(cache, route, "tools");

/** Returns the route in the target of the link `.tools`, CACHE/ROUTE/tools-KEY; undefined without such a link. */
export const linkedRoute = (checkout: string): Route | undefined => {
  const route = basename(dirname(targetOf(join(checkout, ".tools"))));
  return isRoute(route) ? route : undefined;
};

/**
 * Returns the route whose tools a checkout has, from the link `.tools`; `release` without the link. SLIPWAY_ROUTE and
 * `.slipway/route` only choose the route of the next setup.
 *
 * @param checkout - default: the folder of the tools that this process uses
 */
export const installedRoute = (checkout = toolsRoot()): Route => linkedRoute(checkout) ?? "release";

const targetOf = (link: string): string => {
  try {
    return readlinkSync(link);
  } catch {
    return ""; // the link is missing, or the user created a folder
  }
};
