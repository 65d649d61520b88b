import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDocker } from "../../cli/toolchain/source/docker";
import { imagesOfNode } from "../../provider/kind/docker";
import { check, must } from "./harness";

const pidFile = "/var/run/docker.pid";

/** State of dockerd, its containerd and its shims that does not survive a restart of the machine. */
const runState = ["/run/docker", "/run/containerd"];

/** Deletes the run state. Docker leaves the network namespaces of its containers mounted there. */
const deleteRunState = (): void => {
  const mounted = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => runState.some((folder) => path.startsWith(`${folder}/`)));
  // A mount point inside another one comes later in the list.
  for (const path of mounted.reverse()) must("umount", [path]);
  for (const folder of runState) rmSync(folder, { recursive: true, force: true });
};

/** Whether Docker is a bare dockerd that this user may end, as scripts/slipway starts one without systemd. */
export const canRestartDaemon = (): boolean =>
  process.getuid?.() === 0 &&
  !existsSync("/run/systemd/system") &&
  !process.env.DOCKER_HOST &&
  existsSync(pidFile) &&
  existsSync(`/proc/${readFileSync(pidFile, "utf8").trim()}`);

/**
 * Ends dockerd, which ends its containers, and starts it again; containers come back as their restart policies have it.
 *
 * @param options.deletesRunState true to delete the folders that a restart of the machine empties
 */
export const restartDaemon = async ({ deletesRunState = false } = {}): Promise<void> => {
  const pid = Number(readFileSync(pidFile, "utf8"));
  process.kill(pid, "SIGTERM");
  for (const deadline = Date.now() + 120_000; existsSync(`/proc/${pid}`); await sleep(200))
    check(Date.now() < deadline, `dockerd (${pid}) to end within 120 s`);
  if (deletesRunState) deleteRunState();
  await ensureDocker((text) => process.stdout.write(`         ${text}`));
};

/**
 * Changes containers' addresses as a restart of Docker does, without a restart of Docker. Stops all containers, and starts
 * the containers that Docker would start again, in another order.
 *
 * @param order names of the containers to start; the others stay stopped, as a load balancer does
 */
export const restartContainers = (all: readonly string[], order: readonly string[]): void => {
  must("docker", ["stop", ...all]);
  for (const name of order) must("docker", ["start", name]);
};

/** The containers of a cluster, sorted by name. */
export const containersOfCluster = (cluster: string): string[] =>
  must("docker", ["ps", "--all", "--filter", `label=io.x-k8s.kind.cluster=${cluster}`, "--format", "{{.Names}}"])
    .split("\n")
    .filter(Boolean)
    .sort();

/** The address of each container on the network kind; empty while it does not run. */
export const addressesOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => {
      const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
      return [name, must("docker", ["inspect", "--format", format, name]).trim()];
    }),
  );

/** Under what name a node's containerd has an image; undefined where it has not. */
export const imageInNode = async (node: string, image: string): Promise<string | undefined> => {
  const images = await imagesOfNode(node);
  return [image, `docker.io/${image}`, `docker.io/library/${image}`].find((name) => name in images);
};
