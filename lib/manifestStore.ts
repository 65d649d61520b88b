import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stateFolder } from "./paths";
import { refuse } from "./problem";

/** Where a manifest's text and the sum that it must have are kept. */
export interface ManifestStoreOptions {
  /** JSON file of sums by location, kept under version control. */
  lockFile: string;
  /** Folder for what was fetched; may be deleted at any time. */
  cacheDir: string;
  /** The setting that gave the location, for errors. */
  name: string;
  /** Whether a file of this machine is taken as it is, without a sum; default false. */
  ownFile?: boolean;
  /** Time for one download, in milliseconds; default two minutes. */
  timeout?: number;
}

/** Where the program keeps the manifest that a setting names. */
export const manifestStore = (setting: string): ManifestStoreOptions => ({
  name: setting,
  lockFile: "manifests.lock.json",
  cacheDir: join(stateFolder, "manifests"),
});

/** A manifest's text and its sum. */
export interface StoredManifest {
  text: string;
  /** SHA-256 of the bytes, as 64 hexadecimal digits. */
  sha256: string;
}

/**
 * Reads a manifest from a URL or a file. A URL is fetched once and kept by the hash of its address. The first use of a
 * location writes its sum into the lock file; from then on any other content is refused.
 *
 * @param location http(s) URL, or a path relative to the working directory
 * @throws ProblemError for what cannot be read, and for content whose sum is not the locked one
 */
export const loadManifest = async (location: string, options: ManifestStoreOptions): Promise<StoredManifest> =>
  isUrl(location) ? loadUrl(location, options) : ofFile(location, await readLocal(location, options), options);

const ofFile = (
  path: string,
  bytes: Buffer,
  options: ManifestStoreOptions,
): StoredManifest | Promise<StoredManifest> =>
  options.ownFile ? { text: bytes.toString("utf8"), sha256: sumOf(bytes) } : checked(path, bytes, options);

const isUrl = (location: string): boolean => /^https?:\/\//i.test(location);

const loadUrl = async (url: string, options: ManifestStoreOptions): Promise<StoredManifest> => {
  const file = join(options.cacheDir, `${sumOf(url)}.yaml`);
  return inTurn(file, async () => {
    const cached = await readIfThere(file);
    const locked = (await readLock(options))[url];
    // A damaged or half-written cache is not the publisher's fault: fetch again, then judge.
    if (cached !== undefined && (locked === undefined || sumOf(cached) === locked))
      return checked(url, cached, options);
    const fetched = await download(url, options);
    const manifest = await checked(url, fetched, options);
    await writeAtomically(file, fetched);
    return manifest;
  });
};

const readLocal = (path: string, { name }: ManifestStoreOptions): Promise<Buffer> =>
  readFile(path).catch((error: Error) =>
    refuse({
      key: name,
      received: path,
      rule: `be a URL or a file that can be read (${error.message})`,
      remedy: "Correct the path; a file under .tools is made by make tools",
    }),
  );

const download = async (url: string, { name, timeout = 120_000 }: ManifestStoreOptions): Promise<Buffer> => {
  const unreachable = (reason: string): never =>
    refuse({
      key: name,
      received: url,
      rule: `be a URL that can be fetched (${reason})`,
      remedy: "Correct it, or fetch the file by other means and set its path instead",
    });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    return unreachable(`HTTP ${response.status} ${response.statusText}`.trim());
  } catch (error) {
    const { name: kind, message, cause } = error as Error;
    if (kind === "ProblemError") throw error;
    return unreachable(cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
};

/** Compares with the lock file, or enters a location that is not in it. */
const checked = (location: string, bytes: Buffer, options: ManifestStoreOptions): Promise<StoredManifest> =>
  inTurn(options.lockFile, async () => {
    const sha256 = sumOf(bytes);
    const lock = await readLock(options);
    const locked = lock[location];
    if (locked === undefined) {
      const entries = Object.entries({ ...lock, [location]: sha256 }).sort(([a], [b]) => (a < b ? -1 : 1));
      await writeAtomically(options.lockFile, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    } else if (locked !== sha256) {
      refuse({
        key: options.name,
        received: location,
        rule: `have the sha256 ${locked} that ${options.lockFile} holds, and has ${sha256}`,
        remedy: `If the new content is meant, remove the location from ${options.lockFile} and run again`,
      });
    }
    return { text: bytes.toString("utf8"), sha256 };
  });

const readLock = async ({ lockFile }: ManifestStoreOptions): Promise<Record<string, string>> => {
  const text = (await readIfThere(lockFile))?.toString("utf8");
  if (text === undefined) return {};
  const lock = parseJson(text);
  if (isSums(lock)) return lock;
  return refuse({
    key: lockFile,
    received: text,
    rule: "be a JSON object of sha256 sums by location",
    remedy: "Restore it from version control, or delete it to accept what is fetched now",
  });
};

const isSums = (value: unknown): value is Record<string, string> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((sum) => typeof sum === "string");

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const sumOf = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

const readIfThere = (file: string): Promise<Buffer | undefined> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/** Readers see the old file or the new one, whatever happens in between. */
const writeAtomically = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomBytes(6).toString("hex")}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
};

const turns = new Map<string, Promise<unknown>>();

/** Runs what concerns one file one after the other: manifests are loaded side by side and share the lock file. */
const inTurn = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  const result = (turns.get(file) ?? Promise.resolve()).then(work);
  turns.set(
    file,
    result.catch(() => undefined),
  );
  return result;
};
