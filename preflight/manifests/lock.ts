import { createHash } from "node:crypto";
import { createQueue } from "../../lib/base/concurrency";
import { isRecord } from "../../lib/base/json";
import { refuse, show } from "../../lib/base/problem";
import type { RetryPolicy } from "../../system/download";
import { readIfThere, writeAtomically } from "../../system/files";

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
  /** How stubborn a download is; default: three tries, and a minute without a byte. */
  retryPolicy?: RetryPolicy;
}

/** A manifest's text and its sum. */
export interface StoredManifest {
  text: string;
  /** SHA-256 of the bytes, as 64 hexadecimal digits. */
  sha256: string;
}

/** Compares with the lock file, or enters a location that is not in it. */
export const verifyChecksum = (
  location: string,
  bytes: Buffer,
  options: ManifestStoreOptions,
): Promise<StoredManifest> =>
  inFileOrder(options.lockFile, async () => {
    const sha256 = sha256Of(bytes);
    const lock = await readLock(options);
    const locked = lock[location];
    if (locked === undefined) {
      const entries = Object.entries({ ...lock, [location]: sha256 }).sort(([a], [b]) => (a < b ? -1 : 1));
      writeAtomically(options.lockFile, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    } else if (locked !== sha256) {
      refuse({
        key: options.name,
        rule: `SHA-256 ${locked} from ${options.lockFile} for ${show(location)}`,
        got: sha256,
        remedy: `If the new content is meant, remove the location from ${options.lockFile} and run again`,
      });
    }
    return { text: bytes.toString("utf8"), sha256 };
  });

/** The sums by location; none where there is no lock file yet. */
export const readLock = async ({ lockFile }: ManifestStoreOptions): Promise<Record<string, string>> => {
  const text = (await readIfThere(lockFile))?.toString("utf8");
  if (text === undefined) return {};
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

/** SHA-256 as 64 hexadecimal digits. */
export const sha256Of = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Orders what concerns one file: manifests are loaded side by side and share the lock file. */
export const inFileOrder = createQueue();
