// Entry point of the command line: `node scripts/run.cjs cli/main.ts COMMAND [arguments]`. scripts/slipway calls it.
// Help and checks do not load the code of commands; `load` of a definition does.
import { messageOf } from "../lib/base/errors";
import { findCommand, parseInvocation } from "./commandLine/parse";
import { programOf } from "./commandLine/help";
import { UsageError } from "./commandLine/usageError";
import { commands } from "./commands";

/** Prints the help of the program, or of one command. */
const showHelp = (name?: string): number => {
  const program = programOf(commands);
  (program.commands.find((command) => command.name() === name) ?? program).outputHelp();
  return 0;
};

const main = async ([name, ...args]: string[]): Promise<number> => {
  if (name === "--help" || name === "-h" || name === "help")
    return showHelp(args[0] === undefined ? undefined : findCommand(commands, args[0]).name);
  if (name === "--version" || name === "-V") {
    const { versionLines } = await import("./commandLine/version.ts");
    process.stdout.write(`${versionLines().join("\n")}\n`);
    return 0;
  }
  if (name === undefined) throw new UsageError("expected a command, got nothing. See slipway --help.");
  const definition = findCommand(commands, name);
  const invocation = parseInvocation(definition, args);
  if (invocation === "help") return showHelp(definition.name);
  const { runCommand } = await import("./commandLine/run.ts");
  return runCommand(definition, invocation, commands);
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    // Users need the message; the stack trace is for developers of Slipway.
    const trace = process.env.SLIPWAY_TRACE && error instanceof Error ? error.stack : undefined;
    process.stderr.write(`slipway: ${trace ?? messageOf(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
