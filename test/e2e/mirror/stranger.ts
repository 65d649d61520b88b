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

/** Time limit of one command, in seconds. */
const timeout = 120;

const linkPrograms = (folder: string): void => {
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, "node"));
  for (const name of programs) {
    const path = command("bash", ["-c", `command -v ${name}`]).stdout.trim();
    if (path !== "") symlinkSync(path, join(folder, name)); // a machine without Docker can install the tools too
  }
};

/** Copies the files of this checkout that git has or would add, so uncommitted changes are tested too. */
export const copyCheckout = (target: string): void => {
  const files = must("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).split("\0");
  for (const file of files.filter((name) => name !== "" && name !== "node_modules" && existsSync(name))) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    // Keep the time: Slipway installs the packages again if package-lock.json is newer than they are.
    cpSync(file, join(target, file), { preserveTimestamps: true });
  }
};

/** The machine of a new user: a clone of this checkout, an empty cache, and no settings of Slipway. */
export class Stranger {
  readonly checkout: string;
  readonly cache: string;
  private readonly env: Record<string, string>;

  /**
   * @param folder parent of the clone, the cache and the home folder
   * @param authority path of the certificate authority that signed the hosts' certificates
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

  /** Deletes everything that a new clone does not have, except the bundled command line, whose build takes seconds. */
  forget(): void {
    for (const path of [this.cache, join(this.checkout, ".tools"), this.routeFile])
      rmSync(path, { recursive: true, force: true });
    for (const name of ["tools.lock.json", "manifests.lock.json"]) writeFileSync(join(this.checkout, name), "{}\n");
    rmSync(join(this.checkout, ".slipway", "manifests"), { recursive: true, force: true });
  }

  private get routeFile(): string {
    return join(this.checkout, ".slipway", "route");
  }

  /** The stored route of the checkout; undefined if no route is stored. */
  get rememberedRoute(): string | undefined {
    return existsSync(this.routeFile) ? readFileSync(this.routeFile, "utf8").split("\n")[0] : undefined;
  }

  /** Runs Slipway while this process answers its requests. */
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

  /** Returns the names in a folder of the checkout; an empty list if the folder does not exist. */
  list(folder: string): string[] {
    const path = join(this.checkout, folder);
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  /** Returns the names of the finished artifacts in the cache, without their keys. */
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

  /** Returns the content of a lock file. */
  locked(name: "tools.lock.json" | "manifests.lock.json"): Record<string, string> {
    return JSON.parse(readFileSync(join(this.checkout, name), "utf8")) as Record<string, string>;
  }

  /** Returns the log of an artifact in the cache. */
  log(artifact: string): string {
    const file = join(this.cache, "logs", `${artifact}.log`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}

const digests = new Map<string, string>();

/** Returns the SHA-256 checksum of a file. Checksums are stored by inode, time and size, because tools are large. */
export const sha256Of = (file: string): string => {
  const { ino, mtimeMs, size } = statSync(file);
  const key = `${file} ${ino} ${mtimeMs} ${size}`;
  const digest = digests.get(key) ?? createHash("sha256").update(readFileSync(file)).digest("hex");
  digests.set(key, digest);
  return digest;
};
