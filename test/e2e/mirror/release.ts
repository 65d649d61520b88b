// The whole journey over the release route, in namespaces of its own: test/e2e/scenarios/release.ts starts this program with
// a folder. Its last line is "N passed, N failed".
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { platformOf } from "../../../cli/toolchain/release/files";
import { pins } from "../../../lib/versions/pins";
import { processNumbers } from "../../../system/processes";
import { endChild } from "../children";
import { command, type Counts, report, runSteps } from "../harness";
import { OwnDocker } from "../ownDocker";
import { nameServerAddress, readCertificate } from "./machine";
import { NameServer } from "./nameServer";
import { Newcomer, withSourceVersions } from "./newcomer";
import { packReleases } from "./packing";
import { Registries, registryHosts } from "./registries";
import { registryPort, startRegistry } from "./registryProgram";
import { releaseSteps } from "./releaseSteps";
import type { Handover } from "./releaseWorld";
import { hosts, Mirror } from "./server";

/** Slipway's pull of the node image meets a limit, and so does a node's pull of the application. */
const limited = ["kindest/node", "library/nginx"].map((repository) => `registry-1.docker.io/${repository}`);

/** Prints what was stuck. */
const explain = (docker: OwnDocker): void => {
  console.log(command("docker", ["ps", "--all"]).stdout);
  console.log(readFileSync(docker.log, "utf8").slice(-3000));
};

const runAll = async (folder: string): Promise<Counts> => {
  const ownProcesses = processNumbers();
  const { registryProgram, nodeImageDigest } = JSON.parse(
    readFileSync(join(folder, "handover.json"), "utf8"),
  ) as Handover;
  const certificate = readCertificate(folder);
  const versions = withSourceVersions(pins, nodeImageDigest);
  const files = packReleases(realpathSync(".tools"), join(folder, "published"), platformOf(), versions);
  const newcomer = new Newcomer(join(folder, "newcomer"), certificate.authority, versions);
  const mirror = new Mirror(files, certificate);
  const registries = new Registries(certificate, registryPort, limited);
  const names = new NameServer({ ...hosts, ...registryHosts });
  const docker = new OwnDocker(join(folder, "docker"));
  const registry = await startRegistry(registryProgram, join(folder, "registry"));
  try {
    await names.start(nameServerAddress);
    await mirror.startAll();
    await registries.start();
    await docker.start();
    const world = {
      mirror,
      files,
      registries,
      registry,
      names,
      docker,
      newcomer,
      nodeImageDigest,
      limited,
      ownProcesses,
    };
    return await runSteps(releaseSteps(world), () => explain(docker));
  } finally {
    await docker.stop();
    await mirror.stopAll();
    registries.stop();
    names.stop();
    await endChild(registry.process);
  }
};

void report(() => runAll(process.argv[2] ?? ""));
