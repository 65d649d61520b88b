import { show } from "../../lib/base/problem";
import type { FileOption } from "./definition";
import { isRepeatable, optionsOf, type PulumiOperation, type PulumiOption } from "./pulumiOptions";
import { refuseSecond, UsageError } from "./usageError";

/** Arguments of a command, split by the program that reads them. */
export interface SplitArguments {
  /** Arguments that Slipway reads or refuses. */
  slipway: string[];
  /** Options for Pulumi in the user's order, with long names, and everything after `--`. */
  passed: string[];
  /** Files in the options. */
  files: FileOption[];
}

/** One argument with options for Pulumi. */
interface Match {
  words: string[];
  /** The last option, and its value if the argument contains the value. */
  option: PulumiOption;
  value?: string;
  /** Whether the value of the last option is the next argument. */
  takesNext: boolean;
}

/** Returns the words for Pulumi: nothing for an option that Slipway sets itself. */
const wordsOf = ({ name, isImplied }: PulumiOption, suffix = ""): string[] => (isImplied ? [] : [`--${name}${suffix}`]);

/** Parses `--target`, `--target=URN`, `--diff=false`; returns undefined for anything else. */
const readLong = (arg: string, options: readonly PulumiOption[]): Match | undefined => {
  const [, name, suffix] = /^--([^=]+)(=[^]*)?$/.exec(arg) ?? [];
  const option = options.find((candidate) => candidate.name === name);
  if (option === undefined) return undefined;
  const takesNext = option.value !== undefined && suffix === undefined;
  return { words: wordsOf(option, suffix), option, ...(suffix ? { value: suffix.slice(1) } : {}), takesNext };
};

/** Parses `-dt`, `-tURN`, `-t=URN`, `-r=false` as Pulumi does; returns undefined if a letter is not an option. */
const readShort = (arg: string, options: readonly PulumiOption[]): Match | undefined => {
  if (!/^-\w/.test(arg)) return undefined;
  const words: string[] = [];
  let last: PulumiOption | undefined;
  for (let index = 1; index < arg.length; index += 1) {
    const option = options.find(({ short }) => short === arg[index]);
    if (option === undefined) return undefined;
    const rest = arg.slice(index + 1);
    const hasValue = rest.startsWith("=") || (option.value !== undefined && rest !== "");
    words.push(...wordsOf(option, hasValue ? `=${rest.replace(/^=/, "")}` : ""));
    last = option;
    if (option.value !== undefined || hasValue)
      return { words, option, ...(hasValue ? { value: rest.replace(/^=/, "") } : {}), takesNext: !hasValue };
  }
  return last && { words, option: last, takesNext: false };
};

/**
 * Separates the options of Pulumi from Slipway's own arguments.
 *
 * @throws UsageError if an option lacks its value, or a single value is given twice
 */
export const splitPulumi = (operation: PulumiOperation, args: readonly string[]): SplitArguments => {
  const options = optionsOf(operation);
  const slipway: string[] = [];
  const passed: string[] = [];
  const files: FileOption[] = [];
  const values = new Map<string, string>();
  /** Records the value of an option, and refuses a second value. */
  const take = (option: PulumiOption, value: string): void => {
    const flag = `--${option.name}`;
    const before = values.get(flag);
    if (before !== undefined && !isRepeatable(option)) throw refuseSecond(flag, before, value);
    values.set(flag, value);
    if (option.words && !option.words.includes(value))
      throw new UsageError(`${flag}: expected ${option.words.join(" or ")}, got ${show(value)}. Choose one of them.`);
    if (option.file && value !== "") files.push({ flag, path: value, isWritten: option.file === "written" });
  };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--") return { slipway, passed: [...passed, ...args.slice(index + 1)], files };
    const match = readLong(arg, options) ?? readShort(arg, options);
    if (match === undefined) slipway.push(arg);
    else passed.push(...match.words);
    if (match?.option.value !== undefined && match.value !== undefined) take(match.option, match.value);
    if (!match?.takesNext) continue;
    index += 1;
    const value = args[index];
    if (value === undefined) throw new UsageError(`${arg}: expected a value, got nothing. Write it behind the option.`);
    take(match.option, value);
    passed.push(value);
  }
  return { slipway, passed, files };
};
