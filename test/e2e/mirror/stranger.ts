import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { command, must, type Result } from "../harness";

/** The programs that the release route needs; neither Go nor npm is among them. */
const programs = ["bash", "env", "readlink", "tar", "gzip", "docker", "git"];

/** Seconds for one command, after which it counts as failed. */
const timeout = 120;

const linkPrograms = (folder: string): void => {
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, "node"));
  for (const name of programs) {
    const path = command("bash", ["-c", `command -v ${name}`]).stdout.trim();
    if (path !== "") symlinkSync(path, join(folder, name)); // a machine without Docker still has the tools
  }
};

/** Copies the files of this checkout that git has or would take: changes that are not committed are tested too. */
export const copyCheckout = (target: string): void => {
  const files = must("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).split("\0");
  for (const file of files.filter((name) => name !== "" && name !== "node_modules" && existsSync(name))) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    // With its time: a newer package-lock.json would have Slipway install the packages again.
    cpSync(file, join(target, file), { preserveTimestamps: true });
  }
};

/** What a newcomer has: a clone of this checkout, an empty cache, and an environment that says nothing of Slipway. */
export class Stranger {
  readonly checkout: string;
  readonly cache: string;
  private readonly env: Record<string, string>;

  /**
   * @param folder gets everything
   * @param authority path of the certificate that signed those of the hosts
   */
  constructor(folder: string, authority: string) {
    [this.checkout, this.cache] = [join(folder, "slipway"), join(folder, "cache")];
    copyCheckout(this.checkout);
    symlinkSync(join(process.cwd(), "node_modules"), join(this.checkout, "node_modules"));
    linkPrograms(join(folder, "bin"));
    mkdirSync(join(folder, "home"));
    this.env = {
      HOME: join(folder, "home"),
      PATH: join(folder, "bin"),
      SLIPWAY_CACHE: this.cache,
      NODE_EXTRA_CA_CERTS: authority,
    };
    this.forget();
  }

  /** Returns the checkout and the cache to what a clone has; the bundled command line stays, since it takes seconds to make. */
  forget(): void {
    for (const path of [this.cache, join(this.checkout, ".tools"), this.routeFile])
      rmSync(path, { recursive: true, force: true });
    for (const name of ["tools.lock.json", "manifests.lock.json"]) writeFileSync(join(this.checkout, name), "{}\n");
    rmSync(join(this.checkout, ".slipway", "manifests"), { recursive: true, force: true });
  }

  private get routeFile(): string {
    return join(this.checkout, ".slipway", "route");
  }

  /** The route that the checkout remembers; undefined where it remembers none. */
  get rememberedRoute(): string | undefined {
    return existsSync(this.routeFile) ? readFileSync(this.routeFile, "utf8").split("\n")[0] : undefined;
  }

  /** Runs Slipway while this process serves what it asks for. */
  slipway(...args: string[]): Promise<Result> {
    return this.run("scripts/slipway", args);
  }

  /** Runs a program of the checkout. */
  program(file: string, ...args: string[]): Promise<Result> {
    return this.run("node", ["scripts/run.cjs", file, ...args]);
  }

  private run(program: string, args: string[]): Promise<Result> {
    const options = { cwd: this.checkout, env: this.env, timeout: timeout * 1000, maxBuffer: 1 << 26 };
    return new Promise((resolve) =>
      execFile(program, args, options, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
        resolve({ code, stdout, stderr: error?.killed ? `${stderr}\nended after ${timeout} s` : stderr });
      }),
    );
  }

  /** The names in a folder of the checkout; none where the folder does not exist. */
  list(folder: string): string[] {
    const path = join(this.checkout, folder);
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  /** The names of the artifacts that are finished in the cache, without their keys. */
  finished(): string[] {
    const folder = join(this.cache, "release", "artifacts");
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.map((name) => name.replace(/-[0-9a-f]{12}$/, "")).sort();
  }

  /** Deletes an artifact from the cache, and the checksum of an address from the lock file. */
  dropArtifact(name: string, address = ""): void {
    const folder = join(this.cache, "release", "artifacts");
    for (const artifact of readdirSync(folder))
      if (artifact.replace(/-[0-9a-f]{12}$/, "") === name) rmSync(join(folder, artifact), { recursive: true });
    const locked = Object.entries(this.locked("tools.lock.json")).filter(([key]) => key !== address);
    writeFileSync(join(this.checkout, "tools.lock.json"), `${JSON.stringify(Object.fromEntries(locked), null, 2)}\n`);
  }

  /** The content of a lock file. */
  locked(name: "tools.lock.json" | "manifests.lock.json"): Record<string, string> {
    return JSON.parse(readFileSync(join(this.checkout, name), "utf8")) as Record<string, string>;
  }

  /** The log of an artifact, from the cache. */
  log(artifact: string): string {
    const file = join(this.cache, "logs", `${artifact}.log`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}

const digests = new Map<string, string>();

/** SHA-256 of a file's bytes. What is packed and what is installed does not change under the same name. */
export const sha256Of = (file: string): string => {
  const { ino, mtimeMs, size } = statSync(file);
  const key = `${file} ${ino} ${mtimeMs} ${size}`;
  const digest = digests.get(key) ?? createHash("sha256").update(readFileSync(file)).digest("hex");
  digests.set(key, digest);
  return digest;
};
