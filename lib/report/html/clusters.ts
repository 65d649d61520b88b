import type { Report, ReportCluster, ReportCondition, ReportObject } from "../model";
import { counted, duration, html, type Html } from "./markup";

/** Number of clusters up to which each cluster is open. */
const openClusters = 3;

/** Returns a time as seconds after the start of the run, or as a time of day for a time before the start. */
const timeText = (since: string, startedAt: string, command: Report["command"]): string => {
  const seconds = (Date.parse(since) - Date.parse(startedAt)) / 1000;
  // The API's times are whole seconds.
  if (command !== "report" && seconds > -1) return `+${duration(Math.max(0, Math.round(seconds)))}`;
  return `${since.slice(0, 10) === startedAt.slice(0, 10) ? "" : `${since.slice(0, 10)} `}${since.slice(11, 19)}`;
};

type TimeOf = (since: string) => string;

const mark = (isGood: boolean): Html =>
  isGood
    ? html`<span class="ok" role="img" aria-label="good">✓</span>`
    : html`<span class="no" role="img" aria-label="not good">✗</span>`;

const conditionHtml = ({ type, status, isGood, since, message }: ReportCondition, timeOf: TimeOf): Html => {
  const time = since && html` <time>${timeOf(since)}</time>`;
  if (isGood) return html`<li>${type}${time}</li>`;
  return html`<li class="bad">${type}=${status}${time}${message && html`<span class="msg">${message}</span>`}</li>`;
};

/** Returns the conditions of an object: bad conditions first, then in the order of their times. Conditions that are False, as they should be, are one entry without a time. */
const conditionsHtml = (conditions: readonly ReportCondition[], timeOf: TimeOf): Html | null => {
  if (conditions.length === 0) return null;
  const isQuiet = ({ isGood, status }: ReportCondition): boolean => isGood && status !== "True";
  const quiet = conditions.filter(isQuiet).map(({ type }) => type);
  const shown = conditions
    .filter((condition) => !isQuiet(condition))
    .sort(
      (left, right) =>
        Number(left.isGood) - Number(right.isGood) ||
        ((left.since ?? "") < (right.since ?? "") ? -1 : left.since === right.since ? 0 : 1),
    );
  return html`<ul class="conds">
    ${shown.map((condition) => conditionHtml(condition, timeOf))}${
      quiet.length > 0 && html`<li class="quiet">not ${quiet.join(", ")}</li>`
    }
  </ul>`;
};

const objectHtml = (object: ReportObject, timeOf: TimeOf): Html => {
  const { kind, name, isReady, details, conditions, children } = object;
  return html`<li>
    ${mark(isReady)} <b>${kind}</b>
    <span class="mono">${name}</span>
    ${details && html`<span class="dim">${details}</span>`}${conditionsHtml(conditions, timeOf)}${
      children.length > 0 &&
      html`<ul class="tree">
        ${children.map((child) => objectHtml(child, timeOf))}
      </ul>`
    }
  </li>`;
};

const count = (object: ReportObject): number => object.children.reduce((total, child) => total + count(child), 1);

const stateText = ({ isReady }: ReportCluster): string =>
  isReady === null ? "did not answer" : isReady ? "ready" : "not ready";

const clusterHtml = (cluster: ReportCluster, timeOf: TimeOf, isOpen: boolean): Html => {
  const { name, namespace, isReady, objects, nodes } = cluster;
  const facts = [
    namespace === null ? "management cluster" : `namespace ${namespace}`,
    nodes ? counted(nodes.length, "node") : "",
    nodes?.[0]?.version ?? "",
    objects.length > 0
      ? counted(
          objects.reduce((total, object) => total + count(object), 0),
          "object",
        )
      : "",
  ];
  const head = html`<span class="state ${isReady === null ? "" : isReady ? "good" : "poor"}"
      >${stateText(cluster)}</span
    >
    <b>${name}</b> <span class="dim">${facts.filter(Boolean).join(" · ")}</span>`;
  if (objects.length === 0) return html`<div class="cluster plain">${head}</div>`;
  return html`<details class="cluster" ${isOpen && html` open`}>
    <summary>${head}</summary>
    <ul class="tree top">
      ${objects.map((object) => objectHtml(object, timeOf))}
    </ul>
  </details> `;
};

/** Returns the clusters, each with the tree of its Cluster API objects and their conditions. */
export const clustersSection = (report: Report): Html | null => {
  const { clusters, startedAt, command } = report;
  if (clusters.length === 0) return null;
  const timeOf = (since: string): string => timeText(since, startedAt, command);
  const workload = clusters.filter(({ isManagement }) => !isManagement);
  const ready = workload.filter(({ isReady }) => isReady === true).length;
  const silent = workload.filter(({ isReady }) => isReady === null).length;
  const summary =
    silent === workload.length
      ? "The management cluster did not answer, so the report does not know the clusters' conditions."
      : `${ready} of ${counted(workload.length, "workload cluster")} ${ready === 1 && workload.length === 1 ? "is" : "are"} ready.`;
  const times =
    command === "report"
      ? "The time is the time of day (UTC) at which the condition became what it is."
      : "The time is the time from the start of the run until the condition became what it is. Earlier times are times of day (UTC).";
  return html`<section id="clusters" aria-labelledby="h-clusters">
    <h2 id="h-clusters">Clusters</h2>
    <p>${summary} ${silent < workload.length && times}</p>
    ${clusters.map((cluster) => clusterHtml(cluster, timeOf, cluster.isReady === false || workload.length <= openClusters))}
  </section>`;
};
