import type { Evidence, NodeFacts, StuckFacts } from "./facts";
import { brief } from "./text";

/** Docker's provider reports each command that it runs in a container, spelled as here. */
const command = /^Running boo\w+ command \[ (.*?) \](?: \((\d+ of \d+)\))?/s;

const nameOf = (line: string): string => /kubeadm (init|join)/.exec(line)?.[0] ?? brief(line, 60);

/** The report with the command's name in place of its whole line, and without what it printed. */
export const withoutCommand = (message: string): string => {
  const [, line, step] = command.exec(message) ?? [];
  if (line === undefined) return message;
  if (step !== undefined) return `running ${nameOf(line)} (command ${step})`;
  const status = /exited with status: \d+/.exec(message)?.[0];
  return `${nameOf(line)} ${status ?? "failed"}`;
};

/** Said at every end, whatever it is. */
const always = /^(To see the stack trace|\[preflight\] If you know what|\[WARNING |\.\.\.$)/;

/** The last lines that a command complained with, where a report has some. */
export const lastWordsOf = (message: string, shown = 3): string[] => {
  if (!command.test(message)) return [];
  const [, errors = ""] = message.split(/^STDERR:\s*$/m);
  return errors
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s*/, "").trim())
    .filter((line) => line !== "" && !always.test(line))
    .slice(-shown)
    .map((line) => brief(line, 250));
};

/** How programs say that a disk is full. */
export const noSpace = /no space left on device|disk quota exceeded/i;

/** The kubelet's errors, containerd's, and whatever a full disk is said by. */
const complaint = /^E\d{4} |\blevel=(error|fatal)\b|no space left/;

/** Said by every node until its API answers and its pod network runs: consequences, each told better elsewhere. */
const everywhere =
  /failed to load cni during init|cni plugin not initialized|cni config load failed|create a mirror pod|Unable to register node|write event|failed to get node info|requesting a signed certificate|ensure lease exists|oom score|Failed to watch|CrashLoopBackOff|network is not ready|node ".*" not found/;

/** klog's time and place before the message, which say nothing to whoever is not developing it. */
const withoutPrefix = (line: string): string =>
  line.replace(/^[EWIF]\d{4} [\d:.]+\s+\d+ \S+\] /, "").replace(/^time="[^"]*" level=\w+ msg=/, "");

/** Each complaint once, the last one counts; what changes from time to time in it is left aside. */
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

/** Images that the node has not and cannot get, in one line whatever their number. */
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

/** The line of a log that says why its program ended: the worst sort there is, the last of it. */
const lastWords = (lines: readonly string[]): string | undefined => {
  for (const sort of telling) {
    const found = lines.filter((line) => sort.test(line)).at(-1);
    if (found !== undefined) return found;
  }
  return lines.at(-1);
};

/** Programs that log JSON say the same and much more. */
const plain = (line: string): string => {
  if (!line.startsWith("{")) return withoutPrefix(line);
  try {
    const { msg = "", error = "" } = JSON.parse(line) as { msg?: string; error?: string };
    return [msg, error].filter(Boolean).join(": ") || line;
  } catch {
    return line;
  }
};

/** Crashes that explain others: without etcd no API server. */
const rank = ({ container }: { container: string }): number => (container === "etcd" ? 1 : 0);

/** The last complaints of each node, what its containers died of, and disks without room. */
export const nodeEvidence = ({ nodes }: Pick<StuckFacts, "nodes">, shown = 2): Evidence[] =>
  nodes.flatMap((node) => {
    const { name, journal, crashed, fullDisks } = node;
    const pulls = pullEvidence(node);
    const complaints = journal.filter(
      (line) => complaint.test(line) && !everywhere.test(line) && !(pulls.length > 0 && /image/i.test(line)),
    );
    // A file system can refuse a large file and still have room for small ones.
    const refused = [...journal, ...crashed.flatMap(({ lines }) => lines)].some((line) => noSpace.test(line));
    const places = fullDisks.length > 0 ? fullDisks : refused ? ["one of its file systems"] : [];
    const deaths = [...crashed].sort((one, other) => rank(one) - rank(other));
    return [
      ...distinct(complaints)
        .slice(-shown)
        .map((line) => ({ line: `${name}: ${brief(withoutPrefix(line), 250)}` })),
      ...deaths.map(({ container, lines }) => ({
        line: `${name}: ${container} ended: ${brief(plain(lastWords(lines) ?? ""), 250)}`,
      })),
      ...pulls,
      ...places.map((mount) => ({
        line: `${name}: no space left on ${mount}`,
        remedy: `make room: docker exec ${name} df -h; docker system df says what Docker keeps`,
      })),
    ];
  });
