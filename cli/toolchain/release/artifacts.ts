import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../../system/checkout";
import { run, type Log } from "../../../system/exec";
import type { Artifact } from "../build/artifact";
import { download, defaultRetryPolicy, type RetryPolicy, type Report } from "../../../system/download";
import { officialBases, platformOf, releaseFiles, type Bases, type Platform, type ReleaseFile } from "./files";
import { findChecksum, fileChecksum, ToolLock } from "./checksums";

/** Dependencies of the release route. Tests replace all of them. */
export interface ReleaseOptions {
  bases?: Bases;
  platform?: Platform;
  lock?: ToolLock;
  how?: RetryPolicy;
  files?: ReleaseFile[];
  /** Reports the progress of the file's download. */
  report?: Report;
}

/** Path of the committed file with the checksums of all accepted release files. */
export const lockFile = join(root, "tools.lock.json");

const readPublishedChecksum = async (
  file: ReleaseFile,
  checksums: string,
  bases: Bases,
  work: string,
  log: Log,
  how: RetryPolicy,
) => {
  const list = join(work, "checksums");
  const url = `${bases[file.base]}/${checksums}`;
  await download(url, list, log, how);
  const checksum = findChecksum(readFileSync(list, "utf8"), basename(file.path));
  rmSync(list);
  if (!checksum)
    throw new Error(
      `${url}: expected a checksum of ${basename(file.path)}, got none. ${file.name} was not installed. ` +
        "Try again later, or change the version in pins.json.",
    );
  return checksum;
};

/**
 * Downloads a release file and checks its checksum: the locked checksum, or on first use the published checksum.
 *
 * @throws Error if the checksum differs
 */
export const fetchChecked = async (
  file: ReleaseFile,
  target: string,
  log: Log,
  options: ReleaseOptions,
): Promise<void> => {
  const bases = options.bases ?? officialBases;
  const lock = options.lock ?? new ToolLock(lockFile);
  const how = options.how ?? defaultRetryPolicy;
  const address = `${officialBases[file.base]}/${file.path}`; // the lock file has official addresses, not a mirror's
  const locked = lock.get(address);
  const published =
    locked === undefined && file.checksums !== undefined
      ? await readPublishedChecksum(file, file.checksums, bases, join(target, ".."), log, how)
      : undefined;

  await download(`${bases[file.base]}/${file.path}`, target, log, how, options.report);
  const sha256 = fileChecksum(target, "sha256");
  const refuse = (expected: string, got: string, where: string): never => {
    rmSync(target);
    throw new Error(
      `${address}: expected checksum ${expected} of ${where}, got ${got}. Nothing was installed. ` +
        "Try again later or from another network. If the release was replaced on purpose, change the version in pins.json.",
    );
  };
  if (locked !== undefined && locked !== sha256) refuse(locked, sha256, "tools.lock.json");
  if (published !== undefined) {
    const got = fileChecksum(target, published.algorithm);
    if (got !== published.hex) refuse(published.hex, got, `the release (${published.algorithm})`);
  }
  if (locked === undefined) {
    lock.set(address, sha256);
    log(`locked ${address} at sha256 ${sha256}\n`);
  }
};

const install = async (file: ReleaseFile, fetched: string, target: string, log: Log): Promise<void> => {
  const bin = join(target, "bin");
  mkdirSync(bin);
  const { unpack } = file;
  if ("executable" in unpack) {
    renameSync(fetched, join(bin, unpack.executable));
    chmodSync(join(bin, unpack.executable), 0o755);
    return;
  }
  const work = join(target, "work");
  mkdirSync(work);
  await run("tar", ["-xzf", fetched, "-C", work], { log });
  const names = readdirSync(join(work, unpack.folder)).filter((name) => unpack.only.test(name));
  if (names.length === 0)
    throw new Error(
      `${basename(file.path)}: expected files that match ${String(unpack.only)} in ${unpack.folder}, got none. ` +
        "Correct the layout in cli/toolchain/release/files.ts, or change the version in pins.json.",
    );
  for (const name of names) {
    copyFileSync(join(work, unpack.folder, name), join(bin, name));
    chmodSync(join(bin, name), 0o755);
  }
  rmSync(work, { recursive: true });
  rmSync(fetched);
};

/** Returns the tools of the release route as artifacts, one for each release file. */
export const releaseArtifacts = (options: ReleaseOptions = {}): Artifact[] =>
  (options.files ?? releaseFiles(options.platform ?? platformOf())).map((file) => ({
    name: file.name,
    title: `fetching ${file.version}`,
    needs: [],
    key: createHash("sha256")
      .update(JSON.stringify([file.path, String(Object.values(file.unpack)), 1]))
      .digest("hex"),
    build: async ({ target, log, report }) => {
      const fetched = join(target, "fetched");
      await fetchChecked(file, fetched, log, { ...options, ...(report ? { report } : {}) });
      await install(file, fetched, target, log);
    },
  }));
