import { isGroup } from "../resources";
import type { Report, ReportResource } from "../model";
import { labelOf } from "./labels";
import { counted, duration, html, type Html } from "./markup";

/** Maximum number of rows. The longest operations and the critical path stay. */
const mostRows = 45;

/** Shortest operation with a row: in seconds, and as a share of the run. */
const shortest = { seconds: 1, share: 0.025 };

interface Row {
  index: number;
  resource: ReportResource;
  start: number;
  end: number;
  isCritical: boolean;
}

const rowsOf = (report: Report): { rows: Row[]; hidden: number } => {
  const critical = new Set(report.criticalPath);
  const all = report.resources.flatMap((resource, index): Row[] => {
    const { type, start, end } = resource;
    if (start === null || isGroup(type)) return [];
    return [{ index, resource, start, end: end ?? report.seconds, isCritical: critical.has(index) }];
  });
  const limit = Math.max(shortest.seconds, shortest.share * report.seconds);
  const wanted = all.filter(
    ({ start, end, isCritical, resource }) => isCritical || resource.result !== "done" || end - start >= limit,
  );
  const weight = ({ isCritical, resource, start, end }: Row): number =>
    isCritical || resource.result === "failed" ? Infinity : end - start;
  const shown = [...wanted].sort((left, right) => weight(right) - weight(left)).slice(0, mostRows);
  return {
    rows: shown.sort((left, right) => left.start - right.start || left.end - right.end || left.index - right.index),
    hidden: all.length - shown.length,
  };
};

/** Returns a distance between marks, in seconds, so that a timeline has at most seven marks. */
const tickStep = (total: number): number =>
  [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200].find((step) => total / step <= 6) ?? 3600;

const percent = (part: number, total: number): number => Number(((part / total) * 100).toFixed(2));

/** Returns the style of a mark's text. The text of a late mark ends at the mark, so that a small screen shows all of it. */
const placeOf = (tick: number, total: number): string =>
  tick / total > 0.75 ? `right:${percent(total - tick, total)}%` : `left:${percent(tick, total)}%`;

const endings = { done: "", failed: "failed", unfinished: "not finished" };

const rowHtml = ({ resource, start, end, isCritical }: Row, total: number): Html => {
  const { result, part, operation } = resource;
  const width = Math.max(0.3, percent(end - start, total));
  const state = endings[result ?? "done"];
  const kind = result === "failed" || result === "unfinished" ? " bad" : isCritical ? " crit" : "";
  return html`<li class="row${kind}">
    <span class="what"
      ><span class="name">${labelOf(resource)}</span>
      <span class="dim">${part}${operation === "create" ? "" : `, ${operation}`}</span></span
    >
    <span class="track"
      ><span
        class="bar"
        style="margin-left:${Math.min(99.5, percent(start, total))}%;width:${Math.min(width, 100)}%"
      ></span
    ></span>
    <span class="took">${duration(end - start)}${state && ` · ${state}`}</span>
  </li>`;
};

/** Returns the sentence about the critical path. */
const pathSummary = (report: Report): string => {
  if (report.criticalPath.length === 0) return "No operation of the run ended.";
  const bars = report.criticalPath.flatMap((index) => report.resources[index] ?? []);
  const busy = bars.reduce((total, { start, end }) => total + ((end ?? report.seconds) - (start ?? 0)), 0);
  return `The critical path has ${counted(bars.length, "operation")}, which took ${duration(busy)} of ${duration(report.seconds)}.`;
};

const pathRow = (report: Report, index: number, position: number): Html => {
  const resource = report.resources[index];
  const before = report.resources[report.criticalPath[position - 1] ?? -1];
  if (resource === undefined) return html``;
  const start = resource.start ?? 0;
  const end = resource.end ?? report.seconds;
  const waited = Math.max(0, start - (before?.end ?? 0));
  return html`<tr>
    <td>${labelOf(resource)}</td>
    <td class="num">${duration(start)}</td>
    <td class="num">${duration(end - start)}</td>
    <td class="num">${waited >= 0.1 ? duration(waited) : ""}</td>
  </tr>`;
};

const pathTable = (report: Report): Html | null =>
  report.criticalPath.length === 0
    ? null
    : html`<details>
        <summary>Critical path as a table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Critical path">
          <table>
            <thead>
              <tr>
                <th scope="col">operation</th>
                <th scope="col" class="num">began at</th>
                <th scope="col" class="num">took</th>
                <th scope="col" class="num">wait before</th>
              </tr>
            </thead>
            <tbody>
              ${report.criticalPath.map((index, position) => pathRow(report, index, position))}
            </tbody>
          </table>
        </div>
      </details>`;

/** Returns the timeline of a run, and the table of its critical path. */
export const timelineSection = (report: Report): Html | null => {
  const { rows, hidden } = rowsOf(report);
  if (rows.length === 0) return null;
  const total = Math.max(report.seconds, ...rows.map(({ end }) => end), 0.1);
  const step = tickStep(total);
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
  return html`<section id="timeline" aria-labelledby="h-timeline">
    <h2 id="h-timeline">Timeline</h2>
    <p>
      ${pathSummary(report)}
      ${hidden > 0 && `${counted(hidden, "shorter operation")} ${hidden === 1 ? "is" : "are"} in the list of resources.`}
    </p>
    <p class="key">
      <span><i class="bar crit"></i>critical path</span> <span><i class="bar"></i>other operations</span>${
        rows.some(({ resource }) => resource.result !== "done") &&
        html` <span><i class="bar bad"></i>failed or not finished</span>`
      }
    </p>
    <div class="axis" aria-hidden="true">
      <span class="marks"
        >${ticks
          .filter((tick) => tick / total <= 0.97)
          .map(
            (tick) => html`<span style="${placeOf(tick, total)}">${tick === 0 ? "0 s" : duration(tick)}</span>`,
          )}</span
      >
    </div>
    <ol class="rows" style="--tick:${percent(step, total)}%">
      ${rows.map((row) => rowHtml(row, total))}
    </ol>
    ${pathTable(report)}
  </section>`;
};
