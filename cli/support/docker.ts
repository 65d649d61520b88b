import { runLimited } from "../../lib/base/concurrency";
import { type Container, listArguments, parseContainers } from "../../lib/base/container";
import { isOwnedBy } from "../../lib/base/labels";
import { redactEnvironment } from "../../lib/redaction/value";
import type { Exec } from "../../system/exec";
import { type Findings, pathOf, together } from "./pack";
import { logsOfNode } from "./podLogs";

/** A container of the stack. */
export type StackContainer = Pick<Container, "name" | "cluster" | "running" | "role">;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(-400);

const collectOutput = async (exec: Exec, name: string, ...args: string[]): Promise<Findings> => {
  const { text, failed } = await exec("docker", ...args);
  return failed
    ? { files: [], missing: [`${name}: ${oneLine(text)}`] }
    : { files: [{ name, content: `${text}\n` }], missing: [] };
};

/** Lists the containers of these clusters and of this stack; undefined if Docker does not answer. */
export const listContainers = async (
  exec: Exec,
  stack: string,
  clusters: readonly string[],
): Promise<StackContainer[] | undefined> => {
  const { text, failed } = await exec("docker", ...listArguments());
  if (failed) return undefined;
  const isOurs = ({ cluster, owner }: Container): boolean => clusters.includes(cluster) || isOwnedBy(stack, owner);
  return parseContainers(text.split("\n")).filter(isOurs);
};

interface Inspected {
  Config?: { Env?: string[] };
}

/** Parses the output of `docker inspect` and removes the values of environment variables. */
const parseInspection = (json: string): unknown =>
  (JSON.parse(json) as Inspected[]).map((container) =>
    container.Config?.Env
      ? { ...container, Config: { ...container.Config, Env: redactEnvironment(container.Config.Env) } }
      : container,
  );

/** Collects Docker's lists of containers, images and networks, and the details and logs of the stack's containers. */
export const readDocker = async (exec: Exec, containers: readonly StackContainer[] = []): Promise<Findings> => {
  const general = await Promise.all([
    collectOutput(exec, "docker/version.txt", "version"),
    collectOutput(exec, "docker/info.txt", "info"),
    collectOutput(exec, "docker/ps.txt", "ps", "--all"),
    collectOutput(exec, "docker/images.txt", "images", "--digests"),
    collectOutput(exec, "docker/networks.txt", "network", "ls"),
    collectOutput(exec, "docker/network-kind.json", "network", "inspect", "kind"),
    collectOutput(exec, "docker/disk.txt", "system", "df"),
  ]);
  const each = await runLimited(
    containers.map(({ name }) => async () => {
      const { text, failed } = await exec("docker", "container", "inspect", name);
      const file = `docker/containers/${pathOf(name)}`;
      const logs = await collectOutput(exec, `${file}.log`, "logs", "--tail", "300", name);
      return failed
        ? { files: [], missing: [`container ${name}: ${oneLine(text)}`] }
        : together({ files: [{ name: `${file}.json`, content: parseInspection(text) }], missing: [] }, logs);
    }),
  );
  return together(...general, ...each);
};

/** Shell command that prints the last lines of each container log in a node, after a line with the log's path. */
const podLogs = `find /var/log/pods -name '*.log' 2>/dev/null | sort | while read -r file; do echo "== $file"; tail -n 300 "$file"; done`;

const journal = (unit: string, lines: number): string[] => [
  "journalctl",
  "--no-pager",
  "--output",
  "short-iso",
  "--unit",
  unit,
  "--lines",
  String(lines),
];

/**
 * Collects the ends of the kubelet's and containerd's journals, images and disks from the nodes.
 *
 * @param silent names of clusters whose API does not answer: their pods' logs are read from the nodes' files
 */
export const readNodes = async (
  exec: Exec,
  containers: readonly StackContainer[],
  silent: readonly string[],
): Promise<Findings> => {
  const nodes = containers.filter(({ role }) => role === "control-plane" || role === "worker");
  const each = await runLimited(
    nodes.map(({ name, running, cluster }) => async () => {
      if (!running) return { files: [], missing: [`node ${name}: its container does not run`] };
      const folder = `nodes/${pathOf(name)}`;
      const findings = together(
        await collectOutput(exec, `${folder}/kubelet.log`, "exec", name, ...journal("kubelet", 600)),
        await collectOutput(exec, `${folder}/containerd.log`, "exec", name, ...journal("containerd", 300)),
        await collectOutput(
          exec,
          `${folder}/images.txt`,
          "exec",
          name,
          "ctr",
          "--namespace",
          "k8s.io",
          "images",
          "list",
          "--quiet",
        ),
        await collectOutput(exec, `${folder}/disks.txt`, "exec", name, "df", "--human-readable"),
      );
      if (!silent.includes(cluster)) return findings;
      const { text, failed } = await exec("docker", "exec", name, "sh", "-c", podLogs);
      if (failed) return { ...findings, missing: [...findings.missing, `logs of pods in ${name}: ${oneLine(text)}`] };
      const logs = logsOfNode(text).map(({ place, text: content }) => ({
        name: `${folder}/logs/${pathOf(...place)}`,
        content,
      }));
      return { ...findings, files: [...findings.files, ...logs] };
    }),
  );
  return together(...each);
};
