import type { PartPlan } from "./step";

/** Maximum number of reasons per part; `ARGS=--json` shows all. */
const shownReasons = 8;

/** Returns a plan as a table: part, change, reasons and losses. */
export const planTable = (parts: readonly PartPlan[]): string[] => {
  const rows = parts.flatMap(({ part, change, reasons, lost }) => {
    const rest = reasons.length - shownReasons;
    const texts = [
      ...lost.map((text) => `LOST: ${text}`),
      ...reasons.slice(0, shownReasons),
      ...(rest > 0 ? [`and ${rest} more (ARGS=--json)`] : []),
    ];
    return (texts.length > 0 ? texts : [""]).map((text, line) => (line === 0 ? [part, change, text] : ["", "", text]));
  });
  const all = [["part", "change", "reasons"], ...rows];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  return all.map(([part = "", change = "", text = ""]) =>
    `${part.padEnd(first)}  ${change.padEnd(second)}  ${text}`.trimEnd(),
  );
};

/** Returns the summary below the table. */
export const planSummary = (parts: readonly PartPlan[]): string => {
  const count = (...changes: string[]): number => parts.filter(({ change }) => changes.includes(change)).length;
  const heavy = count("replaced", "destroyed");
  if (heavy > 0) return `${heavy === 1 ? "1 part is" : `${heavy} parts are`} replaced or destroyed: read what is lost`;
  const changes = parts.length - count("unchanged");
  return changes === 0
    ? "no change"
    : `${changes === 1 ? "1 part changes" : `${changes} parts change`}; nothing is lost`;
};
