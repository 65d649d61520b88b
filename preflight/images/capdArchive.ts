import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { messageOf, pathFaultOf } from "../../lib/base/errors";
import { refuse } from "../../lib/base/problem";
import { inspectFile } from "../../system/regularFile";

/** The archive of CAPD's image, and the checksum that identifies its content. */
export interface CapdArchive {
  path: string;
  sha256: string;
}

/** The five letters that identify a tar archive, and their position in the first block. */
const magic = { text: "ustar", offset: 257 };

/**
 * Reads a file of `docker save`.
 *
 * @throws ProblemError if the file cannot be read or is not an archive
 */
export const readArchive = async (path: string): Promise<CapdArchive> => {
  const { fault } = inspectFile(path);
  if (fault !== undefined) return rejectArchive(path, `a file that can be read (${fault})`);
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  try {
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (head.length < 512) head = Buffer.concat([head, chunk.subarray(0, 512)]);
        hash.update(chunk);
      }
    });
  } catch (error) {
    return rejectArchive(path, `a file that can be read (${pathFaultOf(error) ?? messageOf(error)})`);
  }
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  const tar = head.subarray(magic.offset, magic.offset + magic.text.length).toString("latin1") === magic.text;
  if (!gzipped && !tar) return rejectArchive(path, "a tar archive, gzipped or not");
  return { path, sha256: hash.digest("hex") };
};

const rejectArchive = (path: string, rule: string): never =>
  refuse({ key: "capdImageArchive", received: path, rule, remedy: "Name a file that docker save wrote" });
