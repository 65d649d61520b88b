import { expect, test } from "@jest/globals";
import { linePlot } from "./linePlot";

test("a plot has a line, a dot for each point and a name for each series", () => {
  const svg = linePlot("time", "s", {
    up: [
      [1, 10],
      [50, 100],
    ],
    preview: [[1, 5]],
  });
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(3);
  expect(svg).toContain('points="');
  expect(svg).toContain(">preview</text>");
  // The largest value touches the top, zero the bottom.
  expect(svg).toContain('cx="470.0" cy="30.0"');
});

test.each([
  [1, ["0", "0.1", "1"]],
  [100, ["0", "10", "100"]],
  [270, ["0", "50", "250"]],
])("an axis up to %d has round numbers", (most, labels) => {
  const svg = linePlot("t", "s", { a: [[1, most]] });
  for (const label of labels) expect(svg).toContain(`dominant-baseline="middle">${label}</text>`);
});
