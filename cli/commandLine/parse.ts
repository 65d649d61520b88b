import type { Command } from "commander";
import { printable, show } from "../../lib/base/problem";
import { secretName } from "../../lib/base/secretForms";
import { nearest } from "../../lib/base/suggest";
import type { CommandDefinition, Invocation } from "./definition";
import { commandOf, listedCommands, ownOptions, pulumiRows } from "./help";
import { splitPulumi } from "./splitPulumi";
import { UsageError } from "./usageError";

/** Returns a sentence with the most similar word, or another sentence if no word is similar. */
export const suggestion = (word: string, words: readonly string[], otherwise: string): string => {
  const similar = nearest(word, words);
  return similar === undefined ? otherwise : `Did you mean ${similar}?`;
};

/** Returns the long and short flags that a command takes. */
export const flagsOf = (definition: CommandDefinition): string[] =>
  [
    ...ownOptions(definition).map(({ flags }) => flags),
    ...pulumiRows(definition).map(([flags]) => flags),
    "-h, --help",
  ].flatMap((flags) => flags.match(/--?[\w-]+/g) ?? []);

/** Returns a word of the command line for an error, without the value of a secret. */
const showWord = (word: string): string => show(secretName.test(word) ? word.replace(/[=:][^]*/, "=[secret]") : word);

/** Throws for an argument after the last one that a command takes. */
export const refuseSurplus = (name: string, most: number, surplus: string | undefined): void => {
  if (surplus === undefined) return;
  const rule = most === 0 ? "no argument" : `at most ${most} argument${most > 1 ? "s" : ""}`;
  const help = name === "help" || name.startsWith("-") ? "--help" : `${name} --help`;
  throw new UsageError(`${name}: expected ${rule}, got ${showWord(surplus)}. See slipway ${help}.`);
};

/** Returns the option of a word of the command line, without a value after `=` or `:`. */
const flagIn = (word: string): string => printable(word.replace(/[=:][^]*$/, ""));

const refuseFlag = (definition: CommandDefinition, word: string): UsageError => {
  const flag = flagIn(word);
  const help = `See slipway ${definition.name} --help.`;
  const long = flagsOf(definition).filter((known) => known.startsWith("--"));
  const passing = definition.pulumi ? ` Options after -- go to Pulumi unchecked.` : "";
  return new UsageError(
    `${flag}: expected an option of slipway ${definition.name}, got ${showWord(word)}. ` +
      `${suggestion(flag, long, help)}${passing}`,
  );
};

/** Throws for a surplus or missing operand, and for a value outside the operand's candidates. */
const checkOperands = ({ name, arguments: expected = [] }: CommandDefinition, operands: readonly string[]): void => {
  refuseSurplus(name, expected.length, operands[expected.length]);
  for (const [index, { name: operand, isOptional, completes }] of expected.entries()) {
    const value = operands[index];
    if (value === undefined && !isOptional)
      throw new UsageError(`${operand}: expected a value, got nothing. See slipway ${name} --help.`);
    if (value !== undefined && typeof completes === "object" && !completes.includes(value))
      throw new UsageError(
        `${operand}: expected ${completes.join(" or ")}, got ${showWord(value)}. ` +
          suggestion(value, completes, `See slipway ${name} --help.`),
      );
  }
};

/** Throws for an option of Slipway whose value is outside the option's candidates. */
const checkValues = (definition: CommandDefinition, options: Invocation["options"]): void => {
  for (const { flags, completes } of ownOptions(definition)) {
    if (typeof completes !== "object") continue;
    const [long = ""] = /--[\w-]+/.exec(flags) ?? [];
    const value = options[long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === "string" && !completes.includes(value))
      throw new UsageError(`${long}: expected ${completes.join(" or ")}, got ${showWord(value)}. Choose one of them.`);
  }
};

/** Parses Slipway's own arguments with commander, and replaces commander's errors by a UsageError. */
const readOwn = (command: Command, args: readonly string[]): ReturnType<Command["parseOptions"]> => {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    return command.parseOptions([...args]);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const [, flags = ""] = /option '(.*?)'/.exec(error instanceof Error ? error.message : "") ?? [];
    const long = /--[\w-]+/.exec(flags)?.[0] ?? flags;
    throw new UsageError(`${long}: expected a value, got nothing. Write it behind the option.`);
  }
};

/**
 * Checks and parses the arguments of a command.
 *
 * @returns "help" if the user asks for the command's help
 * @throws UsageError for an unknown option, a missing value or a surplus argument
 */
export const parseInvocation = (definition: CommandDefinition, args: readonly string[]): Invocation | "help" => {
  const { slipway, passed, files } = definition.pulumi
    ? splitPulumi(definition.pulumi, args)
    : { slipway: [...args], passed: [], files: [] };
  const command = commandOf(definition);
  const { operands, unknown } = readOwn(command, slipway);
  const count = definition.passesThrough ? (definition.arguments ?? []).length : operands.length;
  if (unknown.some((word) => word === "--help" || word === "-h")) return "help";
  const [flag] = unknown;
  if (flag !== undefined) throw refuseFlag(definition, flag);
  const options = command.opts<Record<string, string | boolean | undefined>>();
  checkValues(definition, options);
  checkOperands(definition, operands.slice(0, count));
  return {
    options,
    operands: operands.slice(0, count),
    passed: [...passed, ...operands.slice(count)],
    ...(files.length > 0 ? { files } : {}),
  };
};

/** Returns the error for an option before the command. */
const refuseEarlyFlag = (definition: CommandDefinition, word: string): UsageError => {
  const flag = flagIn(word);
  const { name } = definition;
  const remedy = flagsOf(definition).includes(flag) ? `Write slipway ${name} ${flag}` : `See slipway ${name} --help`;
  return new UsageError(`${flag}: expected behind the command, got before ${name}. ${remedy}.`);
};

/**
 * Returns a command by its name; hidden commands are included.
 *
 * @param rest the words behind the name, for the error about an option before the command
 */
export const findCommand = (
  definitions: readonly CommandDefinition[],
  name: string,
  rest: readonly string[] = [],
): CommandDefinition => {
  const named = definitions.find((definition) => definition.name === name);
  if (named) return named;
  const later = name.startsWith("-") ? definitions.find((definition) => rest.includes(definition.name)) : undefined;
  if (later) throw refuseEarlyFlag(later, name);
  const names = listedCommands(definitions).map((definition) => definition.name);
  const kind = name.startsWith("-") ? "an option of slipway or a command" : "a command";
  throw new UsageError(
    `expected ${kind}, got ${showWord(name)}. ${suggestion(name, [...names, "--help", "--version"], "See slipway --help.")}`,
  );
};
