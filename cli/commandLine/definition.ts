import type { PulumiOperation } from "./pulumiOptions";
import type { VariableName } from "./variables";

/** Candidates for a value in shell completion: names from files, or a list of words. */
export type Completion = "stacks" | "clusters" | readonly string[];

/** An option of a command. */
export interface OptionDefinition {
  /** The flags as commander writes them: `--watch`, `-s, --stack <NAME>`. */
  flags: string;
  summary: string;
  /** The candidates for the value. */
  completes?: Completion;
}

/** A positional argument of a command. */
export interface ArgumentDefinition {
  /** Its name in capital letters. */
  name: string;
  summary: string;
  isOptional?: boolean;
  /** The candidates. With a list, Slipway refuses every other word. */
  completes?: Completion;
}

/** Checked arguments of a command. */
export interface Invocation {
  /** Values by long name in camel case: true for a flag without value, undefined for an absent option. */
  options: Readonly<Record<string, string | boolean | undefined>>;
  /** The positional arguments. */
  operands: readonly string[];
  /**
   * Arguments for another program, in the user's order: Pulumi's options and everything after `--`; for a command that
   * passes arguments through, everything after the positional arguments.
   */
  passed: readonly string[];
  /** Files in options of Pulumi; absent without such an option. */
  files?: readonly FileOption[];
}

/** An option of Pulumi with the path of a file. */
export interface FileOption {
  /** The option with its dashes. */
  flag: string;
  path: string;
  /** True if Pulumi writes the file, false if Pulumi reads it. */
  isWritten: boolean;
}

/** Runs a command and returns the exit code; `definitions` are all commands. */
export type Action = (invocation: Invocation, definitions: readonly CommandDefinition[]) => Promise<number>;

/** A command of `slipway`: the source of its help, its checks, its completion and its page in docs/reference/cli.md. */
export interface CommandDefinition {
  name: string;
  /** One line of at most 60 characters, without a full stop. */
  summary: string;
  /** More sentences for `slipway COMMAND --help`. */
  details?: string;
  /** A command for Slipway's own scripts: not listed. */
  isHidden?: boolean;
  arguments?: readonly ArgumentDefinition[];
  options?: readonly OptionDefinition[];
  /** The command works on a stack: it takes --stack and STACK, and the stack must have a settings file. */
  usesStack?: boolean;
  /** The command takes the options of this operation of Pulumi, and any arguments after `--`. */
  pulumi?: PulumiOperation;
  /** Every argument after the positional ones belongs to another program, `--help` and `--` included. */
  passesThrough?: boolean;
  /** Names from cli/commandLine/variables.ts besides those of every command. */
  variables?: readonly VariableName[];
  /** Exit codes besides 0, 1 and 2, or with another meaning than those have. */
  exitCodes?: Readonly<Record<number, string>>;
  /** Command lines with a comment behind `#`. */
  examples: readonly string[];
  /** Loads the code of the command: `() => import("../actions/NAME.ts").then(({ name }) => name)`. */
  load: () => Promise<Action>;
}
