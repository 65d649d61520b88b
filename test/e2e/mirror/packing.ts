import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Platform } from "../../../cli/toolchain/release/files";
import { type Pins, pins as ownPins } from "../../../lib/versions/pins";
import releases from "../../cli/toolchain/release/fixtures/releases.json";
import { must } from "../harness";

/** A published file, as fixtures/releases.json lists it. */
interface PublishedFile {
  name: string;
  from: string;
  /** For a checksum file: the command of the project's workflow, whose output the file is. */
  command?: string;
  /** For a manifest: its name in .tools/manifests. */
  manifest?: string;
}

/** Writes the files that archives have besides Slipway's tools. */
const addFiller = (folder: string, ...names: string[]): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), `${name}, which Slipway leaves in the archive\n`);
};

/** Packs an archive with the fastest compression, because only the layout matters. */
const pack = (archive: string, ...content: string[]): void => {
  must("tar", ["--use-compress-program=gzip -1", "--dereference", "-cf", archive, ...content]);
};

/** The layouts of the archives, by the start of their names. */
const layouts: readonly { start: string; write: (archive: string, bin: string, work: string) => void }[] = [
  {
    // goreleaser's wrap_in_directory.
    start: "pulumi-v",
    write: (archive, bin, work) => {
      const folder = join(work, "pulumi");
      addFiller(folder, "pulumi-language-python-exec", "pulumi-watch");
      for (const name of ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"])
        if (existsSync(join(bin, name))) symlinkSync(realpathSync(join(bin, name)), join(folder, name));
      pack(archive, "-C", work, "pulumi");
    },
  },
  {
    // scripts/crossbuild.mk packs the folder itself, so names start with "./".
    start: "pulumi-resource-docker-",
    write: (archive, bin, work) => {
      addFiller(work, "README.md", "LICENSE");
      mkdirSync(join(work, "bin"));
      symlinkSync(realpathSync(join(bin, "pulumi-resource-docker")), join(work, "bin", "pulumi-resource-docker"));
      pack(archive, "-C", work, "README.md", "LICENSE", "-C", join(work, "bin"), ".");
    },
  },
  {
    // goreleaser's default: files beside the executable.
    start: "pulumi-resource-",
    write: (archive, bin, work) => {
      const name = /^pulumi-resource-[a-z]+/.exec(basename(archive))?.[0] ?? "";
      addFiller(work, "CHANGELOG.md", "LICENSE", "README.md");
      pack(archive, "-C", work, "CHANGELOG.md", "LICENSE", "README.md", "-C", bin, name);
    },
  },
];

/** Returns true for files of this platform and of all platforms. The route's probe always requests linux/amd64. */
const isFor = ({ os, arch }: Platform, name: string): boolean => {
  const platform = /(linux|darwin)[-/](amd64|arm64|x64)/.exec(name);
  if (platform === null || name.startsWith("linux/amd64/")) return true;
  return platform[1] === os && platform[2]?.replace("x64", "amd64") === arch;
};

/** Returns the version at a place of pins.json, such as `release.kind`. */
const pinAt = (pins: Pins, place: string): string =>
  String(place.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], pins));

/**
 * Packs the tools that this checkout's route installed into the archives that the projects publish, for one platform.
 *
 * @param tools the folder `.tools`
 * @param target gets a folder for each release
 * @param pins versions in the addresses; default: those of this checkout
 * @returns paths on disk by official address
 */
export const packReleases = (
  tools: string,
  target: string,
  platform: Platform,
  pins: Pins = ownPins,
): Map<string, string> => {
  const published = new Map<string, string>();
  for (const { name: release, pin, version, address: pinnedAddress, files } of releases) {
    const address = pinnedAddress.replace(version, pinAt(pins, pin));
    const folder = join(target, release);
    mkdirSync(folder, { recursive: true });
    const wanted = (files as PublishedFile[]).filter(({ name }) => isFor(platform, name));
    for (const file of wanted.filter(({ command }) => command === undefined)) {
      const path = join(folder, file.name);
      mkdirSync(dirname(path), { recursive: true });
      writeFile(file, path, tools, join(target, "work", release));
      published.set(`${address}/${file.name}`, path);
    }
    // Checksum lists are written after all files, so that a list does not contain itself.
    const lists = wanted.filter(({ command }) => command !== undefined);
    const texts = lists.map(({ command = "" }) => must("bash", ["-o", "pipefail", "-c", command], { cwd: folder }));
    lists.forEach(({ name }, index) => {
      writeFileSync(join(folder, name), texts[index] ?? "");
      published.set(`${address}/${name}`, join(folder, name));
    });
  }
  return published;
};

const writeFile = ({ name, manifest }: PublishedFile, path: string, tools: string, work: string): void => {
  const layout = name.endsWith(".tar.gz") ? layouts.find(({ start }) => name.startsWith(start)) : undefined;
  if (layout) {
    mkdirSync(work, { recursive: true });
    return layout.write(path, join(tools, "bin"), work);
  }
  const built = manifest === undefined ? undefined : join(tools, "manifests", `${manifest}.yaml`);
  if (built !== undefined && existsSync(built)) return symlinkSync(realpathSync(built), path);
  // The release route installs no manifests, and no route builds kindnet's. Any text with a checksum is sufficient.
  if (/\.ya?ml$/.test(name)) return writeFileSync(path, `# ${name}\n`);
  symlinkSync(realpathSync(join(tools, "bin", executableOf(name))), path);
};

/** Returns the name in .tools/bin for a published file such as `kind-linux-amd64` or `linux/amd64/kubectl`. */
const executableOf = (name: string): string => (name.includes("/") ? basename(name) : name.replace(/-.*$/, ""));
