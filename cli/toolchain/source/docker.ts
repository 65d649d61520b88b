import { chmodSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { findUnsupportedEngine } from "../../../preflight/host/dockerEngine";
import { readDockerFacts } from "../../../preflight/host/dockerFacts";
import { root } from "../../../system/checkout";
import { run, start as startProgram, type Log } from "../../../system/exec";
import { writeAtomically } from "../../../system/files";
import { lastingTemporary } from "../../../system/temporary";
import { aptInstall } from "./images/apt";

const wrapper = "/usr/local/lib/slipway/runc";
const runtime = "slipway-runc";
const settings = "/etc/docker/daemon.json";
const logFile = "/var/log/slipway-dockerd.log";

let answered = false;

/** Returns true if the Docker server of DOCKER_HOST or the context answers. A positive answer is cached. */
export const dockerRunning = async (): Promise<boolean> => {
  answered ||= (await run("docker", ["version", "--format", "{{.Server.Version}}"]).catch(() => "")).trim() !== "";
  return answered;
};

/** Returns true if, according to /proc/self/status, no process here can have CAP_SYS_RESOURCE (bit 24). */
export const lacksSysResource = (status: string): boolean => {
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> 24n) & 1n) === 0n;
};

/** Adds Slipway's runtime to the user's daemon.json. It becomes the default runtime if the user has not chosen one. */
export const withRuntime = (text: string): string => {
  const config = JSON.parse(text.trim() || "{}") as { runtimes?: object; "default-runtime"?: string };
  const merged = {
    ...config,
    runtimes: { ...config.runtimes, [runtime]: { path: wrapper } },
    "default-runtime": config["default-runtime"] ?? runtime,
  };
  return `${JSON.stringify(merged, null, 2)}\n`;
};

/** Installs a wrapper around runc, without which `docker run --privileged` needs CAP_SYS_RESOURCE. */
const configureRuntime = async (log: Log): Promise<void> => {
  if (!lacksSysResource(readFileSync("/proc/self/status", "utf8"))) return;
  log("CAP_SYS_RESOURCE is missing: Docker gets a wrapper around runc\n");
  await aptInstall(["jq"], log);
  mkdirSync(dirname(wrapper), { recursive: true });
  copyFileSync(join(root, "cli/toolchain/source/files/runc-without-sys-resource.sh"), wrapper);
  chmodSync(wrapper, 0o755);
  const before = existsSync(settings) ? readFileSync(settings, "utf8") : "";
  let after: string;
  try {
    after = withRuntime(before);
  } catch (error) {
    throw new Error(
      `${settings}: expected JSON, got a syntax error (${(error as Error).message}). Correct the file, then try again.`,
    );
  }
  if (after !== before) writeAtomically(settings, after);
};

/** Returns true if the process of a pid file runs and has this name. After a restart, another process may have the pid. */
const holds = (pidFile: string, name: string): boolean => {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, "utf8").trim() : "";
  const file = `/proc/${pid}/status`;
  const status = pid !== "" && existsSync(file) ? readFileSync(file, "utf8") : "";
  return new RegExp(`^Name:\\s*${name}$`, "m").test(status) && !/^State:\s*Z/m.test(status); // Z: zombie
};

const listens = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = createConnection(socket);
    connection.on("connect", () => resolve(true)).on("error", () => resolve(false));
    connection.on("connect", () => connection.destroy());
  });

/** Removes files of a killed dockerd that would make a new dockerd fail. */
const removeStale = async (log: Log): Promise<void> => {
  const stale: string[] = [];
  if (!holds("/var/run/docker.pid", "dockerd")) stale.push("/var/run/docker.pid");
  if (!holds("/run/docker/containerd/containerd.pid", "containerd"))
    stale.push("/run/docker/containerd/containerd.pid");
  const system = "/run/containerd/containerd.sock"; // if this file exists, dockerd assumes that containerd runs
  if (existsSync(system) && !(await listens(system))) stale.push(system);
  for (const path of stale.filter((file) => existsSync(file))) {
    log(`removed the stale file ${path}\n`);
    rmSync(path, { force: true });
  }
};

/** Starts dockerd detached from this process. Returns a function that returns how dockerd ended; undefined if it runs. */
const launch = async (log: Log): Promise<() => string | undefined> => {
  if (existsSync("/run/systemd/system")) {
    await run("systemctl", ["start", "docker"], { log });
    return () => undefined;
  }
  if (holds("/var/run/docker.pid", "dockerd")) {
    log("dockerd runs and does not answer yet: waiting\n");
    return () => undefined;
  }
  const output = openSync(logFile, "a");
  // Docker cannot start containers after the removal of its temporary folder.
  const env = lastingTemporary;
  const child = startProgram("dockerd", [], { cwd: "/", env, detached: true, stdio: ["ignore", output, output] });
  let end: string | undefined;
  child.on("error", (error) => (end = error.message));
  child.on("exit", (code, signal) => (end = `ended with ${signal ?? code}`));
  child.unref();
  return () => end;
};

const onPath = async (program: string): Promise<boolean> =>
  (await run("sh", ["-c", 'command -v "$1"', "sh", program]).catch(() => "")) !== "";

const start = async (log: Log): Promise<void> => {
  const unsupported = findUnsupportedEngine(await readDockerFacts(process.env.PATH ?? ""), process.platform);
  if (unsupported !== undefined) {
    const { detail, remedy } = unsupported;
    throw new Error(`Docker: expected the Docker Engine of this machine, got another one: ${detail}. Fix: ${remedy}.`);
  }
  if (await dockerRunning()) return;
  if (process.env.DOCKER_HOST) {
    throw new Error(
      `DOCKER_HOST: expected the address of a Docker that answers, got ${process.env.DOCKER_HOST}. ` +
        "Start this Docker, or unset DOCKER_HOST.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      "Docker: expected an answer, got none, and only root can install and start Docker. " +
        "Start Docker, or run this command as root.",
    );
  }
  if (!/ \/sys\/fs\/cgroup\S* cgroup2? /.test(readFileSync("/proc/mounts", "utf8"))) {
    throw new Error(
      "/sys/fs/cgroup: expected a mounted cgroup, got none. Run apt-get install cgroupfs-mount && cgroupfs-mount.",
    );
  }
  await configureRuntime(log); // before the packages, because they may start dockerd
  // An existing Docker from another source stays. Later Debian releases have a separate package for the client.
  if (!(await onPath("dockerd"))) await aptInstall(["docker.io"], log);
  if (!(await onPath("docker"))) await aptInstall(["docker-cli"], log);
  await removeStale(log);
  const ended = (await dockerRunning()) ? () => undefined : await launch(log);
  const version = ["version", "--format", "{{.Server.Version}}"];
  const deadline = Date.now() + 90_000;
  // With a timeout, because a dockerd that waits for containerd accepts connections and does not answer.
  for (;;) {
    const answer = await run("docker", version, { timeout: 10 }).catch(() => "");
    if (answer.trim() !== "") return log(`Docker ${answer.trim()} answers\n`);
    if (ended() !== undefined || Date.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const tail = existsSync(logFile) ? readFileSync(logFile, "utf8").slice(-2000) : "";
  throw new Error(`dockerd ${ended() ?? "did not answer within 90 s"}. End of ${logFile}:\n${tail}`);
};

let starting: Promise<void> | undefined;

/** Ensures that Docker answers. It installs and starts Debian's Docker if necessary, which keeps running after Slipway. */
export const ensureDocker = (log: Log): Promise<void> => {
  starting ??= start(log).finally(() => (starting = undefined));
  return starting;
};
