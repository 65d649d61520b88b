/** Points of a series: x and y. */
export type Series = readonly (readonly [number, number])[];

const [width, height, left, bottom, top, right] = [640, 320, 50, 30, 30, 170];
const colours = ["#1f4e79", "#c55a11", "#548235", "#7f6000"];

/** Lines through points as SVG, both axes from zero. */
export const linePlot = (title: string, unit: string, series: Readonly<Record<string, Series>>): string => {
  const points = Object.values(series).flat();
  const most = (index: 0 | 1): number => Math.max(1, ...points.map((point) => point[index]));
  const [mostX, mostY] = [most(0), most(1)];
  const x = (value: number): string => (left + (value / mostX) * (width - left - right)).toFixed(1);
  const y = (value: number): string => (height - bottom - (value / mostY) * (height - bottom - top)).toFixed(1);
  const step = niceStep(mostY);
  const levels = Array.from({ length: Math.floor(mostY / step) + 1 }, (_, index) => index * step);
  const grid = levels.map(
    (level) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(level)}" y2="${y(level)}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${y(level)}" text-anchor="end" dominant-baseline="middle">${level}</text>`,
  );
  const places = [...new Set(points.map(([place]) => place))];
  const labels = places.map(
    (place) => `<text x="${x(place)}" y="${height - bottom + 16}" text-anchor="middle">${place}</text>`,
  );
  const lines = Object.entries(series).map(([name, own], index) => {
    const colour = colours[index % colours.length];
    const path = own.map(([place, value]) => `${x(place)},${y(value)}`).join(" ");
    const dots = own.map(([place, value]) => `<circle cx="${x(place)}" cy="${y(value)}" r="3" fill="${colour}"/>`);
    const legend = `<text x="${width - right + 10}" y="${top + 16 * (index + 1)}" fill="${colour}">${name}</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${legend}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="8" y="16" font-size="13">${title} (${unit})</text>`,
    ...grid,
    ...labels,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
};

/** A step of 1, 2 or 5 times a power of ten that gives five to ten lines. */
const niceStep = (most: number): number => {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 10) ?? most;
};
