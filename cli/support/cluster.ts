import { runLimited } from "../../lib/base/concurrency";
import type { ExecAnswer, Exec } from "../../system/exec";
import { byKind, commonKinds, conditionLines, isTaken, kindsTaken, type RawObject, slimObject } from "./objects";
import { type Found, type FoundFile, nothing, pathOf, together } from "./pack";
import { type LogPlace, logPlaces } from "./podLogs";

/** Lines of each log; of the run before the last start the last words are enough. */
const lines = { now: 500, before: 100 };

/** A cluster that is asked, and the folder of the archive for what it says. */
export interface AskedCluster {
  name: string;
  /** Its kubeconfig. */
  file: string;
  folder: string;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(-400);

/** Asks a cluster with kubectl. */
type Kubectl = (...args: string[]) => Promise<ExecAnswer>;

const kubectlOf =
  (ask: Exec, file: string): Kubectl =>
  (...args) =>
    ask("kubectl", "--kubeconfig", file, "--request-timeout=10s", ...args);

const itemsIn = (json: string | undefined): RawObject[] =>
  json === undefined || json === "" ? [] : (JSON.parse(json) as { items: RawObject[] }).items;

/** Secrets of a cluster, by which their bytes are known wherever they turn up; none where it does not answer. */
export const secretsOf = async (ask: Exec, file: string): Promise<{ data?: Record<string, string> }[]> => {
  const { text, failed, printed } = await kubectlOf(ask, file)(
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
  // An API that a webhook or an extension spoils is told of, and the others are listed all the same.
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

const objectFiles = (folder: string, objects: readonly RawObject[]): FoundFile[] => [
  ...Object.entries(byKind(objects)).map(([kind, list]) => ({
    name: `${folder}/objects/${pathOf(kind)}.json`,
    content: list.map(slimObject),
  })),
  { name: `${folder}/conditions.txt`, content: `${conditionLines(objects).join("\n")}\n` },
];

const readLog = async (kubectl: Kubectl, folder: string, place: LogPlace): Promise<Found> => {
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

const asText = async (kubectl: Kubectl, name: string, ...args: string[]): Promise<Found> => {
  const { text, failed } = await kubectl(...args);
  return failed
    ? { files: [], missing: [`${name}: ${oneLine(text)}`] }
    : { files: [{ name, content: `${text}\n` }], missing: [] };
};

/**
 * What a cluster's API tells: objects without Secrets, their conditions, events, and the logs of the installation's pods.
 *
 * @returns `answers` false where the API does not, with that as what is missing
 */
export const readCluster = async (ask: Exec, cluster: AskedCluster): Promise<Found & { answers: boolean }> => {
  const { name, file, folder } = cluster;
  const kubectl = kubectlOf(ask, file);
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
  const found = together(
    { files: [{ name: `${folder}/version.txt`, content: `${version.text}\n` }], missing },
    { files: objectFiles(folder, objects), missing: [] },
    ...texts,
    ...logs,
  );
  return { files: found.files, missing: found.missing.map((line) => `cluster ${name}: ${line}`), answers: true };
};
