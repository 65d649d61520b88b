import type { Report, ReportResource } from "../model";
import { partsGraph } from "./graph";
import { labelOf } from "./labels";
import { type Content, counted, duration, html, type Html, link } from "./markup";

/**
 * Returns a table that can be scrolled sideways, also with the keyboard. On a narrow screen each row of a
 * wide table is a block with a line for each cell.
 */
const table = (label: string, head: readonly string[], rows: readonly (readonly Content[])[]): Html =>
  html`<div class="scroll${head.length > 4 && " cards"}" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td data-name="${head[index] ?? ""}">${cell !== "" && html`<div>${cell}</div>`}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;

const mono = (text: string): Html => html`<span class="mono">${text}</span>`;

/** Returns the addresses of the stack as links. */
export const urlsSection = ({ urls }: Report): Html | null =>
  urls.length === 0
    ? null
    : html`<section id="urls" aria-labelledby="h-urls">
        <h2 id="h-urls">Addresses of the stack</h2>
        <ul class="urls">
          ${urls.map(({ name, url }) => html`<li>${link(url)}${name && html` <span class="dim">${name}</span>`}</li>`)}
        </ul>
      </section>`;

/** Columns of the planned operations. A column without any number is left out. */
const endings = [
  ["planned", "planned"],
  ["done", "done"],
  ["failed", "failed"],
  ["unfinished", "not finished"],
  ["notReached", "not reached"],
] as const;

/** Returns the table of planned and done operations. */
export const operationsSection = ({ operations, succeeded }: Report): Html | null => {
  if (operations.length === 0) return null;
  const changed = operations.filter(({ operation }) => operation !== "same");
  const same = operations
    .filter(({ operation }) => operation === "same")
    .reduce((total, row) => total + row.planned, 0);
  const columns = endings.filter(([key]) => changed.some((row) => row[key] > 0));
  const rows = changed.map((row) => [row.part, row.operation, ...columns.map(([key]) => row[key] || "")]);
  const head = ["part", "operation", ...columns.map(([, name]) => name)];
  return html`<section id="operations" aria-labelledby="h-operations">
    <h2 id="h-operations">Planned and done</h2>
    <p>
      ${changed.length === 0 && "The run changed nothing. "}${same > 0 && `${counted(same, "resource")} stayed the same. `}${
        !succeeded &&
        "The plan has the operations that Pulumi began, and the resources of the state that the run did not reach. Pulumi does not know resources that wait for a failed resource and were never created."
      }
    </p>
    ${rows.length > 0 && table("Planned and done operations", head, rows)}
  </section>`;
};

/** Returns the table of nodes and containers. */
export const machinesSection = ({ containers, clusters }: Report): Html | null => {
  const nodes = clusters.flatMap(({ name, nodes: list }) => (list ?? []).map((node) => ({ ...node, cluster: name })));
  if ((containers ?? []).length === 0 && nodes.length === 0) return null;
  return html`<section id="machines" aria-labelledby="h-machines">
    <h2 id="h-machines">Machines and containers</h2>
    ${
      containers &&
      containers.length > 0 &&
      table(
        "Containers",
        ["container", "cluster", "role", "addresses", "published ports", "image"],
        containers.map(({ name, cluster, role, addresses, ports, image, isRunning }) => [
          html`${mono(name)}${!isRunning && html` <span class="no">stopped</span>`}`,
          cluster,
          role,
          mono(addresses.join(", ")),
          mono(ports.join(", ")),
          mono(image),
        ]),
      )
    }
    ${
      nodes.length > 0 &&
      html`<h3>Nodes</h3>
        ${table(
          "Nodes",
          ["node", "cluster", "state", "version", "addresses"],
          nodes.map(({ name, cluster, isReady, version, addresses }) => [
            mono(name),
            cluster,
            isReady ? html`<span class="ok">✓</span> Ready` : html`<span class="no">✗</span> not Ready`,
            version,
            mono(addresses.join(", ")),
          ]),
        )}`
    }
  </section>`;
};

/** Returns the versions, and the images with their digests. */
export const versionsSection = ({ versions, images }: Report): Html | null => {
  if (versions.length === 0 && images.length === 0) return null;
  const rows = versions.map(
    ({ name, version }) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${version}</dd>
      </div>`,
  );
  return html`<section id="versions" aria-labelledby="h-versions">
    <h2 id="h-versions">Versions and images</h2>
    ${rows.length > 0 && html`<dl class="facts">${rows}</dl>`}
    ${
      images.length > 0 &&
      html`<details>
        <summary>${counted(images.length, "image")} with digests</summary>
        ${table(
          "Images",
          ["image", "digest"],
          images.map(({ image, digest }) => [mono(image), digest === "" ? "" : mono(digest)]),
        )}
      </details>`
    }
  </section>`;
};

const resourceHtml = (resource: ReportResource, all: readonly ReportResource[]): Html => {
  const { operation, result, start, end, needs } = resource;
  const took = start !== null && end !== null && end - start >= 0.1 ? ` ${duration(end - start)}` : "";
  const state = result === "failed" ? ", failed" : result === "unfinished" ? ", not finished" : "";
  const done = operation === null ? "not reached" : `${operation}${took}${state}`;
  const needed = needs.flatMap((index) => all[index] ?? []).filter(({ type }) => !type.startsWith("pulumi:providers:"));
  return html`<li>
    ${labelOf(resource)} <span class="dim">${operation === null ? "" : done}</span>${
      needed.length > 0 && html`<span class="needs">needs ${needed.map(labelOf).join(", ")}</span>`
    }
  </li> `;
};

/** Returns all resources by part, each after the resources that it needs. */
export const resourcesSection = ({ resources }: Report): Html | null => {
  if (resources.length === 0) return null;
  const parts = [...new Set(resources.map(({ part }) => part))];
  return html`<section id="resources" aria-labelledby="h-resources">
    <h2 id="h-resources">Resource graph</h2>
    <p>
      ${counted(resources.length, "resource")} in a stable order: each resource comes after the resources that it needs.
    </p>
    ${partsGraph(resources)}
    ${parts.map((part) => {
      const members = resources.filter((resource) => resource.part === part);
      return html`<details>
        <summary>
          <b>${part}</b>
          <span class="dim">${counted(members.length, "resource")}</span>
        </summary>
        <ol class="list">
          ${members.map((resource) => resourceHtml(resource, resources))}
        </ol>
      </details> `;
    })}
  </section>`;
};
