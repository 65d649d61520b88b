import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksSysResource, withRuntime } from "../../../cli/toolchain/source/docker";
import { command, eventually, must } from "../harness";
import { endChild } from "./registryProgram";

/** The address of Docker in these namespaces: the one that programs expect. */
const socket = "unix:///var/run/docker.sock";

/** A dockerd of this run alone: its files are in a folder of the run, and its socket and networks in the run's namespaces. */
export class OwnDocker {
  private child: ChildProcess | undefined;

  /** @param folder on a real file system: overlay2 cannot use another overlay */
  constructor(private readonly folder: string) {}

  get log(): string {
    return join(this.folder, "dockerd.log");
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const needsWrapper = lacksSysResource(readFileSync("/proc/self/status", "utf8"));
    const settings = join(this.folder, "daemon.json");
    writeFileSync(settings, needsWrapper ? withRuntime("{}") : "{}");
    const paths = { "data-root": "data", "exec-root": "exec", pidfile: "pid" };
    const options = Object.entries(paths).map(([option, name]) => `--${option}=${join(this.folder, name)}`);
    const log = openSync(this.log, "a");
    this.child = spawn("dockerd", [`--config-file=${settings}`, `--host=${socket}`, ...options], {
      cwd: "/",
      env: { PATH: process.env.PATH },
      detached: true, // Ctrl-C in a terminal ends the run first, and then Docker
      stdio: ["ignore", log, log],
    });
    this.child.on("error", () => undefined); // the wait below reports it
    await eventually(`dockerd to answer (log: ${this.log})`, 90, () => {
      const { code, stderr } = command("docker", ["version"]);
      return (code === 0 && this.child?.exitCode === null) || stderr.slice(-200);
    });
  }

  /** Removes the containers that are left, and ends dockerd, which ends its containerd. */
  async stop(): Promise<void> {
    if (this.child === undefined || this.child.exitCode !== null) return;
    const containers = command("docker", ["ps", "--all", "--quiet"]).stdout.split("\n").filter(Boolean);
    if (containers.length > 0) must("docker", ["rm", "--force", "--volumes", ...containers]);
    await endChild(this.child);
  }
}
