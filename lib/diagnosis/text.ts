/** Lines of one screen. */
export const screen = 24;

/**
 * Returns a message as one line of at most `limit` characters. It shortens the middle, since programs put the cause at
 * the end.
 */
export const brief = (text: string, limit: number): string => {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= limit) return line;
  const half = Math.floor((limit - 3) / 2);
  return `${line.slice(0, limit - 3 - half)} … ${line.slice(-half)}`;
};

/**
 * Returns at most `limit` lines. It omits lines in the middle: the first lines name the object and the last lines the
 * cause.
 */
export const fit = (lines: readonly string[], limit = screen): string[] => {
  if (lines.length <= limit) return [...lines];
  const head = Math.floor(limit / 3);
  const tail = limit - head - 1;
  return [...lines.slice(0, head), `  … ${lines.length - head - tail} lines more …`, ...lines.slice(-tail)];
};
