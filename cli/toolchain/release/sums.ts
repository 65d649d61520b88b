import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf } from "../../../lib/base/errors";
import { isRecord } from "../../../lib/base/json";
import { refuse } from "../../../lib/base/problem";
import { writeAtomically } from "../../../system/files";

const algorithms: Record<number, string> = { 40: "sha1", 64: "sha256", 128: "sha512" };

/** A published sum and how it is computed. */
export interface Sum {
  algorithm: string;
  hex: string;
}

/** Finds a file's sum in the text of a checksum file: "SUM  [*][./]FILE" lines, or one bare sum. */
export const findSum = (text: string, file: string): Sum | undefined => {
  for (const line of text.split(/\r?\n/)) {
    const [hex = "", name] = line.trim().split(/\s+\*?/);
    const algorithm = /^[0-9a-f]+$/i.test(hex) ? algorithms[hex.length] : undefined;
    if (!algorithm) continue;
    const bare = name === undefined && text.trim() === line.trim();
    if (bare || name?.replace(/^.*\//, "") === file) return { algorithm, hex: hex.toLowerCase() };
  }
  return undefined;
};

/** The sum of a file on disk. */
export const sumFile = (path: string, algorithm: string): string =>
  createHash(algorithm).update(readFileSync(path)).digest("hex");

const isLocked = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((hex) => typeof hex === "string" && /^[0-9a-f]{64}$/.test(hex));

/** The committed lock file: SHA-256 of every release file that was ever accepted, by its official address. */
export class ToolLock {
  constructor(private readonly path: string) {}

  /**
   * Returns the locked checksum of a file, or undefined where the file was never fetched.
   *
   * @throws ProblemError for a lock file that exists and cannot be read
   */
  get(address: string): string | undefined {
    return this.read()[address];
  }

  /** Locks a sum; the file stays sorted, so that a diff shows what is new. */
  set(address: string, hex: string): void {
    const all = { ...this.read(), [address]: hex };
    const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeAtomically(this.path, `${JSON.stringify(sorted, null, 2)}\n`);
  }

  /** Reads the file. A file that cannot be read is not a first use: then every checksum would be accepted. */
  private read(): Record<string, string> {
    let got: string;
    try {
      const locked: unknown = JSON.parse(readFileSync(this.path, "utf8"));
      if (isLocked(locked)) return locked;
      got = "other JSON";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      got = messageOf(error);
    }
    return refuse({
      key: this.path,
      rule: "a JSON object of SHA-256 checksums by address",
      got,
      remedy: "Restore the file with git checkout",
    });
  }
}
