import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { check, type Counts } from "../harness";

/** On a real file system: overlay2 cannot use another overlay. */
const parent = "/var/tmp";

/** The first process of the namespaces: no socket of this machine is in reach. The shell also collects orphans. */
const enter = `
  set -e
  mount -t tmpfs tmpfs /run
  ip link set lo up
  "$@" || exit # without this, bash would become the program, and nobody would collect orphans`;

/** The namespaces, whose processes all end with the first one. */
const namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** Runs the checks of the host against Dockers of the test alone, on a network of the test alone. */
export const runHost = async (): Promise<Counts> => {
  check(process.getuid?.() === 0, "root, which starts a Docker of its own");
  const folder = mkdtempSync(join(parent, "slipway-host-"));
  try {
    const program = [process.execPath, "scripts/run.cjs", "test/e2e/host/run.ts", folder];
    const args = [...namespaces, "bash", "-c", enter, "bash", ...program];
    const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
    const printed = await new Promise<string>((resolve, reject) => {
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        process.stdout.write(text);
      });
      child.on("error", reject);
      child.on("close", () => resolve(stdout));
    });
    const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(printed) ?? [];
    return { passed: Number(passed ?? 0), failed: Number(failed ?? 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
