import type { Bar } from "./timeline";

const rowHeight = 14;
const left = 330;
const width = 1000;
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * A Gantt chart as SVG: a row for each resource that took a second or more or is on the critical path, which is
 * drawn dark. Seconds run to the right.
 */
export const timelineSvg = (all: readonly Bar[], critical: ReadonlySet<string>, title: string): string => {
  const rows = all.filter(({ urn, start, end }) => end - start >= 1 || critical.has(urn));
  const total = Math.max(1, ...all.map(({ end }) => end));
  const x = (seconds: number): number => left + (seconds / total) * (width - left - 40);
  const height = (rows.length + 3) * rowHeight;
  const ticks = Array.from({ length: Math.floor(total / 10) + 1 }, (_, index) => index * 10);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${rowHeight * 2}" y2="${height}" stroke="#ddd"/>` +
      `<text x="${x(tick)}" y="${rowHeight * 1.8}" text-anchor="middle">${tick} s</text>`,
  );
  const lines = rows.map(({ urn, name, start, end }, index) => {
    const y = (index + 2.5) * rowHeight;
    const fill = critical.has(urn) ? "#1f4e79" : "#9dc3e6";
    const short = name.length > 52 ? `${name.slice(0, 24)}…${name.slice(-27)}` : name;
    return (
      `<text x="${left - 6}" y="${y + 9}" text-anchor="end">${escape(short)}</text>` +
      `<rect x="${x(start).toFixed(1)}" y="${y}" width="${Math.max(1.5, x(end) - x(start)).toFixed(1)}" height="${rowHeight - 4}" fill="${fill}"/>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="8" y="13" font-size="12">${escape(title)}</text>`,
    ...grid,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
};
