import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { gatherFacts } from "../../../preflight/host/facts";

let folder: string;
let before: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-facts-"));
  before = process.env.PATH;
  process.env.PATH = `${folder}:${before}`;
});
afterEach(() => {
  process.env.PATH = before;
  rmSync(folder, { recursive: true });
});

/** Puts a docker command in PATH: cases of a shell's `case` statement over its arguments. */
const fakeDocker = (cases: string): void => {
  writeFileSync(join(folder, "docker"), `#!/bin/sh\ncase "$*" in\n${cases}\n  *) exit 1 ;;\nesac\n`);
  chmodSync(join(folder, "docker"), 0o755);
};

test("reads the server behind the docker command and the one behind the socket", async () => {
  fakeDocker(`  -H*info*) echo OTHER ;;
  info*) printf '28.1.0 2 linux/Docker Desktop\\nID-1\\n' ;;
  "context inspect"*) echo desktop-linux ;;`);
  const { docker } = await gatherFacts(folder, "release", folder, { tools: false });
  expect(docker).toMatchObject({ server: "28.1.0", cgroup: "2", os: "linux/Docker Desktop", id: "ID-1" });
  if (!existsSync("/var/run/docker.sock")) return;
  expect(docker).toMatchObject({ socketId: "OTHER" });
  expect(docker.endpoint).toBe(
    process.env.DOCKER_HOST ? `DOCKER_HOST=${process.env.DOCKER_HOST}` : "context desktop-linux",
  );
});

test("asks for the context only where the servers differ", async () => {
  fakeDocker(`  -H*info*) echo ID-1 ;;
  info*) printf '28.1.0 2 linux/Debian\\nID-1\\n' ;;`);
  const { docker } = await gatherFacts(folder, "release", folder, { tools: false });
  expect(docker.id).toBe("ID-1");
  expect(docker.endpoint).toBeUndefined();
});

test("tells two servers with one id apart by their folders", async () => {
  if (!existsSync("/var/run/docker.sock")) return;
  fakeDocker(`  -H*info*) printf 'ID-1\\n/var/lib/docker\\n' ;;
  info*) printf '28.1.0 2 linux/Debian\\nID-1\\n[]\\n[]\\nhost\\n/srv/docker\\n1 1 cgroupfs\\n' ;;
  "context inspect"*) echo second unix:///srv/docker.sock ;;`);
  const { docker } = await gatherFacts(folder, "release", folder, { tools: false });
  expect(docker).toMatchObject({ id: "ID-1", socketId: "ID-1 in /var/lib/docker" });
  if (!process.env.DOCKER_HOST) expect(docker.endpoint).toBe("context second");
});

test.each([
  ['[["driver-type","io.containerd.snapshotter.v1"]]', { hasContainerdStore: true, clientVersion: "27.5.1" }],
  ['[["Backing Filesystem","extfs"]]', { hasContainerdStore: false }],
])("reads the image store from %s", async (status, expected) => {
  fakeDocker(`  -H*info*) echo ID-1 ;;
  info*) printf '27.5.1 2 linux/Debian\\nID-1\\n%s\\n' '${status}' ;;
  "version "*) echo call >>"${folder}/versions"; printf '27.5.1\\nEngine\\ncontainerd\\n' ;;`);
  const { docker } = await gatherFacts(folder, "release", folder, { tools: false });
  expect(docker).toMatchObject({ ...expected, components: ["Engine", "containerd"] });
  expect(docker.clientVersion).toBe("clientVersion" in expected ? "27.5.1" : undefined);
  expect(readFileSync(join(folder, "versions"), "utf8")).toBe("call\n");
});

test("tools print their version without looking for a newer one", async () => {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-facts-"));
  const bin = join(checkout, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  const asks = { clusterctl: "CLUSTERCTL_DISABLE_VERSIONCHECK", pulumi: "PULUMI_SKIP_UPDATE_CHECK" };
  for (const [tool, variable] of Object.entries(asks)) {
    writeFileSync(join(bin, tool), `#!/bin/sh\ntest "$${variable}" = true && echo v1.2.3\n`);
    chmodSync(join(bin, tool), 0o755);
  }
  try {
    const { tools } = await gatherFacts(checkout, "release", checkout);
    expect(tools).toMatchObject({ clusterctl: "v1.2.3", pulumi: "v1.2.3", kind: null });
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
});
