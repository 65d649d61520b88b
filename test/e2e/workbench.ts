import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { cacheRoot } from "../../system/cacheFolder";
import { check, command, must, type Result } from "./harness";
import { copyCheckout } from "./mirror/stranger";

const image = "slipway-e2e/workbench:1";
/** Debian's files, which the source route makes for the images that it builds. */
const base = "slipway/debian:bookworm";

/** Returns the files of this machine that node and docker need besides the base image, by their path in the image. */
const programFiles = (): Map<string, string> => {
  const node = process.execPath;
  const docker = must("bash", ["-c", "command -v docker"]).trim();
  const libraries = must("ldd", [node])
    .split("\n")
    .flatMap((line) => /=> (\S*libstdc\+\+\S*|\S*libgcc_s\S*) /.exec(line)?.[1] ?? []);
  return new Map([
    ["/usr/local/bin/node", node],
    ["/usr/local/bin/docker", docker],
    ...libraries.map((file) => [`/usr/lib/${basename(file)}`, file] as const),
  ]);
};

/**
 * A container on Docker's default bridge with Node, bash and the docker command, as a dev container. Docker's socket, a copy
 * of this checkout and the cache have the same paths as on the host.
 */
export class Workbench {
  readonly checkout: string;
  private readonly folder: string;

  constructor(
    readonly name: string,
    private readonly route: Route,
  ) {
    this.folder = join("/var/tmp", name);
    this.checkout = join(this.folder, "slipway");
  }

  /** Builds the image, and starts the container after it has deleted what a killed run left. */
  create(): void {
    this.remove();
    check(command("docker", ["image", "inspect", base]).code === 0, `the image ${base}, which the source route makes`);
    const context = join(this.folder, "image");
    mkdirSync(context, { recursive: true });
    const lines = [...programFiles()].map(([target, source], index) => {
      copyFileSync(source, join(context, `file-${index}`));
      return `COPY file-${index} ${target}`;
    });
    writeFileSync(join(context, "Dockerfile"), [`FROM ${base}`, ...lines, "RUN ldconfig", ""].join("\n"));
    must("docker", ["build", "--quiet", "--tag", image, context]);
    copyCheckout(this.checkout);
    must("cp", ["--archive", "--link", "node_modules", this.checkout]);
    must("docker", ["run", "--detach", "--init", "--name", this.name, ...this.mounts(), image, "sleep", "infinity"]);
  }

  private mounts(): string[] {
    const paths = ["/var/run/docker.sock", this.folder, cacheRoot()];
    const variables = { HOME: this.folder, SLIPWAY_CACHE: cacheRoot(), SLIPWAY_ROUTE: this.route };
    return [
      ...paths.flatMap((path) => ["--volume", `${path}:${path}`]),
      ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...["--workdir", this.checkout],
    ];
  }

  /** Removes the container, the image and the copies. */
  remove(): void {
    command("docker", ["rm", "--force", "--volumes", this.name]);
    command("docker", ["image", "rm", image]);
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }

  /** Runs a program in the container. */
  run(program: string, ...args: string[]): Result {
    return command("docker", ["exec", this.name, program, ...args]);
  }

  /** Runs a program in the container that must succeed, and returns everything that it printed. */
  must(program: string, ...args: string[]): string {
    const { code, stdout, stderr } = this.run(program, ...args);
    check(code === 0, `${program} ${args.join(" ")} to succeed, got ${code}\n${`${stdout}\n${stderr}`.slice(-6000)}`);
    return `${stdout}\n${stderr}`;
  }

  /** Runs a program in another container of the image, with further options of docker run. */
  runBeside(options: readonly string[], program: string, ...args: string[]): Result {
    return command("docker", ["run", "--rm", ...options, ...this.mounts(), image, program, ...args]);
  }

  /** Names of the container's networks. */
  networks(): string {
    const format = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    return must("docker", ["inspect", "--format", format, this.name]).trim();
  }

  read(file: string): string {
    return readFileSync(join(this.checkout, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.checkout, file), text);
  }
}
