import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Redact } from "../../lib/redaction/text";
import { type Found, pathOf, sealed } from "../../lib/supportArchive/files";
import { tar } from "../../lib/tar";
import { stateFolder } from "../environment";
import type { Print } from "../progress";

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

/** Writes bytes to a file that its owner alone can read, whole or not at all. */
const writePrivate = (file: string, bytes: Buffer): void => {
  writeFileSync(`${file}.partial`, bytes, { mode: 0o600 });
  chmodSync(`${file}.partial`, 0o600);
  renameSync(`${file}.partial`, file);
};

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
  writePrivate(path, packed);
  if (missing.length > 0) print("missing:");
  for (const line of missing) print(`  ${line}`);
  print(`${path} (${files.length} files, ${(packed.length / 1e6).toFixed(1)} MB, secrets taken out)`);
  return path;
};
