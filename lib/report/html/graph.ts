import type { ReportResource } from "../model";
import { counted, html, type Html } from "./markup";

/** Sizes in pixels; the drawing fits a narrow screen. */
const width = 340;
const boxHeight = 30;
const rowHeight = 62;

/** Maximum boxes beside each other. */
const columns = 3;

/** Number of clusters up to which each cluster has a box. */
const shownClusters = 4;

/** Needs between parts, by part. */
type Needs = ReadonlyMap<string, ReadonlySet<string>>;

/** Returns the box of a resource: its part, or one box for many clusters. Plugins and the stack itself have none. */
const boxNames = (resources: readonly ReportResource[]): (string | undefined)[] => {
  const clusters = new Set(resources.map(({ part }) => part).filter((part) => part.startsWith("cluster ")));
  const joined = clusters.size > shownClusters ? counted(clusters.size, "cluster") : undefined;
  return resources.map(({ part }) => {
    if (["stack", "plugins", "other"].includes(part)) return undefined;
    return part.startsWith("cluster ") ? (joined ?? part) : part;
  });
};

const needsOf = (resources: readonly ReportResource[]): Needs => {
  const names = boxNames(resources);
  const needs = new Map<string, Set<string>>();
  resources.forEach((resource, index) => {
    const name = names[index];
    if (name === undefined) return;
    const wanted = resource.needs.flatMap((need) => names[need] ?? []).filter((other) => other !== name);
    needs.set(name, new Set([...(needs.get(name) ?? []), ...wanted]));
  });
  return needs;
};

/** Returns all parts that a part needs, directly or through other parts. */
const reach = (needs: Needs, part: string, seen = new Set<string>()): Set<string> => {
  for (const need of needs.get(part) ?? [])
    if (!seen.has(need)) {
      seen.add(need);
      reach(needs, need, seen);
    }
  return seen;
};

/** Returns the needs of a part that no other need of the part implies. */
const directNeeds = (needs: Needs, part: string): string[] => {
  const all = [...(needs.get(part) ?? [])];
  return all.filter((need) => !all.some((other) => other !== need && reach(needs, other).has(need)));
};

/** Returns the rows of boxes: a part is below all parts that the part needs, and as near as possible to its users. */
const rowsOf = (needs: Needs): string[][] => {
  const depth = (part: string, path: readonly string[] = []): number =>
    path.includes(part)
      ? 0
      : Math.max(0, ...[...(needs.get(part) ?? [])].map((need) => depth(need, [...path, part]) + 1));
  const levelOf = (part: string): number => {
    const users = [...needs.keys()].filter((user) => needs.get(user)?.has(part));
    const isFree = needs.get(part)?.size === 0 && users.length > 0;
    return isFree ? Math.max(0, Math.min(...users.map((user) => depth(user))) - 1) : depth(part);
  };
  const levels = new Map<number, string[]>();
  for (const part of needs.keys()) levels.set(levelOf(part), [...(levels.get(levelOf(part)) ?? []), part]);
  return [...levels]
    .sort(([left], [right]) => left - right)
    .flatMap(([, parts]) =>
      Array.from({ length: Math.ceil(parts.length / columns) }, (_, index) =>
        parts.slice(index * columns, (index + 1) * columns),
      ),
    );
};

interface Box {
  x: number;
  y: number;
  width: number;
}

const boxesOf = (rows: readonly string[][]): Map<string, Box> =>
  new Map(
    rows.flatMap((row, line) =>
      row.map((part, index): [string, Box] => {
        const place = width / row.length;
        const size = Math.min(place - 10, 190);
        return [part, { x: place * (index + 0.5) - size / 2, y: line * rowHeight + 1, width: size }];
      }),
    ),
  );

/** Returns a drawing of the parts of the stack: an arrow leads from each part to the parts that need the part. */
export const partsGraph = (resources: readonly ReportResource[]): Html | null => {
  const needs = needsOf(resources);
  if (needs.size < 2) return null;
  const rows = rowsOf(needs);
  const boxes = boxesOf(rows);
  const edges = [...needs.keys()].flatMap((part) => directNeeds(needs, part).map((need) => [need, part] as const));
  if (edges.length === 0) return null; // the state was not readable
  const line = ([from, to]: readonly [string, string]): Html => {
    const [start, end] = [boxes.get(from), boxes.get(to)];
    if (start === undefined || end === undefined) return html``;
    const [x1, y1] = [start.x + start.width / 2, start.y + boxHeight];
    const [x2, y2] = [end.x + end.width / 2, end.y - 3];
    return html`<path class="wire" marker-end="url(#tip)" d="M${x1.toFixed(0)} ${y1}L${x2.toFixed(0)} ${y2}" />`;
  };
  const label = edges.map(([from, to]) => `${to} ${/^\d/.test(to) ? "need" : "needs"} ${from}`).join("; ");
  return html`<svg
    class="graph"
    viewBox="0 0 ${width} ${rows.length * rowHeight - rowHeight + boxHeight + 2}"
    role="img"
    aria-label="Parts of the stack: ${label}"
  >
    <defs>
      <marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
        <path class="tip" d="M0 0L6 3L0 6z" />
      </marker>
    </defs>
    ${edges.map(line)}${[...boxes].map(
      ([part, { x, y, width: size }]) =>
        html`<rect
            class="box node"
            x="${x.toFixed(0)}"
            y="${y}"
            width="${size.toFixed(0)}"
            height="${boxHeight}"
            rx="6"
          /><text class="t1" text-anchor="middle" x="${(x + size / 2).toFixed(0)}" y="${y + 19}">
            ${part.length * 8 > size - 8 ? `${part.slice(0, Math.floor(size / 8) - 2)}…` : part}
          </text>`,
    )}
  </svg>`;
};
