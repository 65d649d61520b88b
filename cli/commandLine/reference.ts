import type { CommandDefinition } from "./definition";
import { exitCodesOf, listedCommands, ownOptions, sentenceOf, usageOf, variablesOf } from "./help";
import { pulumiOperations, type PulumiOperation, pulumiOptions } from "./pulumiOptions";
import { variables } from "./variables";

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(" | ")} |`,
  `|${head.map(() => " --- |").join("")}`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  "",
];

const code = (text: string): string => `\`${text}\``;

const section = (definition: CommandDefinition): string[] => {
  const { name, arguments: operands = [], details, pulumi, passesThrough, examples } = definition;
  const rows = [
    ...operands.map((operand) => [code(operand.name), operand.summary]),
    ...ownOptions(definition).map(({ flags, summary }) => [code(flags), summary]),
  ];
  return [
    `## ${name}`,
    "",
    [sentenceOf(definition), details].filter(Boolean).join(" "),
    "",
    "```sh",
    `slipway ${usageOf(definition)}`,
    "```",
    "",
    ...(rows.length > 0 ? table(["argument or option", "meaning"], rows) : []),
    ...(pulumi ? ["It also takes [options for Pulumi](#options-for-pulumi), and any arguments after `--`.", ""] : []),
    ...(passesThrough ? ["Every argument after the positional ones goes to the other program unchanged.", ""] : []),
    `Environment: ${variablesOf(definition).map(code).join(", ")}.`,
    "",
    `Exit codes: ${exitCodesOf(definition)
      .map(([exit, meaning]) => `${exit} (${meaning})`)
      .join(", ")}.`,
    "",
    "```sh",
    ...examples,
    "```",
    "",
  ];
};

/** Returns the rows of all options for Pulumi, with a mark for each operation that takes the option. */
const pulumiTable = (): string[][] => {
  const names = [...new Set(pulumiOptions.map(({ name }) => name))];
  return names.map((name) => {
    const same = pulumiOptions.filter((option) => option.name === name);
    const value = same[0]?.value === undefined ? "" : ` <${same[0].value}>`;
    const letters = [...new Set(same.flatMap(({ short }) => (short ? [`-${short}, `] : [])))].join("");
    const takes = (operation: PulumiOperation) => same.some((option) => option.operations.includes(operation));
    return [
      code(`${letters}--${name}${value}`),
      same[0]?.summary ?? "",
      ...pulumiOperations.map((operation) => (takes(operation) ? "✓" : "")),
    ];
  });
};

/** Returns docs/reference/cli.md: every command with its options, variables, exit codes and examples. */
export const cliReference = (definitions: readonly CommandDefinition[]): string => {
  const listed = listedCommands(definitions);
  return [
    "# Commands",
    "",
    "<!-- Written by npm run schema from cli/commands; do not edit. -->",
    "",
    "`scripts/slipway COMMAND`, or `slipway COMMAND` with a symbolic link to that file on the PATH. `make COMMAND` does the",
    'same; `ARGS="…"` holds its options. `slipway COMMAND --help` prints the same as this page.',
    "",
    ...table(
      ["command", "does"],
      listed.map(({ name, summary }) => [`[${code(name)}](#${name})`, summary]),
    ),
    ...listed.flatMap(section),
    "## Options for Pulumi",
    "",
    "Slipway checks these options and passes them on in the order of the command line. An option with a value takes",
    "`--option VALUE` and `--option=VALUE`. Everything after `--` goes to Pulumi unchecked. Slipway refuses any other option",
    "with exit code 2 before it starts anything.",
    "",
    ...table(["option", "meaning", ...pulumiOperations], pulumiTable()),
    "## Environment variables",
    "",
    ...table(
      ["variable", "meaning"],
      Object.entries(variables).map(([name, meaning]) => [code(name), meaning]),
    ),
  ].join("\n");
};
