import type { Report } from "../model";
import { clustersSection } from "./clusters";
import { counted, duration, html, Html, sentence } from "./markup";
import { networkSection } from "./network";
import { style } from "./style";
import { machinesSection, operationsSection, resourcesSection, urlsSection, versionsSection } from "./tables";
import { timelineSection } from "./timeline";

/** Nothing is loaded, and no script runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Path of Slipway's guides from the folder of the reports. */
const guides = "../../docs/guides";

const stateOf = ({ command, succeeded, interrupted, clusters }: Report): { text: string; kind: string } => {
  if (interrupted) return { text: "killed", kind: "poor" };
  if (!succeeded) return { text: "failed", kind: "poor" };
  if (command !== "report") return { text: "succeeded", kind: "good" };
  const isReady = clusters.every((cluster) => cluster.isReady === true);
  return isReady ? { text: "ready", kind: "good" } : { text: "not ready", kind: "poor" };
};

const failureSection = ({ failure }: Report): Html | null =>
  failure &&
  html`<section id="failure" class="alarm" aria-labelledby="h-failure">
    <h2 id="h-failure">What stopped the run</h2>
    <pre>${failure.lines.join("\n")}</pre>
    ${
      failure.remedies.length > 0 &&
      html`<h3>What helps</h3>
        <ul>
          ${failure.remedies.map((line) => html`<li>${sentence(line)}</li>`)}
        </ul>`
    }
    <p>
      See <a href="${guides}/troubleshooting.md">troubleshooting</a> and <a href="${guides}/recover.md">recover</a>.
    </p>
  </section>`;

const warningsSection = ({ warnings, missing }: Report): Html | null =>
  warnings.length + missing.length === 0
    ? null
    : html`<section id="warnings" class="warn" aria-labelledby="h-warnings">
        <h2 id="h-warnings">Warnings</h2>
        <ul>
          ${warnings.map((line) => html`<li>${sentence(line)}</li>`)}${missing.map((line) => html`<li>not in this report: ${sentence(line)}</li>`)}
        </ul>
      </section>`;

/** Past participles of Pulumi's operations. */
const participles: Readonly<Record<string, string>> = {
  ...{ create: "created", update: "updated", replace: "replaced", delete: "deleted", import: "imported" },
};

/** Counts the changed resources in words: `179 created, 2 updated`. */
const changesText = ({ operations }: Report): string => {
  const counts = new Map<string, number>();
  for (const { operation, done } of operations)
    if (operation in participles && done > 0) counts.set(operation, (counts.get(operation) ?? 0) + done);
  return (
    [...counts].map(([operation, count]) => `${count} ${participles[operation] ?? operation}`).join(", ") || "none"
  );
};

const factsList = (report: Report): Html => {
  const { command, seconds, clusters, containers } = report;
  const workload = clusters.filter(({ isManagement }) => !isManagement);
  const ready = workload.filter(({ isReady }) => isReady === true).length;
  const facts = [
    ...(command === "report" ? [] : [["duration", duration(seconds)] as const]),
    ...(command === "report" ? [] : [["changes", changesText(report)] as const]),
    ...(workload.some(({ isReady }) => isReady !== null)
      ? [["ready clusters", `${ready} of ${workload.length}`] as const]
      : []),
    ...(containers && containers.length > 0 ? [["containers", `${containers.length}`] as const] : []),
    ["resources", `${report.resources.length}`] as const,
  ];
  return html`<dl class="facts top-facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
};

const titles: Readonly<Record<string, string>> = {
  failure: "What stopped the run",
  warnings: "Warnings",
  urls: "Addresses",
  clusters: "Clusters",
  timeline: "Timeline",
  operations: "Planned and done",
  network: "Network",
  machines: "Machines",
  versions: "Versions",
  resources: "Resources",
};

/** Returns a report as one HTML file, which loads nothing and has no script. */
export const renderReport = (report: Report): string => {
  const { command, stack, startedAt } = report;
  const sections: Readonly<Record<string, Html | null>> = {
    failure: failureSection(report),
    warnings: warningsSection(report),
    urls: urlsSection(report),
    clusters: clustersSection(report),
    timeline: timelineSection(report),
    operations: operationsSection(report),
    network: networkSection(report),
    machines: machinesSection(report),
    versions: versionsSection(report),
    resources: resourcesSection(report),
  };
  const shown = Object.entries(sections).filter(([, section]) => section !== null);
  const state = stateOf(report);
  const title = command === "report" ? `Stack ${stack}` : `${command} of stack ${stack}`;
  const heading = command === "report" ? html`Stack ${stack}` : html`slipway ${command} · ${stack}`;
  const time = `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}: ${state.text}</title>

        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${heading} <span class="state ${state.kind}">${state.text}</span></h1>
          <p class="dim">
            ${command === "report" ? "read at" : "started at"} <time datetime="${startedAt}">${time}</time>
          </p>
          <nav aria-label="Sections">
            <ul>
              ${shown.map(([id]) => html`<li><a href="#${id}">${titles[id]}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>${factsList(report)} ${shown.map(([, section]) => section)}</main>
        <footer>
          Written by Slipway. This file loads nothing and has no secrets:
          <a href="${guides}/report.md">about reports</a>. ${counted(report.resources.length, "resource")}.
        </footer>
      </body>
    </html> `.text;
};
