import { isAtLeast } from "../../lib/versions/semver";
import { type CheckResult, finding, gb, ok, type HostCheck } from "./check";

/** Checks that the Kubernetes versions support the host's cgroup version. */
export const checkCgroup: HostCheck = ({ docker }, { kubernetes }) => {
  if (docker.cgroup === undefined) return undefined;
  const detail = `version ${docker.cgroup}, for Kubernetes ${kubernetes.join(", ")}`;
  if (docker.cgroup !== "1" || !kubernetes.some((version) => isAtLeast(version, "1.35"))) return ok("cgroup", detail);
  return finding(
    "fail",
    "cgroup",
    `${detail}: Kubernetes 1.35 and later do not support cgroup version 1`,
    "boot the host with systemd.unified_cgroup_hierarchy=1, or set kubernetesVersion to 1.34.x",
  );
};

/** Checks the kernel features that Docker needs. */
export const checkKernel: HostCheck = ({ kernel }) => {
  const names = Object.keys(kernel);
  if (names.length === 0) return undefined;
  const missing = names.filter((name) => !kernel[name]);
  return missing.length === 0
    ? ok("kernel", names.join(", "))
    : finding(
        "fail",
        "kernel",
        `missing: ${missing.join(", ")}`,
        "load these modules, or use a kernel with them: Docker does not start without these modules",
      );
};

/** Checks the inotify limits, which the kubelets and containerds of all nodes share. */
export const checkInotify: HostCheck = ({ inotify: { watches, instances } }) => {
  if (watches === undefined || instances === undefined) return undefined;
  const detail = `${watches} watches, ${instances} instances`;
  // kind recommends 524288 watches and 512 instances for a few nodes; Cluster API recommends 1048576 and 8192.
  if (watches >= 1_048_576 && instances >= 8192) return ok("inotify", detail);
  const enoughForFew = watches >= 524_288 && instances >= 512;
  const note = enoughForFew
    ? "enough for a few nodes"
    : 'too low for several clusters: pods fail with "too many open files"';
  const remedy = "run sysctl -w fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192";
  return finding("warn", "inotify", `${detail}; ${note}`, remedy);
};

/** Checks the limit of open files, which a cluster's load balancer needs. */
export const checkOpenFiles: HostCheck = ({ openFiles, route }) => {
  if (openFiles === undefined) return undefined;
  const name = "open files";
  const detail = `hard limit ${openFiles === Infinity ? "none" : openFiles}`;
  // HAProxy in front of the API servers is configured for 100000 connections with two files each. The source route's
  // image limits HAProxy to 4000 connections.
  if (openFiles >= (route === "source" ? 10_000 : 250_000)) return ok(name, detail);
  const remedy =
    "raise the limit of Docker's service (LimitNOFILE=1048576), or default-ulimits in /etc/docker/daemon.json";
  return finding(
    "warn",
    name,
    `${detail}: a cluster's load balancer does not start if Docker has the same limit`,
    remedy,
  );
};

/** Checks the memory for the management cluster and all nodes, where Docker runs. */
export const checkMemory: HostCheck = (
  { memoryBytes, memoryOf, cores },
  { nodes, rollingNodes = 0, simulatedNodes },
) => {
  const simulated = simulatedNodes * 0.02e9;
  const [wanted, least] = [3.5e9 + nodes * 2e9 + simulated, 1.5e9 + nodes * 1e9 + simulated];
  const detail = `${gb(memoryBytes)}, ${cores} cores${memoryOf === undefined ? "" : `, of ${memoryOf}`}`;
  if (memoryBytes >= wanted) return ok("memory", detail);
  const where = memoryOf === undefined ? " (Docker Desktop: Settings, Resources)" : `, by raising ${memoryOf}`;
  const remedy = `provide ${gb(wanted)} for ${nodes} nodes${where}, or reduce the number of nodes`;
  return memoryBytes >= least
    ? finding(
        "warn",
        "memory",
        `${detail}: less than recommended for the management cluster and ${nodes} nodes` +
          (memoryBytes >= least + rollingNodes * 1e9
            ? ""
            : `, and too little for ${rollingNodes} more during a rollout`),
        remedy,
      )
    : finding("fail", "memory", `${detail}: too little for the management cluster and ${nodes} nodes`, remedy);
};

