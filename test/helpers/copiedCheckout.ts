import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../system/checkout";

/** Whether this checkout has the tools, and Docker answers: a preview needs both. */
export const canPreview = (): boolean =>
  existsSync(join(root, ".tools", "bin", "pulumi")) && spawnSync("docker", ["version"]).status === 0;

/** Copies the files of this checkout, committed or not, to a folder, and links the Node packages and the tools. */
export const copyCheckout = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  const list = "git ls-files -z --cached --others --exclude-standard";
  // shell variables, because the folder may have any name
  execFileSync("bash", ["-c", `${list} | tar --create --null --files-from=- | tar --extract --directory "$TARGET"`], {
    cwd: root,
    env: { ...process.env, TARGET: folder },
  });
  linkPackages(folder);
};

/** Links the Node packages and the tools of this checkout into another one. */
export const linkPackages = (folder: string): void => {
  for (const name of ["node_modules", ".tools"])
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name));
};

/**
 * Writes a `docker` that has no networks and no containers, so that a preview does not depend on this machine's.
 *
 * @returns the folder of the program, for PATH
 */
export const emptyDocker = (folder: string): string => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const real = spawnSync("which", ["docker"], { encoding: "utf8" }).stdout.trim();
  writeFileSync(
    join(bin, "docker"),
    `#!/bin/bash
case "$1 $2" in
  "network ls" | "ps "* | "volume ls") exit 0 ;;
  "network inspect" | "inspect "*) echo "Error: No such object" >&2; exit 1 ;;
  *) exec '${real}' "$@" ;;
esac
`,
  );
  chmodSync(join(bin, "docker"), 0o755);
  return bin;
};

/** A setting for a network that no route of a machine overlaps. */
export const freeNetwork = "  slipway:networkSubnet: 10.213.0.0/16\n";
