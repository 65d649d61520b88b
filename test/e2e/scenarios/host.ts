import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countsIn, namespaces, runShown } from "../children";
import { check, type Counts } from "../harness";

/** On a real file system: overlay2 cannot use another overlay. */
const parent = "/var/tmp";

/** The first process of the namespaces: no socket of this machine is in reach. The shell also collects orphans. */
const enter = `
  set -e
  mount -t tmpfs tmpfs /run
  ip link set lo up
  "$@" || exit # without this, bash would become the program, and nobody would collect orphans`;

/** Runs the checks of the host against Dockers of the test alone, on a network of the test alone. */
export const runHost = async (): Promise<Counts> => {
  check(process.getuid?.() === 0, "root, which starts a Docker of its own");
  const folder = mkdtempSync(join(parent, "slipway-host-"));
  try {
    const program = [process.execPath, "scripts/run.cjs", "test/e2e/host/run.ts", folder];
    const args = [...namespaces, "bash", "-c", enter, "bash", ...program];
    return countsIn(await runShown("unshare", args));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
