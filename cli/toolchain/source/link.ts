import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { artifactFolder, type Cache } from "../build/cache";
import { toolLinks, type Layout } from "../build/layout";
import { onDemand, sourceArtifacts } from "./artifacts";
import { manifests } from "./manifests";

/**
 * Returns a program that runs a script of the checkout. Pulumi starts plugins in the project's folder, which is the
 * checkout, so the program works in every checkout that shares the cache.
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

/** Stand-ins for programs that the source route cannot build; docs/guides/closed-networks.md lists them. */
export const standIns: Record<string, string> = {
  "pulumi-resource-command": inCheckout(
    "Stand-in for Pulumi's command plugin, whose Go module cannot be had from the module proxy.",
    "cli/toolchain/standins/command/main.ts",
    "node scripts/run.cjs cli/toolchain/standins/command/main.ts",
  ),
  "pulumi-resource-pulumi-nodejs": inCheckout(
    "Runs the host of dynamic providers that is part of @pulumi/pulumi, as the script in Pulumi's release does.",
    "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js",
    "node ./node_modules/@pulumi/pulumi/cmd/dynamic-provider",
  ),
};

/**
 * Returns a wrapper with nodeargs of Pulumi.yaml, because the pinned language host does not get a project's options. Programs
 * outside of the checkout have no such options.
 */
const languageHost = (program: string): string =>
  `#!/bin/sh
# Pulumi's language host for Node, with the options of Pulumi.yaml as it takes them.
[ ! -f scripts/program.cjs ] || set -- -nodeargs '--require ./scripts/program.cjs' "$@"
exec '${program.replaceAll("'", `'\\''`)}' "$@"
`;

/**
 * Returns the layout of `.tools` on the source route. It contains the manifests of all stacks, because a checkout can have
 * several stacks, and a layout for one stack would lack the manifests of the other stacks.
 */
export const sourceLayout = (cache: Cache): Layout => {
  const always = sourceArtifacts();
  const folders = [manifests, ...onDemand.filter(({ gives }) => gives?.startsWith(".tools/manifests/"))]
    .map((artifact) => artifactFolder(cache, artifact))
    .filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => [name, join(folder, name)] as const));
  const { "pulumi-language-nodejs": host, ...links } = toolLinks(cache, always);
  const scripts = { ...standIns, ...(host === undefined ? {} : { "pulumi-language-nodejs": languageHost(host) }) };
  return { links, scripts, manifests: Object.fromEntries(files) };
};
