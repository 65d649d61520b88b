import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { messageOf } from "../../../lib/base/errors";
import { isRecord } from "../../../lib/base/json";
import { refuse } from "../../../lib/base/problem";
import { decodeText } from "../../../lib/base/textFile";
import { writeAtomically } from "../../../system/files";

const algorithms: Record<number, string> = { 40: "sha1", 64: "sha256", 128: "sha512" };

/** A published checksum and its algorithm. */
export interface Checksum {
  algorithm: string;
  hex: string;
}

/** Returns a file's checksum from a checksum file: "CHECKSUM  [*][./]FILE" lines, or one bare checksum. */
export const findChecksum = (text: string, file: string): Checksum | undefined => {
  for (const line of text.split(/\r?\n/)) {
    const [hex = "", name] = line.trim().split(/\s+\*?/);
    const algorithm = /^[0-9a-f]+$/i.test(hex) ? algorithms[hex.length] : undefined;
    if (!algorithm) continue;
    const bare = name === undefined && text.trim() === line.trim();
    if (bare || name?.replace(/^.*\//, "") === file) return { algorithm, hex: hex.toLowerCase() };
  }
  return undefined;
};

/** Computes the checksum of a file. */
export const fileChecksum = (path: string, algorithm: string): string =>
  createHash(algorithm).update(readFileSync(path)).digest("hex");

const isLocked = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((hex) => typeof hex === "string" && /^[0-9a-f]{64}$/.test(hex));

/** The committed lock file: SHA-256 of every accepted release file by its official address. */
export class ToolLock {
  constructor(private readonly path: string) {}

  /**
   * Returns the locked checksum of a file, or undefined if the file was never fetched.
   *
   * @throws ProblemError for a lock file that exists and cannot be read
   */
  get(address: string): string | undefined {
    return this.read()[address];
  }

  /** Stores a checksum. The file stays sorted, so that a diff shows new entries. */
  set(address: string, hex: string): void {
    const all = { ...this.read(), [address]: hex };
    const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeAtomically(this.path, `${JSON.stringify(sorted, null, 2)}\n`);
  }

  /** Reads the file. An unreadable file is an error: as a first use, it would make every checksum acceptable. */
  private read(): Record<string, string> {
    let got: string;
    try {
      const locked: unknown = JSON.parse(decodeText(readFileSync(this.path)));
      if (isLocked(locked)) return locked;
      got = "other JSON";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      got = messageOf(error);
    }
    return refuse({
      key: this.path,
      rule: "a JSON object with a SHA-256 checksum for each download URL",
      got,
      remedy: `Restore the file: git checkout HEAD -- ${basename(this.path)}`,
    });
  }
}
