// Entry point of the command line: `node scripts/run.cjs cli/main.ts COMMAND [arguments]`. scripts/slipway calls it.
// Help and checks do not load the code of commands; `load` of a definition does.
import { messageOf } from "../lib/base/errors";
import { printableLines } from "../lib/base/problem";
import { programOf } from "./commandLine/help";
import { finishOutput, guardOutput } from "./commandLine/output";
import { findCommand, parseInvocation, refuseSurplus } from "./commandLine/parse";
import { UsageError } from "./commandLine/usageError";
import { commands } from "./commands";

/** Prints the help of the program, or of one command. */
const showHelp = (name?: string): number => {
  const program = programOf(commands);
  (program.commands.find((command) => command.name() === name) ?? program).outputHelp();
  return 0;
};

const main = async ([name, ...args]: string[]): Promise<number> => {
  if (name === "--help" || name === "-h" || name === "help") {
    const [topic, surplus] = args.filter((word) => word !== "--help" && word !== "-h");
    const command = topic === undefined || topic === "help" ? undefined : findCommand(commands, topic).name;
    refuseSurplus("help", 1, surplus);
    return showHelp(command);
  }
  if (name === "--version" || name === "-V") {
    refuseSurplus(name, 0, args[0]);
    const { versionLines } = await import("./commandLine/version.ts");
    process.stdout.write(`${versionLines().join("\n")}\n`);
    return 0;
  }
  if (name === undefined) throw new UsageError("expected a command, got nothing. See slipway --help.");
  const definition = findCommand(commands, name, args);
  const invocation = parseInvocation(definition, args);
  if (invocation === "help") return showHelp(definition.name);
  const { runCommand } = await import("./commandLine/run.ts");
  return runCommand(definition, invocation, commands);
};

/** Prints an error and returns its exit code. */
const report = (error: unknown): number => {
  // Users need the message; the stack trace is for developers of Slipway.
  const trace = process.env.SLIPWAY_TRACE && error instanceof Error ? error.stack : undefined;
  process.stderr.write(`slipway: ${printableLines(trace ?? messageOf(error))}\n`);
  return error instanceof UsageError ? 2 : 1;
};

guardOutput();
void main(process.argv.slice(2))
  .catch(report)
  .then(finishOutput)
  .then((code) => process.exit(code));
