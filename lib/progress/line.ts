import { currentText, type TimedPhase } from "./phase";

/** A line of the view: the name of a cluster, and its phases. */
export interface Row {
  name: string;
  phases: readonly TimedPhase[];
}

const arrow = " › ";

/** Returns the text cut to a number of columns. */
export const cut = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`.slice(0, Math.max(0, columns));

/** Returns the seconds as people read them: `44 s`, `2 min 05 s`. */
export const secondsText = (seconds: number): string => {
  const whole = Math.floor(seconds);
  if (whole < 120) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
};

/**
 * Returns the line of a cluster for a terminal: the phases that are done with their seconds, then the current phase. In a
 * narrow terminal the earliest phases are left out first, and then the current phase is cut.
 *
 * @param columns width of the terminal in characters
 * @param width characters of the longest name
 */
export const rowText = ({ name, phases }: Row, columns: number, width = name.length): string => {
  const index = phases.findIndex(({ isDone }) => !isDone);
  const current = phases[index];
  const done = (current === undefined ? phases : phases.slice(0, index)).map(({ name: phase, seconds }) =>
    seconds === undefined ? phase : `${phase} ${secondsText(seconds)}`,
  );
  const last = current === undefined ? "ready" : `${currentText(current)}${current.note ? `, ${current.note}` : ""}`;
  const head = `${name.padEnd(Math.min(width, Math.max(8, Math.floor(columns / 4))))}  `;
  const room = columns - head.length;
  const parts = [...done, last];
  while (parts.length > 1 && `…${arrow}${parts.join(arrow)}`.length > room) parts.shift();
  const text = parts.join(arrow);
  const isWhole = parts.length === done.length + 1;
  return cut(`${head}${isWhole ? "" : `…${arrow}`}${text}`, columns);
};

/**
 * Returns the rows that fit on a terminal: those that are not ready first, in their order, and a line that counts the
 * others.
 */
export const fitRows = (rows: readonly Row[], limit: number): { rows: Row[]; rest: string | undefined } => {
  if (rows.length <= limit) return { rows: [...rows], rest: undefined };
  const isReady = ({ phases }: Row): boolean => phases.every(({ isDone }) => isDone);
  const ordered = [...rows.filter((row) => !isReady(row)), ...rows.filter(isReady)];
  const shown = ordered.slice(0, Math.max(1, limit - 1));
  const hidden = ordered.slice(shown.length);
  const ready = hidden.filter(isReady).length;
  return {
    rows: rows.filter((row) => shown.includes(row)),
    rest: `and ${hidden.length} more: ${ready} ready, ${hidden.length - ready} not ready`,
  };
};
