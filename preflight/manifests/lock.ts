import { createHash } from "node:crypto";
import { join, relative, resolve, sep } from "node:path";
import { createQueue } from "../../lib/base/concurrency";
import { isRecord } from "../../lib/base/json";
import { ProblemError, refuse, show } from "../../lib/base/problem";
import { decodeText, normalizedText } from "../../lib/base/textFile";
import { toolsRoot } from "../../system/checkout";
import type { RetryPolicy } from "../../system/download";
import { readIfThere, writeAtomically } from "../../system/files";

/** Files that keep a manifest's text and its required checksum. */
export interface ManifestStoreOptions {
  /** JSON file of checksums by location, under version control. */
  lockFile: string;
  /** Lock file of the package, whose checksums come first and never change. @default - `lockFile` has all checksums */
  pinnedLockFile?: string;
  /** Folder of downloaded manifests, which may be deleted at any time. */
  cacheDir: string;
  /** Setting that contains the location, for errors. */
  name: string;
  /** @default - three tries, each with at most one minute without data */
  retryPolicy?: RetryPolicy;
}

/** A manifest's text and its checksum. */
export interface StoredManifest {
  text: string;
  /** SHA-256 of the text with LF line ends, as 64 hexadecimal digits. */
  sha256: string;
}

/**
 * Compares a manifest's checksum with the lock file, or adds a new location to the file. Line ends and a byte order mark
 * do not count, because git may write them in another form on another machine.
 *
 * @throws ProblemError if the checksum differs
 */
export const verifyChecksum = (
  location: string,
  bytes: Buffer,
  options: ManifestStoreOptions,
): Promise<StoredManifest> =>
  inFileOrder(options.lockFile, async () => {
    const sha256 = sha256OfText(bytes);
    const locked = await lockedChecksum(location, options);
    if (locked === undefined) {
      writeLock(options, { ...(await readLock(options)), [location]: sha256 });
    } else if (!isTextOf(bytes, locked)) {
      refuse({
        key: options.name,
        rule: `SHA-256 ${locked} from ${options.lockFile} for ${show(location)}`,
        got: sha256,
        remedy: `If the new content is meant, remove the location from ${options.lockFile} and run again`,
      });
    }
    return { text: decodeText(bytes), sha256 };
  });

/** Returns the checksum that a location must have; undefined for a new location. */
export const lockedChecksum = async (
  location: string,
  { lockFile, pinnedLockFile }: ManifestStoreOptions,
): Promise<string | undefined> => {
  const pinned = pinnedLockFile === undefined ? {} : await readLock({ lockFile: pinnedLockFile });
  return pinned[location] ?? (await readLock({ lockFile }))[location];
};

/** Returns the checksum of a text with LF line ends. */
export const sha256OfText = (bytes: Buffer): string => sha256Of(normalizedText(bytes));

/** Returns whether a locked checksum belongs to the bytes, or to their text with LF line ends. */
export const isTextOf = (bytes: Buffer, locked: string): boolean =>
  sha256Of(bytes) === locked || sha256OfText(bytes) === locked;

const writeLock = ({ lockFile }: ManifestStoreOptions, lock: Readonly<Record<string, string>>): void => {
  const entries = Object.entries(lock)
    .filter(([location]) => isLocked(location))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  writeAtomically(lockFile, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
};

/** Returns true for a location with a URL. */
export const isUrl = (location: string): boolean => /^https?:\/\//i.test(location);

/** Folder of the manifests that make tools builds. */
const builtFolder = join(".tools", "manifests", sep);

/**
 * Returns true for a location whose content must not change: a URL, or a manifest that make tools builds. Every
 * other file belongs to the user, who may edit it.
 */
export const isLocked = (location: string): boolean => isUrl(location) || isBuilt(location);

const isBuilt = (location: string): boolean => relative(process.cwd(), resolve(location)).startsWith(builtFolder);

/**
 * Returns the path of a manifest that make tools builds, which may be in the package that contains this code. Other paths
 * stay.
 */
export const builtFile = (location: string): string =>
  isBuilt(location) ? relative(process.cwd(), join(toolsRoot(), relative(process.cwd(), resolve(location)))) : location;

/** Deletes the entry of a user's file from the lock file, where an earlier version wrote it. */
export const unlockOwnFile = (location: string, options: ManifestStoreOptions): Promise<void> =>
  inFileOrder(options.lockFile, async () => {
    const lock = await readLock(options).catch((error: unknown) => {
      // A damaged lock file has no meaning for a file without a checksum.
      if (error instanceof ProblemError) return {};
      throw error;
    });
    if (Object.hasOwn(lock, location)) writeLock(options, lock);
  });

/** Reads the checksums by location; empty if the lock file does not exist. */
export const readLock = async ({
  lockFile,
}: Pick<ManifestStoreOptions, "lockFile">): Promise<Record<string, string>> => {
  const bytes = await readIfThere(lockFile);
  if (bytes === undefined) return {};
  const text = decodeText(bytes);
  const lock = parseJson(text);
  if (isChecksums(lock)) return lock;
  return refuse({
    key: lockFile,
    received: text,
    rule: "a JSON object of SHA-256 checksums by location",
    remedy: "Restore it from version control, or delete it to accept what is fetched now",
  });
};

const isChecksums = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((hash) => typeof hash === "string");

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Returns the SHA-256 as 64 hexadecimal digits. */
export const sha256Of = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Runs the tasks of one file in order. Manifests are loaded in parallel and share the lock file. */
export const inFileOrder = createQueue();
