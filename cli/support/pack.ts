import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Redact } from "../../lib/redaction/text";
import { redactValue } from "../../lib/redaction/value";
import { stateFolder } from "../pulumi/environment";
import type { Print } from "../toolchain/build/progress";
import { run } from "../../system/exec";
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

/** A file without secrets. */
export interface SealedFile {
  /** Relative path, folders with slashes. */
  name: string;
  content: string | Buffer;
}

/** Files with the secrets taken out of names and contents: nothing goes into an archive in another way. */
export const sealed = (files: readonly FoundFile[], redact: Redact): SealedFile[] =>
  files.map(({ name, content }) => ({
    name: redact(name),
    content: redact(
      typeof content === "string" ? content : `${JSON.stringify(redactValue(content, redact), undefined, 1)}\n`,
    ),
  }));

/** Gives files of one name, which cut and redacted names can be, names of their own. */
const withOwnNames = (files: readonly SealedFile[]): SealedFile[] => {
  const counts = new Map<string, number>();
  return files.map((file) => {
    const count = (counts.get(file.name) ?? 0) + 1;
    counts.set(file.name, count);
    return count === 1 ? file : { ...file, name: `${file.name}~${count}` };
  });
};

/** Says that files are nobody's in particular: who unpacks them owns them. */
const ownerless = process.platform === "darwin" ? ["--uid", "0", "--gid", "0"] : ["--owner=0", "--group=0"];

/**
 * Packs files (mode 0600) with the system's tar and returns the archive (tar.gz).
 *
 * @param time when the files are said to have been made
 */
export const packFiles = async (files: readonly SealedFile[], time: Date): Promise<Buffer> => {
  const work = mkdtempSync(join(tmpdir(), "support-")); // mode 0700
  try {
    for (const { name, content } of files) {
      const file = join(work, "files", name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, content, { mode: 0o600 });
      utimesSync(file, time, time);
    }
    const archive = join(work, "packed.tar.gz");
    const args = ["-c", "-z", "-f", archive, "--numeric-owner", ...ownerless, "-C", join(work, "files"), "-T", "-"];
    await run("tar", args, { input: files.map(({ name }) => `${name}\n`).join("") });
    return readFileSync(archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
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
export const packArchive = async (found: Found, place: ArchivePlace, print: Print): Promise<string> => {
  const { checkout, stack, redact, time } = place;
  const missing = found.missing.map(redact);
  const files = [
    { name: "README.txt", content: contents.join("\n") },
    ...found.files,
    { name: "missing.txt", content: missing.length > 0 ? `${missing.join("\n")}\n` : "nothing\n" },
  ];
  const { folder, name } = placeOf(checkout, stack, time);
  const inside = withOwnNames(sealed(files, redact)).map((file) => ({ ...file, name: `${name}/${file.name}` }));
  const packed = await packFiles(inside, time);
  const path = join(folder, `${name}.tar.gz`);
  writeAtomically(path, packed, { private: true });
  if (missing.length > 0) print("missing:");
  for (const line of missing) print(`  ${line}`);
  print(`${path} (${files.length} files, ${(packed.length / 1e6).toFixed(1)} MB, secrets taken out)`);
  return path;
};
