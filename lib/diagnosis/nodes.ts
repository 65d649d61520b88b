import type { Evidence, NodeFacts, StuckFacts } from "./facts";
import { brief } from "./text";

/** Format in which Docker's provider reports a command in a container. */
const command = /^Running boo\w+ command \[ (.*?) \](?: \((\d+ of \d+)\))?/s;

const nameOf = (line: string): string => /kubeadm (init|join)/.exec(line)?.[0] ?? brief(line, 60);

/** Returns the report with the command's short name, and without the command's output. */
export const withoutCommand = (message: string): string => {
  const [, line, step] = command.exec(message) ?? [];
  if (line === undefined) return message;
  if (step !== undefined) return `running ${nameOf(line)} (command ${step})`;
  const status = /exited with status: \d+/.exec(message)?.[0];
  return `${nameOf(line)} ${status ?? "failed"}`;
};

/** Lines at the end of every failure. */
const always = /^(To see the stack trace|\[preflight\] If you know what|\[WARNING |\.\.\.$)/;

/** Returns the last error lines of a command's report. */
export const lastErrorsOf = (message: string, shown = 3): string[] => {
  if (!command.test(message)) return [];
  const [, errors = ""] = message.split(/^STDERR:\s*/m);
  return errors
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s*/, "").trim())
    .filter((line) => line !== "" && !always.test(line))
    .slice(-shown)
    .map((line) => brief(line, 250));
};

/** Returns the remedy for a node without space. */
export const makeRoom = (name: string): string =>
  `make room: docker exec ${name} df -h; docker system df says what Docker keeps`;

/** Messages about a full disk. */
export const noSpace = /no space left on device|disk quota exceeded/i;

/** Errors of kubelet and containerd, and messages about a full disk. */
const complaint = /^E\d{4} |\blevel=(error|fatal)\b|no space left/;

/**
 * Messages of every node until its API answers and its pod network runs. They are consequences that other evidence
 * explains better.
 */
const everywhere =
  /failed to load cni during init|cni plugin not initialized|cni config load failed|create a mirror pod|Unable to register node|write event|failed to get node info|requesting a signed certificate|ensure lease exists|oom score|Failed to watch|CrashLoopBackOff|network is not ready|node ".*" not found/;

/** Returns the message without klog's time and source position. */
const withoutPrefix = (line: string): string =>
  line.replace(/^[EWIF]\d{4} [\d:.]+\s+\d+ \S+\] /, "").replace(/^time="[^"]*" level=\w+ msg=/, "");

/** Returns the latest line of each message. Lines that differ only in numbers are the same message. */
const distinct = (lines: readonly string[]): string[] => {
  const seen = new Map<string, string>();
  for (const line of lines) {
    const key = line.replace(/[0-9a-f]{8,}|\d+/g, "#");
    seen.delete(key);
    seen.set(key, line);
  }
  return [...seen.values()];
};

const failedPull = /"PullImage \\"([^"\\]+)\\" failed".*: ([^"]*)"?$/;

/** Returns images that the node cannot pull, in one line whatever their number. */
const pullEvidence = ({ name, journal }: NodeFacts): Evidence[] => {
  const pulls = journal.flatMap((line) => {
    const [, image, why = ""] = failedPull.exec(line) ?? [];
    return image === undefined ? [] : [{ image, why }];
  });
  const images = [...new Set(pulls.map(({ image }) => image))];
  const [first] = images;
  if (first === undefined) return [];
  const more = images.length > 1 ? ` and ${images.length - 1} more` : "";
  const [, version] = /\/kube-[\w-]+:(v[\d.]+)$/.exec(images.find((image) => /\/kube-/.test(image)) ?? "") ?? [];
  const line = `${name}: cannot pull ${first}${more}: ${brief(pulls.at(-1)?.why ?? "", 150)}`;
  return [
    version === undefined
      ? { line }
      : { line, remedy: `the node image has no ${version}: nodeImage and kubernetesVersion of one version` },
  ];
};

const telling: readonly RegExp[] = [
  noSpace,
  /"level":"(fatal|panic)"|^panic: |^F\d{4} |level=fatal/,
  /"level":"error"|^E\d{4} |level=error|\berror\b/i,
];

/** Returns the log line that explains why a program exited: the last line of the most severe level. */
const fatalLine = (lines: readonly string[]): string | undefined => {
  for (const pattern of telling) {
    const match = lines.filter((line) => pattern.test(line)).at(-1);
    if (match !== undefined) return match;
  }
  return lines.at(-1);
};

/** Returns a JSON log entry as its message and error. */
const plain = (line: string): string => {
  if (!line.startsWith("{")) return withoutPrefix(line);
  try {
    const { msg = "", error = "" } = JSON.parse(line) as { msg?: string; error?: string };
    return [msg, error].filter(Boolean).join(": ") || line;
  } catch {
    return line;
  }
};

/** Ranks crashes: a crash of etcd explains a crash of the API server. */
const rank = ({ container }: { container: string }): number => (container === "etcd" ? 1 : 0);

/** Returns the last errors of each node, the reasons of exited containers, and full disks. */
export const nodeEvidence = ({ nodes }: Pick<StuckFacts, "nodes">, shown = 2): Evidence[] =>
  nodes.flatMap((node) => {
    const { name, journal, crashed, fullDisks } = node;
    const pulls = pullEvidence(node);
    const complaints = journal.filter(
      (line) => complaint.test(line) && !everywhere.test(line) && !(pulls.length > 0 && /image/i.test(line)),
    );
    // A file system can reject a large file and still have space for small files.
    const refused = [...journal, ...crashed.flatMap(({ lines }) => lines)].some((line) => noSpace.test(line));
    const places = fullDisks.length > 0 ? fullDisks : refused ? ["one of its file systems"] : [];
    const exits = [...crashed].sort((left, right) => rank(left) - rank(right));
    return [
      ...distinct(complaints)
        .slice(-shown)
        .map((line) => ({ line: `${name}: ${brief(withoutPrefix(line), 250)}` })),
      ...exits.map(({ container, lines }) => ({
        line: `${name}: ${container} ended: ${brief(plain(fatalLine(lines) ?? ""), 250)}`,
      })),
      ...pulls,
      ...places.map((mount) => ({
        line: `${name}: no space left on ${mount}`,
        remedy: makeRoom(name),
      })),
    ];
  });
