/** Titles of the sections at the end of Pulumi's output. */
const title = /^(Diagnostics|Outputs|Policies|Resources|Duration):/;

/** Sections that the view prints. Slipway prints the outputs itself. */
const printed: readonly string[] = ["Diagnostics", "Policies", "Resources", "Duration"];

/** Warning for each of Slipway's plugins, which are in PATH by design. */
const ownPlugin = /^ *warning: using pulumi-(language|resource)-\S+ from \$PATH at /;

/** Lines of the output that are printed if Pulumi ended without its usual sections. */
const shown = 200;

/** Removes empty lines at both ends, and empty lines after another empty line. */
const compact = (lines: readonly string[]): string[] => {
  const kept = lines.filter((line, index) => line.trim() !== "" || (lines[index - 1] ?? "").trim() !== "");
  while (kept.length > 0 && kept[0]!.trim() === "") kept.shift();
  while (kept.length > 0 && kept.at(-1)!.trim() === "") kept.pop();
  return kept;
};

/**
 * Returns the end of Pulumi's output that users need after a run with a view: errors, warnings and messages of the
 * program, the counts of resources, and the time. A run that failed before its end has no sections; then the last lines
 * are returned.
 */
export const outputEnd = (text: string, hasFailed: boolean): string[] => {
  const lines = text.split(/\r?\n/).filter((line) => !ownPlugin.test(line));
  const starts = lines.flatMap((line, index) => (title.test(line) ? [index] : []));
  const sections = starts.map((start, index) => lines.slice(start, starts[index + 1] ?? lines.length));
  const wanted = sections.filter(([head = ""]) => printed.includes(title.exec(head)?.[1] ?? ""));
  const hasReason = wanted.some(([head = ""]) => head.startsWith("Diagnostics"));
  if (hasFailed && !hasReason) return compact(lines.slice(-shown));
  // Pulumi lists every resource with messages; a resource whose messages were all left out has none.
  return compact(wanted.flatMap(withoutEmptyResources));
};

/** Removes the names of resources without a message, and a section without any. */
const withoutEmptyResources = (section: readonly string[]): string[] => {
  if (!section[0]?.startsWith("Diagnostics")) return [...section, ""];
  const isName = (line: string | undefined): boolean => /^ {2}\S.*:$/.test(line ?? "");
  const kept = section.filter((line, index) => {
    if (!isName(line)) return true;
    const next = section.slice(index + 1).find((later) => later.trim() !== "");
    return next !== undefined && !isName(next);
  });
  return kept.some((line, index) => index > 0 && line.trim() !== "") ? [...kept, ""] : [];
};
