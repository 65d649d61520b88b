import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoGroup, type GoGroup } from "../../../cli/toolchain/source/goGroup";
import { cacheRoot } from "../../../system/cacheFolder";
import { eventually } from "../harness";

const version = "v3.1.2";
const module = "github.com/distribution/distribution/v3";

const group: GoGroup = {
  name: "registry",
  like: `${module}@${version}`,
  requires: { [module]: version },
  mains: [{ package: `${module}/cmd/registry`, output: "registry" }],
};

/** Returns the folder of what this suite keeps for its next run. */
const kept = (): string => join(cacheRoot(), "test");

/** Returns the path of the registry of the distribution project. The first call compiles it, which takes minutes. */
export const buildRegistry = async (): Promise<string> => {
  const folder = join(kept(), `registry-${version}`);
  const program = join(folder, "bin", "registry");
  if (existsSync(program)) return program;
  console.log(`compiling ${module} ${version} …`);
  const partial = `${folder}.partial-${process.pid}`;
  await buildGoGroup(group, partial, () => undefined).catch((error: unknown) => {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  });
  renameSync(partial, folder);
  return program;
};

/** A registry that runs on this machine, without TLS. */
export interface RunningRegistry {
  process: ChildProcess;
  address: string;
}

/** The port of the registry, always the same: Docker remembers by address which layers a registry has. */
export const registryPort = 5951;

/**
 * Starts a registry and waits until it answers. It keeps its images in the cache.
 *
 * @param folder gets the configuration and the log
 */
export const startRegistry = async (program: string, folder: string): Promise<RunningRegistry> => {
  const address = `127.0.0.1:${registryPort}`;
  mkdirSync(folder, { recursive: true });
  const config = {
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(kept(), "images") } },
    http: { addr: address },
  };
  writeFileSync(join(folder, "registry.yml"), JSON.stringify(config));
  const log = openSync(join(folder, "registry.log"), "a");
  const env = { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: "none" };
  const child = spawn(program, ["serve", join(folder, "registry.yml")], { env, stdio: ["ignore", log, log] });
  child.on("error", () => undefined); // the wait below reports it
  await eventually(
    `the registry to answer (log: ${folder}/registry.log)`,
    30,
    () =>
      child.exitCode === null &&
      fetch(`http://${address}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      ),
  );
  return { process: child, address };
};