/** Memory for Pulumi with its plugins and for kubectl, in bytes. */
const ownNeed = 1.5e9;

/** Checks the memory for Slipway's own programs, which may run in another cgroup than Docker. */
export const checkOwnMemory: HostCheck = ({ ownMemoryBytes }) => {
  if (ownMemoryBytes === undefined || ownMemoryBytes >= ownNeed) return undefined;
  const detail = `${gb(ownMemoryBytes)}, the memory limit of this shell's cgroup: too little for Pulumi and its plugins`;
  return finding("warn", "own memory", detail, `raise the limit of the shell's cgroup to ${gb(ownNeed)}`);
};

const installedEvery = (tools: Record<string, string | null>): boolean =>
  Object.values(tools).every((version) => version !== null);

const extraNodes = (nodes: number): number => Math.max(0, nodes - 2) * 1e9;

/** Bytes for images, and for the images that each node unpacks. */
const dockerNeed = (nodes: number): number => 8e9 + extraNodes(nodes);

/** Returns a warning if a disk has room for the nodes, but not for the additional nodes of a rollout. */
const rolloutFinding = (
  name: string,
  detail: string,
  freeBytes: number,
  wanted: number,
  nodes: number,
  rollingNodes: number,
): CheckResult => {
  if (freeBytes >= wanted) return ok(name, detail);
  const shortage = `${detail}: enough for ${nodes} nodes, too little for ${rollingNodes} more during a rollout`;
  return finding("warn", name, shortage, `free disk space until ${gb(wanted)} are free before a rollout`);
};

/** Checks the disk space for tools, and for Docker too if both have the same disk. */
export const checkDisk: HostCheck = ({ freeBytes, tools, route, dockerDisk }, { nodes, rollingNodes = 0 }) => {
  if (freeBytes === undefined) return undefined;
  const isInstalled = installedEvery(tools);
  const forAll = (isInstalled ? 8e9 : route === "source" ? 35e9 : 12e9) + extraNodes(nodes);
  // With a disk of its own, Docker's check counts the rest. Logs and saved images still need some space.
  const wanted = dockerDisk?.isSeparate ? Math.max(forAll - dockerNeed(nodes), 0.5e9) : forAll;
  const detail = `${gb(freeBytes)} free`;
  const rollout = wanted + (dockerDisk?.isSeparate ? 0 : rollingNodes * 1e9);
  if (freeBytes >= wanted) return rolloutFinding("disk", detail, freeBytes, rollout, nodes, rollingNodes);
  const remedy = [
    `free disk space until ${gb(wanted)} are free${isInstalled ? "" : " for the first run"}`,
    "set SLIPWAY_CACHE to move the cache to another disk",
    ...(dockerDisk?.isSeparate ? [] : ["docker system prune deletes unused images"]),
  ].join("; ");
  return finding(freeBytes >= wanted / 2 ? "warn" : "fail", "disk", detail, remedy);
};

/** Checks the disk space of Docker's folder, if it is on another disk than the tools. */
export const checkDockerDisk: HostCheck = ({ dockerDisk }, { nodes, rollingNodes = 0 }) => {
  if (dockerDisk === undefined || !dockerDisk.isSeparate) return undefined;
  const { folder, freeBytes } = dockerDisk;
  const wanted = dockerNeed(nodes);
  const detail = `${gb(freeBytes)} free in ${folder}`;
  const rollout = wanted + rollingNodes * 1e9;
  if (freeBytes >= wanted) return rolloutFinding("docker disk", detail, freeBytes, rollout, nodes, rollingNodes);
  const remedy = `free disk space until ${gb(wanted)} are free there (docker system prune deletes unused images), or set data-root in /etc/docker/daemon.json to a folder on a larger disk`;
  return finding(freeBytes >= wanted / 2 ? "warn" : "fail", "docker disk", detail, remedy);
};
