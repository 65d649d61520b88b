import { brief, fit } from "../text";
import { resourceText } from "./resourcePart";

/** The first resource that failed in a run of Pulumi, and what was said of it. */
export interface Failure {
  urn: string;
  message: string;
}

/** Pulumi's own marks for colors. */
const colors = /<\{%.*?%\}>/g;

/** How the command plugin reports a step: the exit code, the command line, then all that the step printed. */
const step = /^(exit status \d+|signal: [\w ]+): running "((?:[^"\\]|\\.)*)":\s*/;

/** How the Kubernetes plugin begins a list of one error. */
const listOfOne = /^1 error occurred:\s*\* /;

/** Characters of a line; a message of the API may quote a whole object. */
const columns = 400;

/** Lines of a failure. */
const shown = 12;

const plain = (message: string): string =>
  message
    .replace(colors, "")
    .trim()
    .replace(/^error: /, "")
    .replace(listOfOne, "")
    .replace(step, (_all, ending: string, command: string) => `${command} failed (${ending}):\n`)
    .trim();

/** What a user reads of the first failure: `first failure: <resource>: <message>`, further lines indented. */
export const failureLines = ({ urn, message }: Failure): string[] => {
  const lines = plain(message)
    .split("\n")
    .map((line) => brief(line, columns))
    .filter(Boolean);
  const [head = "Pulumi gave no reason", ...rest] = lines;
  return [`first failure: ${resourceText(urn)}: ${head}`, ...fit(rest, shown).map((line) => `  ${line}`)];
};
