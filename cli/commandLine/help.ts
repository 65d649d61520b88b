import { Command, Help } from "commander";
import type { CommandDefinition, OptionDefinition } from "./definition";
import { optionsOf, type PulumiOption } from "./pulumiOptions";
import { refuseSecond } from "./usageError";
import { commonVariables, type VariableName, variables } from "./variables";

/** The option of every command that works on a stack. */
export const stackOption: OptionDefinition = {
  flags: "-s, --stack <NAME>",
  summary: "stack to work on: the settings are in Pulumi.NAME.yaml",
  completes: "stacks",
};

/** Returns Slipway's own options of a command. */
export const ownOptions = ({ usesStack, options = [] }: CommandDefinition): OptionDefinition[] => [
  ...(usesStack ? [stackOption] : []),
  ...options,
];

/** Returns the commands that help, completion and the reference list. */
export const listedCommands = (definitions: readonly CommandDefinition[]): CommandDefinition[] =>
  definitions.filter(({ isHidden }) => !isHidden);

/** Returns the variables that a command reads, the stack first. */
export const variablesOf = ({ usesStack, variables: added = [] }: CommandDefinition): VariableName[] => [
  ...new Set<VariableName>([...(usesStack ? (["STACK"] as const) : []), ...added, ...commonVariables]),
];

const usualExitCodes: Readonly<Record<number, string>> = {
  0: "done",
  1: "failed",
  2: "wrong use; nothing was started",
};

/** Returns all exit codes of a command with their meaning. */
export const exitCodesOf = ({ exitCodes }: CommandDefinition): [string, string][] =>
  Object.entries({ ...usualExitCodes, ...exitCodes });

/** Returns an option of Pulumi as a row: flags and summary. */
export const pulumiRow = ({ name, short, value, summary }: PulumiOption): [string, string] => [
  `${short ? `-${short}, ` : ""}--${name}${value ? ` <${value}>` : ""}`,
  summary,
];

/** Returns the options that a command of slipway passes on to Pulumi, as rows of flags and summary. */
export const pulumiRows = ({ pulumi }: CommandDefinition): [string, string][] =>
  (pulumi === undefined ? [] : optionsOf(pulumi)).map(pulumiRow);

/** Returns the usage of a command, without the program's name. */
export const usageOf = ({ name, arguments: operands = [], passesThrough, pulumi }: CommandDefinition): string => {
  const words = operands.map((operand) => (operand.isOptional ? `[${operand.name}]` : operand.name));
  const rest = [...(passesThrough ? ["[arguments]"] : []), ...(pulumi ? ["[-- arguments for pulumi]"] : [])];
  return [name, "[options]", ...words, ...rest].join(" ");
};

const section = (title: string, rows: readonly (readonly [string, string])[], help: Help): string =>
  rows.length === 0
    ? ""
    : [
        `\n${title}:`,
        ...rows.map(([term, text]) =>
          help.formatItem(term, Math.max(...rows.map(([name]) => name.length)), text, help),
        ),
        "",
      ].join("\n");

/** Returns the sections of a command's help that commander does not have. */
const sections = (definition: CommandDefinition, width: number): string => {
  const help = new Help();
  help.helpWidth = width;
  const names = variablesOf(definition);
  return [
    section("Options for Pulumi", pulumiRows(definition), help),
    section(
      "Environment variables",
      names.map((name) => [name, variables[name]] as const),
      help,
    ),
    section("Exit codes", exitCodesOf(definition), help),
    `\n${definition.examples.length === 1 ? "Example" : "Examples"}:\n${definition.examples.map((line) => `  ${line}`).join("\n")}`,
  ].join("");
};

/** Returns the summary of a command as a sentence. */
export const sentenceOf = ({ summary }: CommandDefinition): string =>
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;

/** Creates commander's command from a definition. */
export const commandOf = (definition: CommandDefinition): Command => {
  const { name, summary, details } = definition;
  const command = new Command(name).summary(summary).usage(usageOf(definition).slice(name.length + 1));
  command.description([sentenceOf(definition), details].filter(Boolean).join("\n"));
  for (const { name: operand, summary: text, isOptional } of definition.arguments ?? [])
    command.argument(isOptional ? `[${operand}]` : `<${operand}>`, text);
  for (const { flags, summary: text } of ownOptions(definition)) {
    const [long = flags] = /--[\w-]+/.exec(flags) ?? [];
    const takeOne = (value: string, before: unknown): string => {
      if (typeof before === "string") throw refuseSecond(long, before, value);
      return value;
    };
    if (flags.includes("<")) command.option(flags, text, takeOne);
    else command.option(flags, text);
  }
  command.helpOption("-h, --help", "show this help").helpCommand(false);
  command.addHelpText("after", () => sections(definition, process.stdout.columns || 80));
  if (definition.passesThrough) command.passThroughOptions();
  return command;
};

/** Creates commander's program from all definitions. */
export const programOf = (definitions: readonly CommandDefinition[]): Command => {
  const program = new Command("slipway")
    .description("Cluster API workload clusters on one machine with Docker, from one command.")
    .usage("COMMAND [options]")
    .helpOption("-h, --help", "show this help, or the help of a command: slipway COMMAND --help")
    .option("-V, --version", "print the versions of the program, its tools and its pins")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .enablePositionalOptions();
  for (const definition of definitions)
    program.addCommand(commandOf(definition), { hidden: definition.isHidden ?? false });
  return program;
};
