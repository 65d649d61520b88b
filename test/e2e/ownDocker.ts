import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksSysResource, withRuntime } from "../../cli/toolchain/source/docker";
import { endChild } from "./children";
import { command, eventually, must } from "./harness";

/** Options of a dockerd of a run. */
export interface OwnDockerOptions {
  /** Address of its socket; default: the one that programs expect. */
  readonly socket?: string;
  /** Further options of dockerd, such as `--mtu=1400`. */
  readonly more?: readonly string[];
  /** Folder of its images and containers; default: below the folder of the dockerd. */
  readonly dataRoot?: string;
  /** Folder of a cgroup that the dockerd joins before it starts. */
  readonly cgroup?: string;
  /** Program with arguments that starts dockerd, such as one that enters a network; default: none. */
  readonly enter?: readonly string[];
  /** Environment of dockerd besides PATH; default: none. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A shell that joins the cgroup, if there is one, and then becomes dockerd. */
const shell = 'if [ -n "$1" ]; then echo $$ > "$1/cgroup.procs"; fi; shift; exec dockerd "$@"';

/** A dockerd of this run alone: its files are in a folder of the run, and its socket and networks in the run's namespaces. */
export class OwnDocker {
  private child: ChildProcess | undefined;

  /** @param folder on a real file system: overlay2 cannot use another overlay */
  constructor(
    private readonly folder: string,
    private readonly options: OwnDockerOptions = {},
  ) {}

  get log(): string {
    return join(this.folder, "dockerd.log");
  }

  private get socket(): string {
    return this.options.socket ?? "unix:///var/run/docker.sock";
  }

  private docker(...args: string[]): string[] {
    return ["--host", this.socket, ...args];
  }

  /** Starts dockerd, and waits until it answers. */
  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const needsWrapper = lacksSysResource(readFileSync("/proc/self/status", "utf8"));
    const settings = join(this.folder, "daemon.json");
    writeFileSync(settings, needsWrapper ? withRuntime("{}") : "{}");
    const { dataRoot = join(this.folder, "data"), more = [], cgroup = "" } = this.options;
    const paths = { "data-root": dataRoot, "exec-root": join(this.folder, "exec"), pidfile: join(this.folder, "pid") };
    const args = [
      ...[`--config-file=${settings}`, `--host=${this.socket}`],
      ...Object.entries(paths).map(([option, path]) => `--${option}=${path}`),
      ...more,
    ];
    const log = openSync(this.log, "a");
    const [program = "bash", ...start] = [...(this.options.enter ?? []), "bash", "-c", shell, "bash", cgroup, ...args];
    this.child = spawn(program, start, {
      cwd: "/",
      env: { PATH: process.env.PATH, ...this.options.environment },
      detached: true, // Ctrl-C in a terminal ends the run first, and then Docker
      stdio: ["ignore", log, log],
    });
    this.child.on("error", () => undefined); // the wait below reports it
    await eventually(`dockerd to answer (log: ${this.log})`, 90, () => {
      const { code, stderr } = command("docker", this.docker("version"));
      return (code === 0 && this.child?.exitCode === null) || stderr.slice(-200);
    });
  }

  /** Removes the containers that are left, and ends dockerd, which ends its containerd. */
  async stop(): Promise<void> {
    if (this.child === undefined || this.child.exitCode !== null) return;
    const containers = command("docker", this.docker("ps", "--all", "--quiet"))
      .stdout.split("\n")
      .filter(Boolean);
    if (containers.length > 0) must("docker", this.docker("rm", "--force", "--volumes", ...containers));
    await endChild(this.child);
  }
}
