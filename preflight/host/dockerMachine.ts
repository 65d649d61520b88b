import { readdirSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { processFile, processNumbers } from "../../system/processes";
import { cgroupMemoryLimit, type ReadFile } from "./cgroup";
import { type DockerFacts, dockerSocket } from "./dockerFacts";
import { readText } from "./readers";

/** Memory for containers. */
export interface DockerMemory {
  readonly memoryBytes: number;
  /** What limits the memory, if it is not this machine's. */
  readonly memoryOf?: string;
}

/** The file system of Docker's images and containers. */
export interface DockerDisk {
  readonly folder: string;
  readonly freeBytes: number;
  /** True if the cache is on another file system. */
  readonly isSeparate: boolean;
}

/**
 * Returns the memory for containers: that of Docker's machine, or the limit of the cgroup in which Docker runs.
 *
 * @param total memory of this machine in bytes
 * @param dockerd pid of the server; undefined if it is not among this machine's processes
 */
export const memoryOfDocker = (
  { memoryBytes = 0, machine, cgroupDriver }: DockerFacts,
  total: number,
  dockerd: number | undefined,
  read: ReadFile = readText,
): DockerMemory => {
  const machineBytes = memoryBytes > 0 ? memoryBytes : total;
  // The default cgroup of all containers, which need not be inside dockerd's.
  const parent = cgroupDriver === "systemd" ? "system.slice" : "docker";
  const isVisible = dockerd !== undefined && machine === undefined;
  const limit = isVisible ? cgroupMemoryLimit(read, String(dockerd), parent) : undefined;
  if (limit !== undefined && limit < machineBytes)
    return { memoryBytes: limit, memoryOf: "the memory limit of Docker's cgroup" };
  return machine === undefined
    ? { memoryBytes: machineBytes }
    : { memoryBytes: machineBytes, memoryOf: `Docker's machine ${machine}` };
};

const isDockerd = (pid: number): boolean => processFile(pid, "comm").trim() === "dockerd";

/** Returns the inodes of the sockets in /proc/net/unix that listen at Docker's socket. */
export const socketInodes = (table: string): string[] =>
  table.split("\n").flatMap((line) => {
    const [, , , , , , inode = "", path = ""] = line.trim().split(/\s+/);
    return [dockerSocket, dockerSocket.replace("/var/run/", "/run/")].includes(path) ? [inode] : [];
  });

const hasSocket = (pid: number, inodes: readonly string[]): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return inodes.some((inode) => target === `socket:[${inode}]`);
    });
  } catch {
    return false; // another user's process, or a file that was closed meanwhile
  }
};

/** Returns the pid of the dockerd behind Docker's socket; undefined if it is not among the visible processes. */
export const findDockerd = (): number | undefined => {
  const daemons = processNumbers().filter(isDockerd);
  if (daemons.length <= 1) return daemons[0];
  const inodes = socketInodes(readText("/proc/net/unix") ?? "");
  const recorded = Number(readText("/var/run/docker.pid")?.trim());
  return daemons.find((pid) => hasSocket(pid, inodes)) ?? daemons.find((pid) => pid === recorded);
};

/** Folder in which a containerd of its own keeps the images of Docker's containerd image store. */
const containerdRoot = "/var/lib/containerd";

/** Returns the free bytes and the device of a folder's file system; undefined if the folder cannot be measured. */
const measure = (folder: string): { free: number; device: number } | undefined => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return { free: bavail * bsize, device: statSync(folder).dev };
  } catch {
    return undefined;
  }
};

/**
 * Returns the file system of Docker's images and containers; undefined if it is not on this machine, or not readable.
 *
 * @param cacheFolder existing folder with the tools
 */
export const diskOfDocker = (
  { dataRoot, machine, os = "", hasContainerdStore = false }: DockerFacts,
  cacheFolder: string,
): DockerDisk | undefined => {
  if (dataRoot === undefined || machine !== undefined || os.includes("Docker Desktop")) return undefined;
  const measured = [dataRoot, ...(hasContainerdStore ? [containerdRoot] : [])].flatMap((folder) => {
    const size = measure(folder);
    return size === undefined ? [] : [{ folder, ...size }];
  });
  const [tightest] = measured.sort((a, b) => a.free - b.free);
  if (tightest === undefined) return undefined;
  const { folder, free, device } = tightest;
  return { folder, freeBytes: free, isSeparate: device !== measure(cacheFolder)?.device };
};
