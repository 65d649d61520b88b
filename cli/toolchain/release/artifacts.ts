import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../../system/checkout";
import { run, type Log } from "../../../system/exec";
import type { Artifact } from "../build/artifact";
import { download, defaultRetryPolicy, type RetryPolicy, type Report } from "../../../system/download";
import { officialBases, platformOf, releaseFiles, type Bases, type Platform, type ReleaseFile } from "./files";
import { findSum, sumFile, ToolLock } from "./sums";

/** What the release route depends on; tests replace all of it. */
export interface ReleaseOptions {
  bases?: Bases;
  platform?: Platform;
  lock?: ToolLock;
  how?: RetryPolicy;
  files?: ReleaseFile[];
  /** Follows the download of the file itself. */
  report?: Report;
}

/** The committed file with the sums of all accepted release files. */
export const lockFile = join(root, "tools.lock.json");

const publishedSum = async (
  file: ReleaseFile,
  sums: string,
  bases: Bases,
  work: string,
  log: Log,
  how: RetryPolicy,
) => {
  const list = join(work, "sums");
  const url = `${bases[file.base]}/${sums}`;
  await download(url, list, log, how);
  const sum = findSum(readFileSync(list, "utf8"), basename(file.path));
  rmSync(list);
  if (!sum) throw new Error(`${url} has no sum for ${basename(file.path)}: ${file.name} is not installed unchecked`);
  return sum;
};

/** Fetches a release file and accepts it only with the sum that is locked, or on first use with the published one. */
export const fetchChecked = async (
  file: ReleaseFile,
  target: string,
  log: Log,
  options: ReleaseOptions,
): Promise<void> => {
  const bases = options.bases ?? officialBases;
  const lock = options.lock ?? new ToolLock(lockFile);
  const how = options.how ?? defaultRetryPolicy;
  const address = `${officialBases[file.base]}/${file.path}`; // the lock does not depend on a mirror
  const locked = lock.get(address);
  const published =
    locked === undefined && file.sums !== undefined
      ? await publishedSum(file, file.sums, bases, join(target, ".."), log, how)
      : undefined;

  await download(`${bases[file.base]}/${file.path}`, target, log, how, options.report);
  const sha256 = sumFile(target, "sha256");
  const refuse = (expected: string, got: string, where: string): never => {
    rmSync(target);
    throw new Error(
      `${address}: the file's sum is ${got}, but ${where} says ${expected}; nothing was installed. ` +
        "Try again later or from another network; if the release was replaced on purpose, change the version in pins.json",
    );
  };
  if (locked !== undefined && locked !== sha256) refuse(locked, sha256, "tools.lock.json");
  if (published !== undefined) {
    const got = sumFile(target, published.algorithm);
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
    throw new Error(`${basename(file.path)} holds nothing like ${String(unpack.only)} in ${unpack.folder}`);
  for (const name of names) {
    copyFileSync(join(work, unpack.folder, name), join(bin, name));
    chmodSync(join(bin, name), 0o755);
  }
  rmSync(work, { recursive: true });
  rmSync(fetched);
};

/** The release route's tools as artifacts: one for each release file. */
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
