import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Redact } from "../../lib/redaction/text";
import { redactValue } from "../../lib/redaction/value";
import { stateFolder } from "../pulumi/environment";
import type { Print } from "../toolchain/build/progress";
import { run } from "../../system/exec";
import { writeAtomically } from "../../system/files";

/** A file for the archive before its secrets are redacted. The content is text, or data that becomes JSON. */
export interface CollectedFile {
  name: string;
  content: unknown;
}

/** Collected files, and one line with the reason for each missing one. */
export interface Findings {
  files: CollectedFile[];
  missing: string[];
}

export const nothing: Findings = { files: [], missing: [] };

/** Concatenates findings. */
export const together = (...findings: readonly Findings[]): Findings => ({
  files: findings.flatMap(({ files }) => files),
  missing: findings.flatMap(({ missing }) => missing),
});

/** Maximum characters of a path's part. A longer part is cut in the middle, because both ends of a pod's name matter. */
const longestPart = 48;

/** Joins names into a path that is valid in every file system and archive. */
export const pathOf = (...names: readonly string[]): string =>
  names
    .map((name) => name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_"))
    .map((name) => (name.length <= longestPart ? name : `${name.slice(0, 20)}__${name.slice(22 - longestPart)}`))
    .join("/");

/** A file without secrets. */
export interface SealedFile {
  /** Relative path with slashes. */
  name: string;
  content: string | Buffer;
}

/** Redacts the names and contents of files. Every file of an archive passes through this function. */
export const sealed = (files: readonly CollectedFile[], redact: Redact): SealedFile[] =>
  files.map(({ name, content }) => ({
    name: redact(name),
    content: redact(
      typeof content === "string" ? content : `${JSON.stringify(redactValue(content, redact), undefined, 1)}\n`,
    ),
  }));

/** Makes file names unique, because cut and redacted names can be equal. */
const withUniqueNames = (files: readonly SealedFile[]): SealedFile[] => {
  const counts = new Map<string, number>();
  return files.map((file) => {
    const count = (counts.get(file.name) ?? 0) + 1;
    counts.set(file.name, count);
    return count === 1 ? file : { ...file, name: `${file.name}~${count}` };
  });
};

/** Arguments of tar that store owner 0, so that the unpacking user owns the files. */
const ownerless = process.platform === "darwin" ? ["--uid", "0", "--gid", "0"] : ["--owner=0", "--group=0"];

/**
 * Packs files (mode 0600) with the system's tar and returns the archive (tar.gz).
 *
 * @param time modification time of the files
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

/** The stack of an archive, and how to redact its secrets. */
export interface ArchivePlace {
  checkout: string;
  stack: string;
  redact: Redact;
  /** Creation time of the archive, which is part of its name. */
  time: Date;
}

const contents = [
  "Written by `make support` of Slipway. Secrets were replaced by [redacted].",
  "",
  "versions.json    tools, pins and the machine",
  "settings.yaml    the stack's settings",
  "doctor.txt       output of make doctor",
  "status.txt       output of make status: begin here",
  "state.json       the state's resources, without inputs and outputs",
  "clusters/NAME/   conditions.txt, events.txt, pods.txt, objects/ by kind, logs/ of the installation's pods",
  "nodes/NAME/      ends of the kubelet's and containerd's journals, images, disks; logs/ where the API did not answer",
  "docker/          containers, networks, images",
  "missing.txt      what could not be collected, and why",
  "",
];

/** Returns folder and name of a new archive, and creates the folder. */
const placeOf = (checkout: string, stack: string, time: Date): { folder: string; name: string } => {
  const folder = join(stateFolder(checkout), "support");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = time.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return { folder, name: `slipway-support-${pathOf(stack)}-${stamp}` };
};

/** Packs findings into one archive (tar.gz, mode 0600) without secrets, prints what is missing, and returns its path. */
export const packArchive = async (findings: Findings, place: ArchivePlace, print: Print): Promise<string> => {
  const { checkout, stack, redact, time } = place;
  const missing = findings.missing.map(redact);
  const files = [
    { name: "README.txt", content: contents.join("\n") },
    ...findings.files,
    { name: "missing.txt", content: missing.length > 0 ? `${missing.join("\n")}\n` : "nothing\n" },
  ];
  const { folder, name } = placeOf(checkout, stack, time);
  const packedFiles = withUniqueNames(sealed(files, redact)).map((file) => ({ ...file, name: `${name}/${file.name}` }));
  const packed = await packFiles(packedFiles, time);
  const path = join(folder, `${name}.tar.gz`);
  writeAtomically(path, packed, { private: true });
  if (missing.length > 0) print("missing:");
  for (const line of missing) print(`  ${line}`);
  print(`${path} (${files.length} files, ${(packed.length / 1e6).toFixed(1)} MB, secrets redacted)`);
  return path;
};
