import { brief, fit } from "../text";
import { resourceText } from "./resourcePart";

/** The first failed resource in a run of Pulumi, and its error. */
export interface Failure {
  urn: string;
  message: string;
}

/** Pulumi's color marks. */
const colors = /<\{%.*?%\}>/g;

/** Format of a failed step in the command plugin: the exit code, the command line, then the output of the step. */
const step = /^(exit status \d+|signal: [\w ]+): running "((?:[^"\\]|\\.)*)":\s*/;

/** Start of a list with one error in the Kubernetes plugin. */
const listOfOne = /^1 error occurred:\s*\* /;

/** Maximum characters of a line: a message of the API may quote a whole object. */
const columns = 400;

/** Maximum lines of a failure. */
const shown = 12;

const plain = (message: string): string =>
  message
    .replace(colors, "")
    .trim()
    .replace(/^error: /, "")
    .replace(listOfOne, "")
    .replace(step, (_all, ending: string, command: string) => `${command} failed (${ending}):\n`)
    .trim();

/** Returns the text about the first failure: `first failure: <resource>: <message>`, with further lines indented. */
export const failureLines = ({ urn, message }: Failure): string[] => {
  const lines = plain(message)
    .split("\n")
    .map((line) => brief(line, columns))
    .filter(Boolean);
  const [head = "Pulumi gave no reason", ...rest] = lines;
  return [`first failure: ${resourceText(urn)}: ${head}`, ...fit(rest, shown).map((line) => `  ${line}`)];
};
