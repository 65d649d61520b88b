/** Quotes a text for a POSIX shell, which then reads all its characters as they are. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
