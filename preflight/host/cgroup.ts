/** Reads a file of the kernel; undefined if the file cannot be read. */
export type ReadFile = (path: string) => string | undefined;

/** A mounted hierarchy of cgroups with the memory controller. */
interface Hierarchy {
  /** Folder of the hierarchy on this machine. */
  readonly mountPoint: string;
  /** Cgroup that the folder shows; `/` outside of containers. */
  readonly root: string;
  readonly version: 1 | 2;
}

/** Limits of this size or more mean an unlimited cgroup: version 1 writes the largest number of pages in bytes. */
const unlimited = 2 ** 62;

const numberIn = (text: string | undefined): number[] => {
  const value = text?.trim() ?? "";
  return /^\d+$/.test(value) && Number(value) < unlimited ? [Number(value)] : [];
};

/** Returns the hierarchies of /proc/self/mountinfo that can limit memory. */
const hierarchiesIn = (mountInfo: string): Hierarchy[] =>
  mountInfo.split("\n").flatMap((line): Hierarchy[] => {
    const [mount = "", system = ""] = line.split(" - ");
    const [, , , root = "/", mountPoint = ""] = mount.split(" ");
    const [type, , options = ""] = system.split(" ");
    if (type === "cgroup2") return [{ mountPoint, root, version: 2 }];
    return type === "cgroup" && options.split(",").includes("memory") ? [{ mountPoint, root, version: 1 }] : [];
  });

/** Returns a process's cgroup in a hierarchy from the text of /proc/PID/cgroup; undefined if the text has no line of it. */
const cgroupIn = (text: string, version: 1 | 2): string | undefined => {
  for (const line of text.split("\n")) {
    const [id, controllers = "", ...path] = line.split(":");
    if (version === 2 ? id === "0" && controllers === "" : controllers.split(",").includes("memory"))
      return path.join(":");
  }
  return undefined;
};

/** Returns the folders of a cgroup and of all cgroups around it, as far as the mount shows them. */
const foldersOf = ({ mountPoint, root }: Hierarchy, cgroup: string): string[] => {
  const prefix = root === "/" ? "" : root;
  // A cgroup outside of the mount belongs to a container's namespace: its limits are those of the mount itself.
  const isInside = (cgroup === prefix || cgroup.startsWith(`${prefix}/`)) && !cgroup.split("/").includes("..");
  const names = isInside ? cgroup.slice(prefix.length).split("/").filter(Boolean) : [];
  return [...names.keys(), names.length].map((length) => [mountPoint, ...names.slice(0, length)].join("/"));
};

/**
 * Returns the memory in bytes that cgroups leave to a process: the smallest limit of its cgroup and of all cgroups around
 * it, of both versions. Undefined without a limit.
 *
 * @param pid number of the process, or `self`
 * @param also further cgroup, as a path below the mount, whose limits count too
 */
export const cgroupMemoryLimit = (read: ReadFile, pid: string, also?: string): number | undefined => {
  const text = read(`/proc/${pid}/cgroup`);
  if (text === undefined) return undefined;
  const limits = hierarchiesIn(read("/proc/self/mountinfo") ?? "").flatMap((hierarchy) => {
    const cgroup = cgroupIn(text, hierarchy.version);
    if (cgroup === undefined) return [];
    const folders = foldersOf(hierarchy, cgroup);
    if (also !== undefined) folders.push(`${hierarchy.mountPoint}/${also}`);
    return folders.flatMap((folder) =>
      hierarchy.version === 2
        ? [...numberIn(read(`${folder}/memory.max`)), ...numberIn(read(`${folder}/memory.high`))]
        : [
            ...numberIn(read(`${folder}/memory.limit_in_bytes`)),
            // Cgroups around a container are not visible in the container, and this line contains their limits.
            ...numberIn(/^hierarchical_memory_limit (\d+)$/m.exec(read(`${folder}/memory.stat`) ?? "")?.[1]),
          ],
    );
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
};
