import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksSysResource, withRuntime } from "../../../cli/toolchain/source/docker";
import { command, eventually } from "../harness";

/** Options of a dockerd of the test. */
export interface DaemonOptions {
  /** Address of its socket; default: the one that programs expect. */
  readonly socket?: string;
  /** Folder of its images and containers; default: below the daemon's folder. */
  readonly dataRoot?: string;
  /** Further options, such as `--mtu=1400`. */
  readonly more?: readonly string[];
  /** Folder of a cgroup that the daemon joins before it starts. */
  readonly cgroup?: string;
}

/** A dockerd of the test alone, in the namespaces of this process. */
export class Daemon {
  private constructor(
    private readonly child: ChildProcess,
    readonly socket: string,
  ) {}

  /** Starts a dockerd, and waits until it answers. */
  static async start(folder: string, options: DaemonOptions = {}): Promise<Daemon> {
    const { socket = "unix:///var/run/docker.sock", dataRoot = join(folder, "data"), more = [], cgroup } = options;
    mkdirSync(folder, { recursive: true });
    const settings = join(folder, "daemon.json");
    const needsWrapper = lacksSysResource(readFileSync("/proc/self/status", "utf8"));
    writeFileSync(settings, needsWrapper ? withRuntime("{}") : "{}");
    const paths = { "data-root": dataRoot, "exec-root": join(folder, "exec"), pidfile: join(folder, "pid") };
    const args = [
      ...[`--config-file=${settings}`, `--host=${socket}`],
      ...Object.entries(paths).map(([option, path]) => `--${option}=${path}`),
      ...more,
    ];
    const log = openSync(join(folder, "dockerd.log"), "a");
    // The shell joins the cgroup and then becomes dockerd.
    const shell = 'if [ -n "$1" ]; then echo $$ > "$1/cgroup.procs"; fi; shift; exec dockerd "$@"';
    const child = spawn("bash", ["-c", shell, "bash", cgroup ?? "", ...args], {
      cwd: "/",
      env: { PATH: process.env.PATH },
      detached: true,
      stdio: ["ignore", log, log],
    });
    const daemon = new Daemon(child, socket);
    await eventually(`dockerd to answer (log: ${folder}/dockerd.log)`, 90, () => {
      const { code, stderr } = command("docker", ["--host", socket, "version"]);
      return (code === 0 && child.exitCode === null) || stderr.slice(-200);
    });
    return daemon;
  }

  /** Ends dockerd, which ends its containerd. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }
}
