import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { root } from "../../../system/checkout";
import { run, type Log } from "../../../system/exec";

/** A binary of a group, from a module's package or from Slipway's programs in cli/toolchain/source/go. */
export interface GoMain {
  /** Import path, or `./name` for a program of Slipway or for files in the group's copies. */
  package: string;
  /** File name of the binary. */
  output: string;
}

/** Binaries with a common go.mod, so that common packages are compiled once. */
export interface GoGroup {
  name: string;
  /** Module path; differs from the default only if Go's `internal` rule requires it. */
  module?: string;
  /** Module (path@version) from which the group copies the `go` and `godebug` lines. */
  like: string;
  requires: Record<string, string>;
  /** Replacements: old path to "new path version". */
  replaces?: Record<string, string>;
  /** If true, the group also copies the versioned replacements of `like`. */
  copyReplaces?: boolean;
  /** Version of the modules that Kubernetes keeps under ./staging. */
  staging?: string;
  mains: GoMain[];
  /** Values for the linker's -X by variable. */
  variables?: Record<string, string>;
  /** Files copied from a module before the build: [module@version, file in it, target]. */
  copies?: [string, string, string][];
  /** Texts by the target of a copy. Each text marks one line to leave out. */
  omitLines?: Record<string, string[]>;
}

interface GoModFile {
  Go: string;
  Godebug?: { Key: string; Value: string }[] | null;
  Replace?: { Old: { Path: string; Version?: string }; New: { Path: string; Version?: string } }[] | null;
}

/** Go's settings for every build: static, reproducible paths, no toolchain download. */
export const goEnvironment = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod -trimpath", GOWORK: "off" };

/** Downloads a module (path@version) and returns the paths of its folder and its go.mod. */
export const downloadModule = async (module: string, log: Log): Promise<{ Dir: string; GoMod: string }> => {
  const text = await run("go", ["mod", "download", "-json", module], { cwd: "/", log, env: { GOFLAGS: "" } });
  return JSON.parse(text) as { Dir: string; GoMod: string };
};

/** Returns the text of a group's go.mod. `like` is the parsed go.mod of the module in `group.like`. */
export const goModText = (group: GoGroup, like: GoModFile): string => {
  const ours = group.replaces ?? {};
  const theirs = (like.Replace ?? []).filter((entry) => !(entry.Old.Path in ours));
  const copied = group.copyReplaces ? theirs.filter((entry) => entry.New.Version !== undefined) : [];
  const staging = group.staging ? theirs.filter((entry) => entry.New.Path.startsWith("./staging/")) : [];
  return [
    `module ${group.module ?? `slipway.invalid/${group.name}`}`,
    "",
    `go ${like.Go}`,
    ...(like.Godebug ?? []).map((entry) => `godebug ${entry.Key}=${entry.Value}`),
    "",
    ...Object.entries(group.requires).map(([path, version]) => `require ${path} ${version}`),
    "",
    ...Object.entries(ours).map(([path, target]) => `replace ${path} => ${target}`),
    ...copied.map(
      (entry) =>
        `replace ${[entry.Old.Path, entry.Old.Version].join(" ").trim()} => ${entry.New.Path} ${entry.New.Version}`,
    ),
    ...staging.map((entry) => `replace ${entry.Old.Path} => ${entry.Old.Path} ${group.staging}`),
    "",
  ].join("\n");
};

/** Returns the file name of `go build` for a program: the last path element that is not a major version. */
export const builtName = (main: GoMain): string => basename(main.package.replace(/\/v\d+$/, ""));

/** Splits programs into batches with distinct file names. */
export const distinctNames = (mains: GoMain[]): GoMain[][] => {
  const batches: GoMain[][] = [];
  for (const main of mains) {
    const free = batches.find((batch) => batch.every((other) => builtName(other) !== builtName(main)));
    if (free) free.push(main);
    else batches.push([main]);
  }
  return batches;
};

/**
 * Removes the line with each mark from a text.
 *
 * @throws if a mark is not in exactly one line
 */
export const withoutLines = (text: string, marks: string[]): string =>
  marks.reduce((rest, mark) => {
    const lines = rest.split("\n");
    const kept = lines.filter((line) => !line.includes(mark));
    const removed = lines.length - kept.length;
    if (removed !== 1) throw new Error(`${mark}: expected in one line of the copied file, got ${removed} lines`);
    return kept.join("\n");
  }, text);

/** Returns the folder of a program of Slipway; undefined for a program from a module. */
export const ourProgram = (main: GoMain): string | undefined => {
  const folder = join(root, "cli/toolchain/source/go", main.package);
  return main.package.startsWith("./") && existsSync(folder) ? folder : undefined;
};

/** Builds every binary of a group into `target`/bin. */
export const buildGoGroup = async (group: GoGroup, target: string, log: Log): Promise<void> => {
  const work = join(target, "work");
  mkdirSync(work, { recursive: true });
  const like = await downloadModule(group.like, log);
  const likeFile = JSON.parse(await run("go", ["mod", "edit", "-json", like.GoMod], { log })) as GoModFile;
  writeFileSync(join(work, "go.mod"), goModText(group, likeFile));
  for (const main of group.mains) {
    const ours = ourProgram(main);
    if (ours !== undefined) cpSync(ours, join(work, main.package), { recursive: true });
  }
  for (const [module, file, to] of group.copies ?? []) {
    const text = readFileSync(join((await downloadModule(module, log)).Dir, file), "utf8");
    mkdirSync(dirname(join(work, to)), { recursive: true });
    writeFileSync(join(work, to), withoutLines(text, group.omitLines?.[to] ?? []));
  }
  const variables = Object.entries(group.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["build", "-ldflags", ["-s -w", ...variables].join(" ")];
  const bin = join(target, "bin");
  mkdirSync(bin, { recursive: true });
  // One call builds all programs with distinct names on all cores. Programs with the same name follow.
  for (const batch of distinctNames(group.mains)) {
    await run("go", [...flags, "-o", `${bin}/`, ...batch.map((main) => main.package)], {
      cwd: work,
      log,
      env: goEnvironment,
    });
    for (const main of batch) renameSync(join(bin, builtName(main)), join(bin, main.output));
  }
  rmSync(work, { recursive: true, force: true });
};
