import { brief } from "./text";

/** Docker's provider reports each command that it runs in a container, spelled as here. */
const command = /^Running boo\w+ command \[ (.*?) \](?: \((\d+ of \d+)\))?/s;

const nameOf = (line: string): string => /kubeadm (init|join)/.exec(line)?.[0] ?? brief(line, 60);

/** The report with the command's name in place of its whole line, and without what it printed. */
export const withoutCommand = (message: string): string => {
  const [, line, step] = command.exec(message) ?? [];
  if (line === undefined) return message;
  if (step !== undefined) return `running ${nameOf(line)} (command ${step})`;
  const status = /exited with status: \d+/.exec(message)?.[0];
  return `${nameOf(line)} ${status ?? "failed"}`;
};

/** Said at every end, whatever it is. */
const always = /^(To see the stack trace|\[preflight\] If you know what|\[WARNING |\.\.\.$)/;

/** The last lines that a command complained with, where a report has some. */
export const lastWordsOf = (message: string, shown = 3): string[] => {
  if (!command.test(message)) return [];
  const [, errors = ""] = message.split(/^STDERR:\s*$/m);
  return errors
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s*/, "").trim())
    .filter((line) => line !== "" && !always.test(line))
    .slice(-shown)
    .map((line) => brief(line, 250));
};
