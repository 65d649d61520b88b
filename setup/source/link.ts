import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../artifact";
import { artifactFolder, type Cache } from "../cache";
import { toolLinks, type Layout } from "../layout";

/**
 * A program that runs a script of the checkout. Pulumi starts plugins in the project's folder, which is the checkout;
 * so the script is found from any checkout that shares the cache.
 */
const inCheckout = (what: string, script: string, command: string): string =>
  `#!/bin/sh
# ${what}
if [ ! -f ${script} ]; then
  echo "$0: ${script} is not in $PWD; run pulumi in Slipway's checkout, after npm ci" >&2
  exit 1
fi
exec ${command} "$@"
`;

/** Programs that the source route cannot build and stands in for; docs/setup.md names them. */
export const standIns: Record<string, string> = {
  "pulumi-resource-command": inCheckout(
    "Stand-in for Pulumi's command plugin, whose Go module cannot be had from the module proxy.",
    "setup/standins/command/main.ts",
    "node --import tsx setup/standins/command/main.ts",
  ),
  "pulumi-resource-pulumi-nodejs": inCheckout(
    "Runs the host of dynamic providers that is part of @pulumi/pulumi, as the script in Pulumi's release does.",
    "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js",
    "node ./node_modules/@pulumi/pulumi/cmd/dynamic-provider",
  ),
};

/** The layout of `.tools` on the source route. */
export const sourceLayout = (cache: Cache, artifacts: Artifact[]): Layout => {
  const manifests = artifacts.find((artifact) => artifact.name === "manifests");
  const folder = manifests && artifactFolder(cache, manifests);
  const inner = folder && join(folder, "manifests");
  return {
    links: toolLinks(cache, artifacts),
    scripts: standIns,
    ...(folder ? { manifests: inner && existsSync(inner) ? inner : folder } : {}),
  };
};
