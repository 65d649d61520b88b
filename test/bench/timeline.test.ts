import { describe, expect, test } from "@jest/globals";
import { bars, criticalPath, type EngineEvent, pathSeconds, pathText, type StateResource } from "./timeline";
import { timelineSvg } from "./timelinePlot";

const urn = (name: string): string => `urn:pulumi:dev::slipway::command:local:Command::${name}`;
const begun = (timestamp: number, name: string, op = "create"): EngineEvent => ({
  timestamp,
  resourcePreEvent: { metadata: { op, urn: urn(name) } },
});
const done = (timestamp: number, name: string, op = "create"): EngineEvent => ({
  timestamp,
  resOutputsEvent: { metadata: { op, urn: urn(name) } },
});
const resource = (name: string, ...dependencies: string[]): StateResource => ({
  urn: urn(name),
  custom: true,
  dependencies: dependencies.map(urn),
});

const events = [
  { timestamp: 100 },
  begun(101, "kind"),
  begun(101, "image"),
  done(103, "image"),
  done(111, "kind"),
  begun(112, "app"),
  begun(112, "kept", "same"),
  done(112, "kept", "same"),
  done(120, "app"),
];
const state = [resource("kind"), resource("image"), resource("app", "kind", "image"), resource("kept")];

describe("a timeline", () => {
  test("has a bar for each resource that something was done to", () => {
    expect(bars(events).map(({ name, start, end }) => [name, start, end])).toEqual([
      ["image", 1, 3],
      ["kind", 1, 11],
      ["app", 12, 20],
    ]);
  });

  test("finds the chain that made the update long, and what waited in it", () => {
    const path = criticalPath(bars(events), state);
    expect(path.map(({ name, waited }) => [name, waited])).toEqual([
      ["kind", 1],
      ["app", 1],
    ]);
    expect(pathSeconds(path)).toBe(18);
    expect(pathText(path)).toBe(
      ["   1 -   11 s  kind  (after 1 s of nothing)", "  12 -   20 s  app  (after 1 s of nothing)"].join("\n"),
    );
  });

  test("goes on through a provider, which the state names with its id", () => {
    const resources = [resource("kind"), { ...resource("app"), provider: `${urn("kind")}::an-id` }];
    expect(criticalPath(bars(events), resources).map(({ name }) => name)).toEqual(["kind", "app"]);
  });

  test("a default provider, which is made for its first resource, is not what that waited for", () => {
    const late = [...events.slice(0, 5), begun(111, "default_1_2_1"), done(111.5, "default_1_2_1"), ...events.slice(5)];
    const resources = [
      resource("kind"),
      resource("default_1_2_1"),
      { ...resource("app", "kind"), provider: `${urn("default_1_2_1")}::an-id` },
    ];
    expect(criticalPath(bars(late), resources).map(({ name }) => name)).toEqual(["kind", "app"]);
  });

  test("draws a row for each, the critical ones dark", () => {
    const svg = timelineSvg(bars(events), new Set([urn("app")]), "an <up>");
    expect(svg.match(/fill="#1f4e79"/g)).toHaveLength(1);
    expect(svg.match(/fill="#9dc3e6"/g)).toHaveLength(2);
    expect(svg).toContain("an &lt;up&gt;");
  });
});
