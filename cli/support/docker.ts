import { runLimited } from "../../lib/base/concurrency";
import { type Container, listArguments, parseContainers } from "../../lib/base/container";
import { isOwnedBy } from "../../lib/base/labels";
import { redactEnvironment } from "../../lib/redaction/value";
import type { Exec } from "../../system/exec";
import { type Found, pathOf, together } from "./pack";
import { logsOfNode } from "./podLogs";

/** A container of the stack. */
export type StackContainer = Pick<Container, "name" | "cluster" | "running" | "role">;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(-400);

const asked = async (ask: Exec, name: string, ...args: string[]): Promise<Found> => {
  const { text, failed } = await ask("docker", ...args);
  return failed
    ? { files: [], missing: [`${name}: ${oneLine(text)}`] }
    : { files: [{ name, content: `${text}\n` }], missing: [] };
};

/** Containers of these clusters and of this stack; undefined where Docker does not answer. */
export const listContainers = async (
  ask: Exec,
  stack: string,
  clusters: readonly string[],
): Promise<StackContainer[] | undefined> => {
  const { text, failed } = await ask("docker", ...listArguments());
  if (failed) return undefined;
  const isOurs = ({ cluster, owner }: Container): boolean => clusters.includes(cluster) || isOwnedBy(stack, owner);
  return parseContainers(text.split("\n")).filter(isOurs);
};

interface Inspected {
  Config?: { Env?: string[] };
}

/** What `docker inspect` prints, with the names alone of environment variables. */
const inspected = (json: string): unknown =>
  (JSON.parse(json) as Inspected[]).map((one) =>
    one.Config?.Env ? { ...one, Config: { ...one.Config, Env: redactEnvironment(one.Config.Env) } } : one,
  );

/** Docker's own view: all containers by name, the network, and each container of the stack in full with its last lines. */
export const readDocker = async (ask: Exec, containers: readonly StackContainer[] = []): Promise<Found> => {
  const general = await Promise.all([
    asked(ask, "docker/version.txt", "version"),
    asked(ask, "docker/info.txt", "info"),
    asked(ask, "docker/ps.txt", "ps", "--all"),
    asked(ask, "docker/images.txt", "images", "--digests"),
    asked(ask, "docker/networks.txt", "network", "ls"),
    asked(ask, "docker/network-kind.json", "network", "inspect", "kind"),
    asked(ask, "docker/disk.txt", "system", "df"),
  ]);
  const each = await runLimited(
    containers.map(({ name }) => async () => {
      const { text, failed } = await ask("docker", "container", "inspect", name);
      const file = `docker/containers/${pathOf(name)}`;
      const logs = await asked(ask, `${file}.log`, "logs", "--tail", "300", name);
      return failed
        ? { files: [], missing: [`container ${name}: ${oneLine(text)}`] }
        : together({ files: [{ name: `${file}.json`, content: inspected(text) }], missing: [] }, logs);
    }),
  );
  return together(...general, ...each);
};

/** Each container's log in a node, its last lines behind a line with its path. */
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
 * What is in the containers that are nodes: the ends of the kubelet's and containerd's journals, images and disks.
 *
 * @param silent names of clusters whose API does not answer: of those the pods' logs are read from the nodes' files
 */
export const readNodes = async (
  ask: Exec,
  containers: readonly StackContainer[],
  silent: readonly string[],
): Promise<Found> => {
  const nodes = containers.filter(({ role }) => role === "control-plane" || role === "worker");
  const each = await runLimited(
    nodes.map(({ name, running, cluster }) => async () => {
      if (!running) return { files: [], missing: [`node ${name}: its container does not run`] };
      const folder = `nodes/${pathOf(name)}`;
      const found = together(
        await asked(ask, `${folder}/kubelet.log`, "exec", name, ...journal("kubelet", 600)),
        await asked(ask, `${folder}/containerd.log`, "exec", name, ...journal("containerd", 300)),
        await asked(
          ask,
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
        await asked(ask, `${folder}/disks.txt`, "exec", name, "df", "--human-readable"),
      );
      if (!silent.includes(cluster)) return found;
      const { text, failed } = await ask("docker", "exec", name, "sh", "-c", podLogs);
      if (failed) return { ...found, missing: [...found.missing, `logs of pods in ${name}: ${oneLine(text)}`] };
      const logs = logsOfNode(text).map(({ place, text: content }) => ({
        name: `${folder}/logs/${pathOf(...place)}`,
        content,
      }));
      return { ...found, files: [...found.files, ...logs] };
    }),
  );
  return together(...each);
};
