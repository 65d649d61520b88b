import { machineContainer } from "../../lib/base/container";
import { type ContainerFacts, type NodeFacts, type ApiObject, isFine } from "../../lib/diagnosis/facts";
import type { Exec } from "../../system/exec";

/** Maximum number of inspected nodes: nodes often have the same cause, and each inspection takes seconds. */
const maximumNodes = 3;

/** Usage in percent from which a file system counts as full. */
const full = 99;

/**
 * Shell command that prints the end of the newest log of each restarted container, after a line with the log's path.
 * It reads files, because the options of crictl differ between nodes.
 */
const crashLogs =
  "find /var/log/pods -name '[1-9]*.log' -mmin -15 | sort -V | awk -F/ '{ last[$5 \"/\" $6] = $0 } END { for (key in last) print last[key] }'" +
  ' | sort | head -n 4 | while read -r file; do echo "== $file"; tail -n 40 "$file"; done';

/** Parses the output of `crashLogs` into containers with log lines, without the time and stream of each line. */
const readCrashes = (text: string): NodeFacts["crashed"] =>
  text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [path = "", ...lines] = part.trimEnd().split("\n");
      const container = path.split("/").at(-2) ?? path;
      return { container, lines: lines.map((line) => line.replace(/^\S+ (stdout|stderr) [FP] /, "")) };
    });

const readNode = async (exec: Exec, name: string): Promise<NodeFacts> => {
  const execInNode = (...args: string[]) => exec("docker", "exec", name, ...args);
  const units = ["--unit", "kubelet", "--unit", "containerd"];
  const [journal, crashes, disks] = await Promise.all([
    execInNode("journalctl", "--no-pager", "--output", "cat", ...units, "--lines", "200"),
    execInNode("sh", "-c", crashLogs),
    // Only writable file systems: mounts of images and of host devices are always full.
    execInNode(
      "df",
      "--output=pcent,target",
      "--type=ext4",
      "--type=xfs",
      "--type=btrfs",
      "--type=zfs",
      "--type=tmpfs",
    ),
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

const containerOf = ({ name, labels = {} }: ApiObject["metadata"]): string =>
  machineContainer(labels["cluster.x-k8s.io/cluster-name"] ?? "", name);

/** Inspects the running containers of machines that are not ready. */
export const readNodes = async (
  exec: Exec,
  objects: readonly ApiObject[],
  containers: readonly ContainerFacts[],
): Promise<NodeFacts[]> => {
  const stuck = containers.filter(({ name, state }) => {
    const machine = objects.find(({ kind, metadata }) => kind === "Machine" && containerOf(metadata) === name);
    return state === "running" && machine !== undefined && !isFine(machine);
  });
  return Promise.all(stuck.slice(0, maximumNodes).map(({ name }) => readNode(exec, name)));
};
