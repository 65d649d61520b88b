import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Route } from "../../../lib/versions/pins";
import { countsIn, endChild } from "../children";
import { check, type Counts } from "../harness";
import { prepareMachine, runOnMachine } from "../mirror/machine";
import { fillRegistry } from "../mirror/registryImages";
import { buildRegistry, startRegistry } from "../mirror/registryProgram";
import type { Handover } from "../mirror/releaseWorld";
import { fetchSquid } from "../mirror/squid";

/** On a real file system, which the folder for temporary files may not be. */
const parent = "/var/tmp";

/** Fills the registry from this machine's Docker, and returns what the program in the namespaces needs. */
const prepare = async (folder: string): Promise<Handover> => {
  const bundle = prepareMachine(folder);
  const registryProgram = await buildRegistry();
  const registry = await startRegistry(registryProgram, join(folder, "registry"));
  try {
    return { registryProgram, nodeImageDigest: await fillRegistry(registry.address, bundle) };
  } finally {
    await endChild(registry.process);
  }
};

/**
 * Runs the whole journey over the release route on a machine of its own: servers with the names of all hosts, real
 * registries, and an own Docker. Its images and tools are those of the source route, which must be installed.
 */
export const runRelease = (route: Route): Promise<Counts> => runInNamespaces(route, "test/e2e/mirror/release.ts");

/** Runs a stack over the release route in a network whose only way out is a proxy with a password. */
export const runProxied = (route: Route): Promise<Counts> => {
  fetchSquid();
  return runInNamespaces(route, "test/e2e/mirror/proxied.ts");
};

/** Runs a program of test/e2e/mirror on a machine of its own, with the folder that it uses. */
const runInNamespaces = async (route: Route, main: string): Promise<Counts> => {
  check(process.getuid?.() === 0, "root, which starts a Docker of its own");
  check(route === "source", `the source route, whose images and tools are served, got ${route}`);
  const folder = mkdtempSync(join(parent, "slipway-release-"));
  try {
    writeFileSync(join(folder, "handover.json"), JSON.stringify(await prepare(folder)));
    const program = [process.execPath, "scripts/run.cjs", main, folder];
    return countsIn(await runOnMachine(folder, ...program));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
