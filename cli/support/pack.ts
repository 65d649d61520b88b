import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Redact } from "../../lib/redaction/text";
import { redactValue } from "../../lib/redaction/value";
import { stateFolder } from "../pulumi/environment";
import type { Print } from "../toolchain/build/progress";
import { writeAtomically } from "../../system/files";

/** A file for the archive as it was found: text, or data that becomes JSON. May hold secrets. */
export interface FoundFile {
  name: string;
  content: unknown;
}

/** What was found, and what was not, each as one line that says why. */
export interface Found {
  files: FoundFile[];
  missing: string[];
}

export const nothing: Found = { files: [], missing: [] };

/** Findings one behind the other. */
export const together = (...found: readonly Found[]): Found => ({
  files: found.flatMap(({ files }) => files),
  missing: found.flatMap(({ missing }) => missing),
});

/** Longer parts of a path are cut in their middle: both ends of a pod's name tell what it is. */
const longestPart = 48;

/** Names as one path that every file system and every archive takes. */
export const pathOf = (...names: readonly string[]): string =>
  names
    .map((name) => name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_"))
    .map((name) => (name.length <= longestPart ? name : `${name.slice(0, 20)}__${name.slice(22 - longestPart)}`))
    .join("/");

/** Files with the secrets taken out of names and contents: nothing goes into an archive in another way. */
export const sealed = (files: readonly FoundFile[], redact: Redact): TarFile[] =>
  files.map(({ name, content }) => ({
    name: redact(name),
    content: redact(
      typeof content === "string" ? content : `${JSON.stringify(redactValue(content, redact), undefined, 1)}\n`,
    ),
  }));

/** A file of an archive. */
export interface TarFile {
  /** Relative path, folders with slashes. */
  name: string;
  content: string | Buffer;
}

const block = 512;

/** What the header's fields can take of a path: a folder and a name. */
const longest = { folder: 155, name: 100 };

/** A path as the two fields of a header take it: cut at a slash. */
const fieldsOf = (path: string): { folder: string; name: string } => {
  if (Buffer.byteLength(path) <= longest.name) return { folder: "", name: path };
  const cuts = [...path].flatMap((character, index) => (character === "/" ? [index] : []));
  for (const cut of cuts) {
    const [folder, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (Buffer.byteLength(folder) <= longest.folder && Buffer.byteLength(name) <= longest.name) return { folder, name };
  }
  throw new Error(`the path ${path} is too long for an archive`);
};

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, "0")}\0`;

const headerOf = (path: string, size: number, seconds: number): Buffer => {
  const header = Buffer.alloc(block);
  const { folder, name } = fieldsOf(path);
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108); // owner and group: whoever unpacks it
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(seconds, 12), 136);
  header.write(" ".repeat(8), 148); // the sum counts its own field as spaces
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(folder, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
};

/**
 * An archive in the format ustar, which every tar reads. Files have mode 0600.
 *
 * @param time when the files are said to have been made
 * @throws for a path that no header takes: a name of more than 100 bytes, or a folder of more than 155
 */
export const tar = (files: readonly TarFile[], time: Date): Buffer => {
  const seconds = Math.floor(time.getTime() / 1000);
  const parts = files.flatMap(({ name, content }) => {
    const bytes = Buffer.from(content);
    return [headerOf(name, bytes.length, seconds), bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
};

/** Whose archive it is, and what takes the secrets out. */
export interface ArchivePlace {
  checkout: string;
  stack: string;
  redact: Redact;
  /** When it is made; part of its name. */
  time: Date;
}

const contents = [
  "Written by `make support` of Slipway. Secrets were taken out: [redacted] stands in their places.",
  "",
  "versions.json    tools, pins and the machine",
  "settings.yaml    the stack's settings",
  "doctor.txt       what make doctor says",
  "status.txt       what make status says: begin here",
  "state.json       the state's resources, without inputs and outputs",
  "clusters/NAME/   conditions.txt, events.txt, pods.txt, objects/ by kind, logs/ of the installation's pods",
  "nodes/NAME/      ends of the kubelet's and containerd's journals, images, disks; logs/ where the API did not answer",
  "docker/          containers, networks, images",
  "missing.txt      what could not be had, and why",
  "",
];

/** Where an archive goes and how it is called. */
const placeOf = (checkout: string, stack: string, time: Date): { folder: string; name: string } => {
  const folder = join(stateFolder(checkout), "support");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = time.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return { folder, name: `slipway-support-${pathOf(stack)}-${stamp}` };
};

/** Packs what was found into one archive (tar.gz, mode 0600) without secrets, says what is missing, and gives its path. */
export const packArchive = (found: Found, place: ArchivePlace, print: Print): string => {
  const { checkout, stack, redact, time } = place;
  const missing = found.missing.map(redact);
  const files = [
    { name: "README.txt", content: contents.join("\n") },
    ...found.files,
    { name: "missing.txt", content: missing.length > 0 ? `${missing.join("\n")}\n` : "nothing\n" },
  ];
  const { folder, name } = placeOf(checkout, stack, time);
  const inside = sealed(files, redact).map((file) => ({ ...file, name: `${name}/${file.name}` }));
  const packed = gzipSync(tar(inside, time));
  const path = join(folder, `${name}.tar.gz`);
  writeAtomically(path, packed, { private: true });
  if (missing.length > 0) print("missing:");
  for (const line of missing) print(`  ${line}`);
  print(`${path} (${files.length} files, ${(packed.length / 1e6).toFixed(1)} MB, secrets taken out)`);
  return path;
};
