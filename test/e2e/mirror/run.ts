// Tests the release route with servers on this machine in place of the projects' hosts. The servers have the same
// names, redirects, checksum files and archives, over TLS. Slipway has no setting for these servers. The
// hosts' names resolve to this machine in a network namespace of the run, which reaches no other network.
// The last line of output is "N passed, N failed".
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformOf } from "../../../cli/toolchain/release/files";
import { type Counts, report, runSteps } from "../harness";
import { certify } from "./authority";
import { downloadSteps } from "./downloadSteps";
import { packReleases } from "./packing";
import { routeSteps } from "./routeSteps";
import { hosts, Mirror } from "./server";
import { Stranger } from "./stranger";

/** Flag of the second start of this program, which runs inside the namespaces. */
const insideFlag = "--inside";

/** Enters the namespaces. Removes the folder afterwards, also after Ctrl-C, because its files are large. */
const enter = `
  trap 'rm -rf "$folder"' EXIT
  folder=$1
  shift
  ip link set lo up && mount --bind "$folder/hosts" /etc/hosts && "$@"`;

/** Starts this program again inside namespaces in which the hosts have other addresses. Returns the exit code. */
const runInside = (folder: string): number => {
  const names = Object.entries(hosts).map(([host, address]) => `${address} ${host}\n`);
  writeFileSync(join(folder, "hosts"), ["127.0.0.1 localhost\n", ...names].join(""));
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const program = [process.execPath, "scripts/run.cjs", "test/e2e/mirror/run.ts", insideFlag, folder];
  const namespaces = [...user, "--mount", "--net", "bash", "-c", enter, "bash", folder, ...program];
  return spawnSync("unshare", namespaces, { stdio: "inherit" }).status ?? 1;
};

const runAll = async (folder: string): Promise<Counts> => {
  const certificate = certify(join(folder, "tls"), Object.keys(hosts));
  const files = packReleases(realpathSync(".tools"), join(folder, "published"), platformOf());
  const stranger = new Stranger(join(folder, "stranger"), certificate.authority);
  const mirror = new Mirror(files, certificate);
  const world = { mirror, files, stranger };
  const counts: Counts = { passed: 0, failed: 0 };
  try {
    await mirror.startAll();
    // Two suites, so that a failed step about the route does not skip the steps about downloads.
    for (const steps of [routeSteps(world), downloadSteps(world)]) {
      const { passed, failed } = await runSteps(steps, () => undefined);
      counts.passed += passed;
      counts.failed += failed;
    }
  } finally {
    await mirror.stopAll();
  }
  return counts;
};

const [mode, existing = ""] = process.argv.slice(2);
if (mode === insideFlag) void report(() => runAll(existing));
else {
  const folder = mkdtempSync(join(tmpdir(), "slipway-mirror-"));
  process.exitCode = runInside(folder);
  rmSync(folder, { recursive: true, force: true });
}
