import { existsSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import packageFile from "../../package.json";
import { pins, type Route } from "../../lib/versions/pins";
import { root } from "../../system/checkout";

const isRoute = (name: string): name is Route => name === "release" || name === "source";

const list = (versions: object): string =>
  Object.entries(versions)
    .flatMap(([name, version]) => (typeof version === "string" ? [`${name} ${version}`] : []))
    .join(", ");

/** Returns the route of the tools that `.tools` links to; undefined without tools. */
const installedRoute = (checkout: string): Route | undefined => {
  const link = join(checkout, ".tools");
  if (!existsSync(join(link, "bin", "pulumi"))) return undefined;
  try {
    const route = basename(dirname(readlinkSync(link))); // CACHE/ROUTE/tools-KEY
    return isRoute(route) ? route : undefined;
  } catch {
    return undefined; // a folder that Slipway did not create
  }
};

/** Returns the versions of the program, its tools and its pins, without starting a tool. */
export const versionLines = (checkout = root): string[] => {
  const installed = installedRoute(checkout);
  const { kind, kubernetes, clusterApi } = pins[installed ?? "release"];
  return [
    `slipway ${packageFile.version} (node ${process.versions.node})`,
    installed === undefined
      ? "tools: not installed yet (slipway tools)"
      : `tools (${installed} route): ${list({ pulumi: pins.pulumi.cli, kind, kubectl: kubernetes, clusterctl: clusterApi })}`,
    `plugins: ${list(pins.pulumi.plugins)}`,
    `pins of the release route: ${list(pins.release)}`,
    `pins of the source route: ${list(pins.source)}`,
  ];
};
