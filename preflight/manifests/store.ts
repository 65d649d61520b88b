import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { ciliumManifest } from "../../lib/addons/cni";
import { stateFolder } from "../../lib/base/paths";
import { refuse } from "../../lib/base/problem";
import { decodeText } from "../../lib/base/textFile";
import { toolsRoot } from "../../system/checkout";
import { readIfThere, writeAtomically } from "../../system/files";
import { downloadBytes, HttpStatusError, type RetryPolicy } from "../../system/download";
import { reasonOf } from "../../system/http";
import { readRegularFile } from "../../system/regularFile";
import {
  builtFile,
  isTextOf,
  verifyChecksum,
  inFileOrder,
  isLocked,
  isUrl,
  lockedChecksum,
  type ManifestStoreOptions,
  type StoredManifest,
  sha256Of,
  sha256OfText,
  unlockOwnFile,
} from "./lock";

const lockName = "manifests.lock.json";

/** Returns the store of the manifest that a setting names. */
export const manifestStore = (setting: string): ManifestStoreOptions => ({
  name: setting,
  lockFile: lockName,
  ...(toolsRoot() === process.cwd() ? {} : { pinnedLockFile: join(toolsRoot(), lockName) }),
  cacheDir: join(stateFolder, "manifests"),
});

/**
 * Reads a manifest from a URL or a file. A URL is downloaded once and cached. The first use of a URL, or of a file that
 * make tools writes, adds its checksum to the lock file; any other content is then rejected. A user's file may change.
 *
 * @param location http(s) URL, or a path relative to the working directory
 * @throws ProblemError if the manifest cannot be read, or its checksum differs from the lock file
 */
export const loadManifest = async (location: string, options: ManifestStoreOptions): Promise<StoredManifest> =>
  isUrl(location) ? loadUrl(location, options) : ofFile(location, readLocal(location, options), options);

const ofFile = async (path: string, bytes: Buffer, options: ManifestStoreOptions): Promise<StoredManifest> => {
  if (isLocked(path)) return verifyChecksum(path, bytes, options);
  await unlockOwnFile(path, options);
  return { text: decodeText(bytes), sha256: sha256OfText(bytes) };
};

/** Returns the file of a downloaded manifest, relative to the checkout. */
export const storedFile = (url: string, { cacheDir }: ManifestStoreOptions): string =>
  join(cacheDir, `${sha256Of(url)}.yaml`);

const loadUrl = async (url: string, options: ManifestStoreOptions): Promise<StoredManifest> => {
  const file = storedFile(url, options);
  return inFileOrder(file, async () => {
    const cached = await readIfThere(file);
    const locked = await lockedChecksum(url, options);
    // A damaged cache does not prove a change of the URL's content, so the URL is downloaded again before the comparison.
    if (cached !== undefined && (locked === undefined || isTextOf(cached, locked))) {
      await chmod(file, 0o600).catch(() => undefined); // an earlier version left the file open to other users
      return verifyChecksum(url, cached, options);
    }
    const fetched = await fetchManifest(url, options);
    const manifest = await verifyChecksum(url, fetched, options);
    // A manifest may contain Secrets.
    writeAtomically(file, fetched, { private: true });
    return manifest;
  });
};

const readLocal = (path: string, { name }: ManifestStoreOptions): Buffer => {
  const reading = readRegularFile(builtFile(path));
  if ("bytes" in reading) return reading.bytes;
  return refuse({
    key: name,
    rule: "an http or https URL, or a readable file",
    got: `"${path}" (${reading.fault})`,
    remedy:
      path === ciliumManifest && reading.fault.includes("ENOENT")
        ? "Render Cilium's Helm chart to that file, because Cilium publishes no manifest"
        : "Correct the path or its permissions, or run make tools if the path is under .tools",
  });
};

/** Retry policy of manifests. It has short pauses because the program waits for manifests before it prints anything. */
const manifestRetryPolicy: RetryPolicy = { tries: 3, pauseMs: 500, stallMs: 60_000 };

const fetchManifest = (
  url: string,
  { name, retryPolicy = manifestRetryPolicy }: ManifestStoreOptions,
): Promise<Buffer> =>
  downloadBytes(url, retryPolicy).catch((error: unknown) => {
    const isStatus = error instanceof HttpStatusError;
    const reason = isStatus ? `HTTP ${error.status} ${error.statusText}`.trim() : reasonOf(error);
    return refuse({
      key: name,
      received: url,
      rule: `a URL that can be fetched (${reason})`,
      remedy: "Correct it, or fetch the file by other means and set its path instead",
    });
  });
