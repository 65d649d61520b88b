import { describe, expect, test } from "@jest/globals";
import { stepsIn } from "./events";
import { fullJourneys, randomJourney, shortJourneys } from "./journeys";
import { isReached, type Outcome, pick, placeText, type Point } from "./point";
import { tableOf } from "./table";

const urn = (name: string): string => `urn:pulumi:dev::slipway::command:local:Command::${name}`;
const begins = (name: string, op = "create"): string =>
  JSON.stringify({ resourcePreEvent: { metadata: { op, urn: urn(name) } } });
const ends = (name: string, op = "create"): string =>
  JSON.stringify({ resOutputsEvent: { metadata: { op, urn: urn(name) } } });

describe("the engine's log", () => {
  test("tells beginnings and ends; other events and a line that is being written are left out", () => {
    const text = `${begins("a")}\n{"stdoutEvent":{}}\n${ends("a")}\n{"resourcePre`;
    expect(stepsIn(text)).toEqual([
      { moment: "begins", op: "create", name: "a" },
      { moment: "done", op: "create", name: "a" },
    ]);
  });
});

describe("a place", () => {
  const place = { moment: "done", resource: /^a$/ } as const;
  test.each([
    ["is reached by its resource's end", [ends("a")], true],
    ["not by its beginning", [begins("a")], false],
    ["not by another resource", [ends("ab")], false],
    ["by one that an earlier run has done", [ends("a", "same")], true],
  ])("%s", (_, lines, reached) => expect(isReached(place, stepsIn(`${lines.join("\n")}\n`), 99)).toBe(reached));

  test("of seconds is reached by them alone", () => {
    expect(isReached({ seconds: 5 }, [], 4.9)).toBe(false);
    expect(isReached({ seconds: 5 }, [], 5)).toBe(true);
  });

  test.each([
    [{ seconds: 5 }, "5 s after its start"],
    [{ moment: "done", resource: /^a\/b$/ } as const, "a/b done"],
    [{ moment: "begins", resource: /^a$/, later: 3 } as const, "a begins + 3 s"],
  ])("in words", (at, text) => expect(placeText(at)).toBe(text));
});

describe("journeys", () => {
  const all = [...fullJourneys, ...shortJourneys, randomJourney(7, 5)];

  test.each(all.map((journey) => [journey.name, journey] as const))("%s ends with a whole destroy", (_, { runs }) => {
    expect(runs.at(-1)?.verb).toBe("destroy");
    expect(runs.at(-1)?.point).toBeUndefined();
  });

  test("by name or point; a name there is not is refused with those there are", () => {
    expect(pick(fullJourneys, ["kill-all"]).map(({ name }) => name)).toEqual(["kill-all"]);
    expect(pick(fullJourneys, ["given-up-late-2"]).map(({ name }) => name)).toEqual(["given-up-late"]);
    expect(() => pick(fullJourneys, ["none"])).toThrow(/no fault none; there are kill-all/);
  });

  test("the full list has 12 resources for each signal and reach, the short one 6 points", () => {
    for (const signal of ["SIGINT", "SIGKILL"] as const)
      for (const reach of ["group", "all"] as const) {
        const points = fullJourneys.flatMap(({ runs }) =>
          runs.flatMap(({ verb, point }) => (verb === "up" && point) || []),
        );
        const of = points.filter((point) => point.signal === signal && point.reach === reach);
        expect(new Set(of.map(({ at }) => placeText(at).split(" ")[0])).size).toBeGreaterThanOrEqual(12);
      }
    expect(shortJourneys.flatMap(({ runs }) => runs.filter(({ point }) => point)).length).toBeGreaterThanOrEqual(6);
  });

  test("a seed is a journey: the same again, and another for another", () => {
    expect(randomJourney(7, 5)).toEqual(randomJourney(7, 5));
    expect(randomJourney(8, 5).runs).not.toEqual(randomJourney(7, 5).runs);
    const seconds = randomJourney(7, 50).runs.flatMap(({ point }) =>
      point && "seconds" in point.at ? point.at.seconds : [],
    );
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(52);
  });
});

describe("the table", () => {
  const point: Point = { name: "p", at: { seconds: 3 }, signal: "SIGKILL", reach: "all" };
  const outcome: Outcome = { journey: "j", fault: point, verb: "up", then: "destroy", after: 3, left: [] };
  const rows = (...outcomes: Outcome[]): string[] => tableOf(outcomes).split("\n").slice(2);

  test("one that survived", () =>
    expect(rows(outcome)).toEqual([
      "| j | up: 3 s after its start | 3 s | SIGKILL | all | destroy | nothing left |",
      "",
      "tried 1, survived 1, left over 0",
    ]));

  test("what a hand did", () =>
    expect(
      rows({ journey: "j", fault: { name: "kind is gone", does: () => undefined }, verb: "up", then: "destroy" })[0],
    ).toBe("| j | by hand: kind is gone |  |  |  | destroy | destroy did not end |"));

  test("failed ones, ones that left something, and ones whose destroy did not end", () => {
    const lines = rows(
      { ...outcome, failure: "a\nb" },
      { ...outcome, left: ["volume v"] },
      { ...outcome, left: ["volume v"] },
      { ...outcome, left: undefined },
    );
    expect(lines[0]).toContain("| failed: a b |");
    expect(lines[1]).toContain("| left: volume v |");
    expect(lines[3]).toContain("| destroy did not end |");
    expect(lines.at(-1)).toBe("tried 4, survived 2, left over 1");
  });
});
