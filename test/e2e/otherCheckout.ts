import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { must } from "./harness";

/** What an update of Slipway changed in pins.json, by the text of the file. */
export type Repin = (pins: string) => string;

/** The pins with another patch version of Cluster API, in both routes' tables and for the Go module. */
export const withClusterApi =
  (from: string, to: string): Repin =>
  (text) =>
    text
      .replaceAll(`"clusterApi": "${from}"`, `"clusterApi": "${to}"`)
      .replaceAll(`"sigs.k8s.io/cluster-api": "v${from}"`, `"sigs.k8s.io/cluster-api": "v${to}"`);

/**
 * This checkout as it was before an update: the same files with other pins, and the same state, packages and
 * kubeconfigs by links. Its manifests have their own checksums. `remove` deletes it.
 */
export const otherCheckout = (repin: Repin): { folder: string; remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-other-"));
  for (const file of must("git", ["ls-files", "-z"]).split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  for (const shared of ["node_modules", ".slipway"]) symlinkSync(join(process.cwd(), shared), join(folder, shared));
  writeFileSync(join(folder, "pins.json"), repin(readFileSync("pins.json", "utf8")));
  writeFileSync(join(folder, "manifests.lock.json"), "{}\n");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
