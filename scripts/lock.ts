// Completes the package-lock.json that npm wrote: `make lock`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LockPackages, missingOptional } from "../cli/toolchain/npmLock";
import { root } from "../system/checkout";
import { writeAtomically } from "../system/files";

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: LockPackages };
const missing = missingOptional(lock.packages);
const { "": project, ...packages } = { ...lock.packages, ...missing };
const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = { ...(project ? { "": project } : {}), ...Object.fromEntries(sorted) };
writeAtomically(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${Object.keys(missing).length} entries for other platforms added`);
