/** Columns of a line; a terminal's usual width is less, but it folds lines by itself. */
const columns = 200;

/** One screen. */
export const screen = 24;

/** A message as one line of at most `limit` characters: its end is what programs say last, so the middle goes. */
export const brief = (text: string, limit = columns): string => {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= limit) return line;
  const half = Math.floor((limit - 3) / 2);
  return `${line.slice(0, limit - 3 - half)} … ${line.slice(-half)}`;
};

/** At most so many lines; what goes lies in the middle, since the first says what and the last say why. */
export const fit = (lines: readonly string[], limit = screen): string[] => {
  if (lines.length <= limit) return [...lines];
  const head = Math.floor(limit / 3);
  const tail = limit - head - 1;
  return [...lines.slice(0, head), `  … ${lines.length - head - tail} lines more …`, ...lines.slice(-tail)];
};
