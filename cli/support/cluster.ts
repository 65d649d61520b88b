import { runLimited } from "../../lib/base/concurrency";
import type { ExecAnswer, Exec } from "../../system/exec";
import { byKind, commonKinds, conditionLines, isTaken, kindsTaken, type RawObject, slimObject } from "./objects";
import { type Findings, type CollectedFile, nothing, pathOf, together } from "./pack";
import { type LogPlace, logPlaces } from "./podLogs";

/** Number of lines of each log; fewer lines suffice for the run before the last restart. */
const lines = { now: 500, before: 100 };

/** A cluster with the archive's folder for its files. */
export interface ArchivedCluster {
  name: string;
  /** Path of the cluster's kubeconfig. */
  file: string;
  folder: string;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(-400);

/** Runs kubectl on a cluster. */
type Kubectl = (...args: string[]) => Promise<ExecAnswer>;

const kubectlOf =
  (exec: Exec, file: string): Kubectl =>
  (...args) =>
    exec("kubectl", "--kubeconfig", file, "--request-timeout=10s", ...args);

const itemsIn = (json: string | undefined): RawObject[] =>
  json === undefined || json === "" ? [] : (JSON.parse(json) as { items: RawObject[] }).items;

/** Returns the Secrets of a cluster, so that their values can be redacted. It returns none if the cluster does not answer. */
export const secretsOf = async (exec: Exec, file: string): Promise<{ data?: Record<string, string> }[]> => {
  const { text, failed, printed } = await kubectlOf(exec, file)(
    "get",
    "secrets",
    "--all-namespaces",
    "--output",
    "json",
  );
  return itemsIn(failed ? printed : text) as { data?: Record<string, string> }[];
};

const readObjects = async (kubectl: Kubectl, missing: string[]): Promise<RawObject[]> => {
  const known = await kubectl("api-resources", "--verbs=list", "--output=name");
  // kubectl fails because of one broken API group, but prints the others.
  if (known.failed) missing.push(`kinds: ${oneLine(known.text)}`);
  const names = kindsTaken((known.failed ? (known.printed ?? "") : known.text).split("\n"));
  const kinds = names.length > 0 ? names : commonKinds;
  const answer = await kubectl(
    "get",
    kinds.join(","),
    "--all-namespaces",
    "--output",
    "json",
    "--show-managed-fields=false",
  );
  if (answer.failed) missing.push(`objects: ${oneLine(answer.text)}`);
  return itemsIn(answer.failed ? answer.printed : answer.text).filter(isTaken);
};

const objectFiles = (folder: string, objects: readonly RawObject[]): CollectedFile[] => [
  ...Object.entries(byKind(objects)).map(([kind, list]) => ({
    name: `${folder}/objects/${pathOf(kind)}.json`,
    content: list.map(slimObject),
  })),
  { name: `${folder}/conditions.txt`, content: `${conditionLines(objects).join("\n")}\n` },
];

const readLog = async (kubectl: Kubectl, folder: string, place: LogPlace): Promise<Findings> => {
  const { namespace, pod, container, previous } = place;
  const { text, failed } = await kubectl(
    ...["logs", "--namespace", namespace, pod, "--container", container],
    ...(previous ? ["--previous", `--tail=${lines.before}`] : [`--tail=${lines.now}`]),
  );
  const name = `${folder}/logs/${pathOf(namespace, pod, `${container}${previous ? "-previous" : ""}`)}.log`;
  return failed
    ? { files: [], missing: [`log of ${namespace}/${pod} ${container}: ${oneLine(text)}`] }
    : { files: [{ name, content: `${text}\n` }], missing: [] };
};

const asText = async (kubectl: Kubectl, name: string, ...args: string[]): Promise<Findings> => {
  const { text, failed } = await kubectl(...args);
  return failed
    ? { files: [], missing: [`${name}: ${oneLine(text)}`] }
    : { files: [{ name, content: `${text}\n` }], missing: [] };
};

/**
 * Reads objects without Secrets, their conditions, events, and the logs of the installation's pods from a cluster's API.
 *
 * @returns `answers` is false if the API does not answer; `missing` then has the reason
 */
export const readCluster = async (exec: Exec, cluster: ArchivedCluster): Promise<Findings & { answers: boolean }> => {
  const { name, file, folder } = cluster;
  const kubectl = kubectlOf(exec, file);
  const version = await kubectl("version", "--output=yaml");
  if (version.failed) {
    return {
      ...nothing,
      missing: [`cluster ${name}: its API does not answer: ${oneLine(version.text)}`],
      answers: false,
    };
  }
  const missing: string[] = [];
  const objects = await readObjects(kubectl, missing);
  const [texts, logs] = await Promise.all([
    Promise.all([
      asText(
        kubectl,
        `${folder}/events.txt`,
        "get",
        "events",
        "--all-namespaces",
        "--sort-by=.metadata.creationTimestamp",
      ),
      asText(kubectl, `${folder}/pods.txt`, "get", "pods", "--all-namespaces", "--output=wide"),
      asText(kubectl, `${folder}/nodes.txt`, "get", "nodes", "--output=wide"),
    ]),
    runLimited(logPlaces(objects).map((place) => () => readLog(kubectl, folder, place))),
  ]);
  const findings = together(
    { files: [{ name: `${folder}/version.txt`, content: `${version.text}\n` }], missing },
    { files: objectFiles(folder, objects), missing: [] },
    ...texts,
    ...logs,
  );
  return { files: findings.files, missing: findings.missing.map((line) => `cluster ${name}: ${line}`), answers: true };
};
