import type { Report, ReportCluster, ReportContainer } from "../model";
import { html, type Html } from "./markup";

/** Width of a drawing in pixels, which fits a narrow screen. */
const width = 340;

/** Height of a box with two lines. */
const boxHeight = 40;

const gap = 8;

/** Maximum characters of a line in a box. */
const columns = 44;

const short = (text: string): string => (text.length <= columns ? text : `${text.slice(0, 21)}…${text.slice(-22)}`);

interface Box {
  title: string;
  text: string;
  /** Class of the box in the style sheet. */
  kind: "node" | "lb" | "range" | "service";
}

const roles: Readonly<Record<string, string>> = { "external-load-balancer": "load balancer of the API" };

const containerBox = ({ name, role, addresses, isRunning }: ReportContainer): Box => ({
  title: name,
  text: [isRunning ? addresses.join(", ") || "no address" : "stopped", roles[role] ?? role].filter(Boolean).join(" · "),
  kind: role === "external-load-balancer" ? "lb" : "node",
});

const boxesOf = (cluster: ReportCluster, containers: readonly ReportContainer[]): Box[] => {
  const { loadBalancerRanges, services } = cluster;
  const range = loadBalancerRanges.join(", ");
  return [
    ...containers.map(containerBox),
    ...(range === "" ? [] : [{ title: range, text: "addresses for load balancers", kind: "range" as const }]),
    ...(services ?? []).map(({ namespace, name, addresses, ports }) => ({
      title: `${namespace}/${name}`,
      text: `${addresses.join(", ") || "no address yet"} · ${ports.join(", ")}`,
      kind: "service" as const,
    })),
  ];
};

const boxSvg = ({ title, text, kind }: Box, index: number, hasRange: boolean): Html => {
  const y = index * (boxHeight + gap) + 2;
  const isInRange = kind === "service" && hasRange;
  const x = isInRange ? 38 : 20;
  const line = isInRange
    ? html`<path class="wire" d="M28 ${y - gap - 1}V${y + boxHeight / 2}H${x}" />`
    : html`<path class="wire" d="M8 ${y + boxHeight / 2}H${x}" />`;
  return html`${line}<rect
      class="box ${kind}"
      x="${x}"
      y="${y}"
      width="${width - x - 2}"
      height="${boxHeight}"
      rx="6"
    /><text class="t1" x="${x + 10}" y="${y + 17}">${short(title)}</text
    ><text class="t2" x="${x + 10}" y="${y + 32}">${short(text)}</text>`;
};

const clusterSvg = (cluster: ReportCluster, containers: readonly ReportContainer[]): Html | null => {
  const boxes = boxesOf(cluster, containers);
  if (boxes.length === 0) return null;
  const height = boxes.length * (boxHeight + gap);
  const hasRange = boxes.some(({ kind }) => kind === "range");
  const last = boxes.filter(({ kind }) => !hasRange || kind !== "service").length - 1;
  const bus = last * (boxHeight + gap) + 2 + boxHeight / 2;
  const label = boxes.map(({ title, text }) => `${title}: ${text}`).join("; ");
  return html`<div class="net">
    <h4>${cluster.name}</h4>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${cluster.name}: ${label}">
      <path class="bus" d="M8 0V${Math.max(0, bus)}" />
      ${boxes.map((box, index) => boxSvg(box, index, hasRange))}
    </svg>
  </div>`;
};

/** Returns the drawing of the Docker network: its subnets, and the addresses of each cluster. */
export const networkSection = (report: Report): Html | null => {
  const { network, containers, clusters } = report;
  if (containers === null || (network === null && containers.length === 0)) return null;
  const known = clusters.map(({ name }) => name);
  const unlisted = [...new Set(containers.map(({ cluster }) => cluster).filter((name) => !known.includes(name)))];
  const all: ReportCluster[] = [
    ...clusters,
    ...unlisted.map((name): ReportCluster => ({
      ...{ name: name || "other containers", namespace: null, isManagement: false, isReady: null },
      ...{ loadBalancerRanges: [], objects: [], nodes: null, services: null },
    })),
  ];
  const drawings = all.map((cluster) =>
    clusterSvg(
      cluster,
      containers.filter((container) => container.cluster === (cluster.name === "other containers" ? "" : cluster.name)),
    ),
  );
  if (drawings.every((drawing) => drawing === null)) return null;
  return html`<section id="network" aria-labelledby="h-network">
    <h2 id="h-network">Network</h2>
    <div class="frame">
      <h3>Docker network ${network?.name ?? ""}</h3>
      <p class="mono">
        ${network ? [...network.subnets, ...network.gateways.map((address) => `gateway ${address}`)].join(" · ") : "not readable"}
      </p>
      <div class="nets">${drawings}</div>
    </div>
  </section>`;
};
