import { type ContainerFacts, type NodeFacts, type ApiObject, isFine } from "../../lib/diagnosis/facts";
import type { Exec } from "../../system/exec";

/** Nodes looked into: what holds one holds the others mostly, and each costs some seconds. */
const nodesShown = 3;

/** Percent of a file system from which it counts as full. */
const full = 99;

/**
 * The end of the newest log of each container that was started more than once, each behind a line with its path. Nodes'
 * crictl differs in what it can; the logs' places do not.
 */
const crashLogs =
  "find /var/log/pods -name '[1-9]*.log' -mmin -15 | sort -V | awk -F/ '{ last[$5 \"/\" $6] = $0 } END { for (key in last) print last[key] }'" +
  ' | sort | head -n 4 | while read -r file; do echo "== $file"; tail -n 40 "$file"; done';

/** Containers and the lines of their logs, without the time and stream before each. */
const readCrashes = (text: string): NodeFacts["crashed"] =>
  text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [path = "", ...lines] = part.trimEnd().split("\n");
      const container = path.split("/").at(-2) ?? path;
      return { container, lines: lines.map((line) => line.replace(/^\S+ (stdout|stderr) [FP] /, "")) };
    });

const readNode = async (ask: Exec, name: string): Promise<NodeFacts> => {
  const inside = (...args: string[]) => ask("docker", "exec", name, ...args);
  const units = ["--unit", "kubelet", "--unit", "containerd"];
  const [journal, crashes, disks] = await Promise.all([
    inside("journalctl", "--no-pager", "--output", "cat", ...units, "--lines", "200"),
    inside("sh", "-c", crashLogs),
    // Only what is written to: images' layers and the host's devices are full by nature.
    inside("df", "--output=pcent,target", "--type=ext4", "--type=xfs", "--type=btrfs", "--type=zfs", "--type=tmpfs"),
  ]);
  return {
    name,
    journal: journal.failed ? [] : journal.text.split("\n"),
    crashed: crashes.failed ? [] : readCrashes(crashes.text),
    fullDisks: disks.failed
      ? []
      : disks.text.split("\n").flatMap((line) => {
          const [, percent = "", target = ""] = /^\s*(\d+)% (.*)$/.exec(line) ?? [];
          return Number(percent) >= full && target !== "" ? [target] : [];
        }),
  };
};

/** What is found in the running containers of machines that are not ready. */
export const readNodes = async (
  ask: Exec,
  objects: readonly ApiObject[],
  containers: readonly ContainerFacts[],
): Promise<NodeFacts[]> => {
  const stuck = containers.filter(({ name, state }) => {
    const machine = objects.find(({ kind, metadata }) => kind === "Machine" && metadata.name === name);
    return state === "running" && machine !== undefined && !isFine(machine);
  });
  return Promise.all(stuck.slice(0, nodesShown).map(({ name }) => readNode(ask, name)));
};
