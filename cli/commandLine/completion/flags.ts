import type { Completion, CommandDefinition } from "../definition";
import { ownOptions, pulumiRow } from "../help";
import { isRepeatable, optionsOf } from "../pulumiOptions";

/** An option for shell completion. */
export interface ShellOption {
  /** Short and long name, for example `-s` and `--stack`; the long name is last. */
  names: string[];
  summary: string;
  /** The option's value; absent for a switch. */
  value?: { name: string; candidates: Completion | "files" | undefined };
  isRepeatable: boolean;
}

const readFlags = (flags: string, summary: string, completes?: Completion): ShellOption => {
  const [, value] = /<(.+)>/.exec(flags) ?? [];
  const isFile = value === "FILE" || value === "PATH";
  return {
    names: flags.match(/(?<!\S)--?[\w-]+/g) ?? [],
    summary,
    ...(value === undefined ? {} : { value: { name: value, candidates: completes ?? (isFile ? "files" : undefined) } }),
    isRepeatable: isRepeatable({ summary }),
  };
};

/** Returns the options of a command, Slipway's own first. */
export const shellOptions = (definition: CommandDefinition): ShellOption[] => [
  ...ownOptions(definition).map(({ flags, summary, completes }) => readFlags(flags, summary, completes)),
  readFlags("-h, --help", "show this help"),
  ...(definition.pulumi === undefined ? [] : optionsOf(definition.pulumi)).map((option) =>
    readFlags(...pulumiRow(option), option.words),
  ),
];
