import { quoteForShell } from "../../../lib/base/shell";
import type { Completion, CommandDefinition } from "../definition";
import { listedCommands } from "../help";
import { shellOptions, type ShellOption } from "./flags";

/** Escapes characters with a meaning for _arguments. */
const escape = (text: string): string => text.replace(/[\\:[\]]/g, "\\$&");

const actionOf = (candidates: Completion | "files" | undefined): string => {
  if (candidates === undefined) return " ";
  return typeof candidates === "object"
    ? `(${candidates.join(" ")})`
    : candidates === "files"
      ? "_files"
      : `_slipway_${candidates}`;
};

const optionSpecs = ({ names, summary, value, isRepeatable }: ShellOption): string[] =>
  names.map((name) => {
    const separator = value === undefined ? "" : name.startsWith("--") ? "=" : "+";
    const exclusions = isRepeatable ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
    const argument = value === undefined ? "" : `:${escape(value.name)}:${actionOf(value.candidates)}`;
    return quoteForShell(`${exclusions}${name}${separator}[${escape(summary)}]${argument}`);
  });

const branch = (definition: CommandDefinition): string => {
  const { arguments: operands = [], passesThrough } = definition;
  const specs = [
    ...shellOptions(definition).flatMap(optionSpecs),
    ...operands.map(({ name, isOptional, completes }, index) =>
      quoteForShell(`${index + 1}:${isOptional ? ":" : ""}${escape(name)}:${actionOf(completes)}`),
    ),
    ...(passesThrough ? [quoteForShell("*::arguments: ")] : []),
  ];
  const options = passesThrough ? " -A '-*'" : "";
  return `    ${definition.name})\n      _arguments -s${options} \\\n        ${specs.join(" \\\n        ")}\n      ;;`;
};

/**
 * Returns the completion script for zsh.
 *
 * @param stacks default stack of each route
 */
export const zshScript = (
  definitions: readonly CommandDefinition[],
  stacks: Readonly<Record<string, string>>,
): string => {
  const listed = listedCommands(definitions);
  return `#compdef slipway
# Completion of slipway for zsh, written by: slipway completion zsh
_slipway_stacks() {
  local -a names
  names=($checkout/Pulumi.*.yaml(N:t))
  names=(\${\${names#Pulumi.}%.yaml})
  compadd -a names
}

_slipway_clusters() {
  local stack=\${opt_args[--stack]:-\${opt_args[-s]:-$STACK}} route=$SLIPWAY_ROUTE
  if [[ -z $stack ]]; then
    [[ -n $route ]] || { read -r route <$checkout/.slipway/route } 2>/dev/null
    case $route in
${Object.entries(stacks)
  .map(([route, stack]) => `    ${route}) stack=${quoteForShell(stack)} ;;`)
  .join("\n")}
    esac
  fi
  local -a names
  names=($checkout/.slipway/kubeconfigs/$stack/*.yaml(N:t:r))
  compadd -a names
}

_slipway() {
  local curcontext=$curcontext state line program=\${~words[1]}
  local checkout=\${\${commands[$program]:-$program}:A:h:h}
  local -A opt_args
  local -a names
  _arguments -C '(- *)'{-h,--help}'[show this help]' '(- *)'{-V,--version}'[print the versions]' \\
    '1:command:->command' '*::argument:->argument'
  case $state in
  command)
    names=(
${listed.map(({ name, summary }) => `      ${quoteForShell(`${name}:${summary}`)}`).join("\n")}
      'help:show the help of a command'
    )
    _describe command names
    ;;
  argument)
    case $words[1] in
${listed.map(branch).join("\n")}
    help)
      _arguments '1:command:(${listed.map(({ name }) => name).join(" ")})'
      ;;
    esac
    ;;
  esac
}

if [[ $funcstack[1] == _slipway ]]; then _slipway "$@"; else compdef _slipway slipway; fi
`;
};
