import type { Completion, CommandDefinition } from "../definition";
import { listedCommands } from "../help";
import { shellOptions } from "./flags";

/** Returns the script's name for a set of candidates; a list becomes `words:a,b`. */
const kindOf = (candidates: Completion | "files" | undefined): string =>
  typeof candidates === "object" ? `words:${candidates.join(",")}` : (candidates ?? "any");

const branch = (definition: CommandDefinition): string => {
  const options = shellOptions(definition);
  const flags = options.map(({ names }) => names.at(-1)).join(" ");
  const values = options.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((name) => `${name}=${kindOf(value.candidates)}`),
  );
  const operands = (definition.arguments ?? []).map(({ completes }) => kindOf(completes));
  return [
    `      ${definition.name})`,
    `        flags='${flags}'`,
    `        values=' ${values.join(" ")} '`,
    `        operands='${operands.join(" ")}'`,
    `        passes='${definition.passesThrough ? "yes" : ""}'`,
    "        ;;",
  ].join("\n");
};

/**
 * Returns the completion script for bash 3.2 and later.
 *
 * @param stacks default stack of each route
 */
export const bashScript = (
  definitions: readonly CommandDefinition[],
  stacks: Readonly<Record<string, string>>,
): string => `# Completion of slipway for bash, written by: slipway completion bash
_slipway() {
  local IFS=$' \\t\\n' current word index command='' wanted='' kind='' count=0
  local flags='' values='' operands='' passes='' program checkout stack="\${STACK-}" route file names=''
  local -a kinds
  current="\${COMP_WORDS[COMP_CWORD]}"
  # Readline splits --stack=NAME into three words.
  [ "$current" = = ] && current=''
  COMPREPLY=()
  program="$(type -P -- "\${COMP_WORDS[0]/#\\~/$HOME}")" && program="$(readlink -f -- "$program")" || return 0
  checkout="\${program%/*}/.."
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [ "$word" = = ] && continue
    if [ -n "$wanted" ]; then
      case "$wanted" in -s | --stack) stack="$word" ;; esac
      wanted=''
      continue
    fi
    if [ -z "$command" ]; then
      command="$word"
      case "$command" in
${listedCommands(definitions).map(branch).join("\n")}
      help) operands='words:${listedCommands(definitions)
        .map(({ name }) => name)
        .join(",")}' ;;
      *) return 0 ;;
      esac
      continue
    fi
    [ "$word" = -- ] && return 0
    case "$word" in
    -*) case "$values" in *" $word="*) wanted="$word" ;; esac ;;
    *) count=$((count + 1)) ;;
    esac
    # Everything after the operands belongs to another program.
    # shellcheck disable=SC2206
    kinds=($operands)
    [ -n "$passes" ] && [ "$count" -ge "\${#kinds[@]}" ] && return 0
  done

  # shellcheck disable=SC2206
  kinds=($operands)
  if [ -n "$wanted" ]; then
    kind="\${values#*" $wanted="}"
    kind="\${kind%% *}"
  elif [ -z "$command" ]; then
    kind='words:${[...listedCommands(definitions).map(({ name }) => name), "help", "--help", "--version"].join(",")}'
  elif [ "\${current#-}" = "$current" ] && [ "$count" -lt "\${#kinds[@]}" ]; then
    kind="\${kinds[count]}"
  else
    kind="words:\${flags// /,}"
  fi
  case "$kind" in
  words:*)
    kind="\${kind#words:}"
    names="\${kind//,/ }"
    ;;
  stacks)
    for file in "$checkout"/Pulumi.*.yaml; do
      file="\${file##*/Pulumi.}"
      [ "$file" = '*.yaml' ] || names="$names \${file%.yaml}"
    done
    ;;
  clusters)
    if [ -z "$stack" ]; then
      route="\${SLIPWAY_ROUTE-}"
      [ -n "$route" ] || { read -r route <"$checkout/.slipway/route"; } 2>/dev/null
      case "$route" in
${Object.entries(stacks)
  .map(([route, stack]) => `      ${route}) stack='${stack}' ;;`)
  .join("\n")}
      esac
    fi
    for file in "$checkout/.slipway/kubeconfigs/$stack"/*.yaml; do
      file="\${file##*/}"
      [ "$file" = '*.yaml' ] || names="$names \${file%.yaml}"
    done
    ;;
  files)
    while read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
    return 0
    ;;
  esac
  while read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$names" -- "$current")
}
complete -F _slipway slipway
`;
