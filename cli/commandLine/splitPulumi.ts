import { optionsOf, type PulumiOperation, type PulumiOption } from "./pulumiOptions";
import { UsageError } from "./usageError";

/** Arguments of a command, split by the program that reads them. */
export interface SplitArguments {
  /** Arguments that Slipway reads or refuses. */
  slipway: string[];
  /** Options for Pulumi in the user's order, with long names, and everything after `--`. */
  passed: string[];
}

/** One argument with options for Pulumi. */
interface Match {
  words: string[];
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
  return { words: wordsOf(option, suffix), takesNext: option.value !== undefined && suffix === undefined };
};

/** Parses `-dt`, `-tURN`, `-t=URN`, `-r=false` as Pulumi does; returns undefined if a letter is not an option. */
const readShort = (arg: string, options: readonly PulumiOption[]): Match | undefined => {
  if (!/^-\w/.test(arg)) return undefined;
  const words: string[] = [];
  for (let index = 1; index < arg.length; index += 1) {
    const option = options.find(({ short }) => short === arg[index]);
    if (option === undefined) return undefined;
    const rest = arg.slice(index + 1);
    const hasValue = rest.startsWith("=") || (option.value !== undefined && rest !== "");
    words.push(...wordsOf(option, hasValue ? `=${rest.replace(/^=/, "")}` : ""));
    if (option.value !== undefined || hasValue) return { words, takesNext: !hasValue };
  }
  return { words, takesNext: false };
};

/**
 * Separates the options of Pulumi from Slipway's own arguments.
 *
 * @throws UsageError if an option lacks its value
 */
export const splitPulumi = (operation: PulumiOperation, args: readonly string[]): SplitArguments => {
  const options = optionsOf(operation);
  const slipway: string[] = [];
  const passed: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--") return { slipway, passed: [...passed, ...args.slice(index + 1)] };
    const match = readLong(arg, options) ?? readShort(arg, options);
    if (match === undefined) slipway.push(arg);
    else passed.push(...match.words);
    if (!match?.takesNext) continue;
    index += 1;
    const value = args[index];
    if (value === undefined) throw new UsageError(`${arg}: expected a value, got nothing. Write it behind the option.`);
    passed.push(value);
  }
  return { slipway, passed };
};
