import { type Outcome, placeText } from "./point";

/** How many points were tried, how many the next run went on from, and how many things were left. */
export interface Totals {
  tried: number;
  survived: number;
  leftOver: number;
}

const survived = ({ failure, left }: Outcome): boolean => failure === undefined && left !== undefined;

export const totalsOf = (outcomes: readonly Outcome[]): Totals => ({
  tried: outcomes.length,
  survived: outcomes.filter(survived).length,
  // Points of one journey share its end, so what it left counts once.
  leftOver: new Set(outcomes.flatMap(({ left = [] }) => left)).size,
});

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const resultOf = ({ failure, left }: Outcome): string => {
  if (failure !== undefined) return `failed: ${(/error: (.*)/.exec(failure)?.[1] ?? failure).slice(0, 120)}`;
  if (left === undefined) return "destroy did not end";
  return left.length === 0 ? "nothing left" : `left: ${left.join(", ")}`;
};

const faultCells = ({ fault, verb, after }: Outcome): string[] =>
  "at" in fault
    ? [`${verb}: ${placeText(fault.at)}`, after === undefined ? "" : `${after} s`, fault.signal, fault.reach]
    : [`by hand: ${fault.name}`, "", "", ""];

/** The outcomes as a table in markdown, with their totals in a line below. */
export const tableOf = (outcomes: readonly Outcome[]): string => {
  const rows = outcomes.map((outcome) => [
    outcome.journey,
    ...faultCells(outcome),
    outcome.then ?? "",
    resultOf(outcome),
  ]);
  const lines = [["journey", "interrupted", "after", "signal", "reach", "then", "result"], ...rows].map(
    (cells) => `| ${cells.map(cell).join(" | ")} |`,
  );
  const { tried, survived: went, leftOver } = totalsOf(outcomes);
  return [
    lines[0],
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines.slice(1),
    "",
    `tried ${tried}, survived ${went}, left over ${leftOver}`,
  ].join("\n");
};
