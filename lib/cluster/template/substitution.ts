import { type Problem, ProblemError } from "../../base/problem";

/**
 * Parses `${VAR/old/new}`: replaces the first match, `//` all matches, `/#` at the start, `/%` at the end. All texts
 * are literal.
 */
export const replacing = (expression: string): { name: string; replace: (value: string) => string } => {
  const [, name = "", anchor = "", from = "", to = ""] = /^\$\{(\w+)\/([#%/]?)([^/]+)\/(.*)\}$/s.exec(expression) ?? [];
  const replace = (value: string): string => {
    switch (anchor) {
      case "#":
        return value.startsWith(from) ? to + value.slice(from.length) : value;
      case "%":
        return value.endsWith(from) ? value.slice(0, -from.length) + to : value;
      case "/":
        return value.replaceAll(from, () => to);
      default:
        return value.replace(from, () => to);
    }
  };
  return { name, replace };
};

/** A variable in a template. */
export interface TemplateVariable {
  name: string;
  /** The default as written, if any occurrence has one. */
  default?: string;
}

/** A part of a template: text, or an expression with its default, which may contain expressions. */
type Part =
  string | { name: string; fallback?: { source: string; parts: Part[] }; replace?: (value: string) => string };

/**
 * Fills in the variables of a clusterctl template (the subset of drone/envsubst that Cluster API's manifests use). It
 * supports `${VAR}`, `${VAR/#start/new}` and its variants, `${VAR:=default}`, `${VAR=default}`, `${VAR:-default}` and
 * the old `${ VAR }`. `$$` is a literal `$`, so `$${VAR}` becomes `${VAR}`. As in envsubst an empty value takes the
 * default too. A variable with an empty default counts as missing, as in clusterctl.
 *
 * @param setting - setting in which the user supplies values
 * @throws ProblemError for all variables without a value and a default, and for all other expressions
 */
export const substitute = (
  text: string,
  variables: Readonly<Record<string, string>>,
  source = "the template",
  setting = "featureGates",
): string => {
  const missing = new Set<string>();
  const render = (parts: readonly Part[]): string =>
    parts
      .map((part) => {
        if (typeof part === "string") return part;
        const value = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined;
        // As in clusterctl, a replacement in an unset variable is not a missing value.
        if (part.replace) return part.replace(value ?? "");
        if (value !== undefined && (value !== "" || part.fallback === undefined)) return value;
        if (part.fallback && part.fallback.source !== "") return render(part.fallback.parts);
        if (value === undefined) missing.add(part.name);
        return "";
      })
      .join("");
  const result = render(partsOf(text, source));
  if (missing.size === 0) return result;
  const names = [...missing].sort();
  throw new ProblemError([
    {
      key: source,
      rule: "a value for each variable without a default",
      got: `none for ${names.map((name) => `\${${name}}`).join(", ")}`,
      remedy: `Set ${names.map((name) => `${setting}.${name}`).join(", ")} in the stack's settings`,
    },
  ]);
};

/** Returns the variables of a template, including those in defaults, sorted by name. */
export const variablesOf = (text: string, source = "the template"): TemplateVariable[] => {
  const defaults = new Map<string, string | undefined>();
  const visit = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (typeof part === "string") continue;
      defaults.set(part.name, defaults.get(part.name) ?? (part.fallback?.source || undefined));
      visit(part.fallback?.parts ?? []);
    }
  };
  visit(partsOf(text, source));
  return [...defaults]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fallback]) => (fallback === undefined ? { name } : { name, default: fallback }));
};

const partsOf = (text: string, source: string): Part[] => {
  const scanner = new Scanner(withoutLegacySpaces(text), source);
  const parts = scanner.text();
  if (scanner.problems.length > 0) throw new ProblemError(scanner.problems);
  return parts;
};

/**
 * Removes the spaces of `${ VAR }`, clusterctl's first notation. An escaped `$$` before a brace makes the brace plain
 * text.
 */
const withoutLegacySpaces = (text: string): string =>
  text.replace(/\$\$|\$\{([ \t]+\w+[ \t]*|\w+[ \t]+)\}/g, (expression) => expression.replace(/[ \t]/g, ""));

/** Reads a template from left to right. Collects unknown expressions as problems and skips them. */
class Scanner {
  readonly problems: Problem[] = [];
  private position = 0;

  constructor(
    private readonly input: string,
    private readonly source: string,
  ) {}

  text(): Part[] {
    const parts: Part[] = [];
    while (this.position < this.input.length) {
      const literal = /[^$]+|\$\$|\$(?!\{)/y;
      const run = this.take(literal);
      parts.push(run === undefined ? this.expression() : run === "$$" ? "$" : run);
    }
    return parts;
  }

  private expression(): Part {
    const start = this.position;
    const replaced = this.take(/\$\{\w+\/[#%/]?[^/}$]+\/[^}$]*\}/y);
    if (replaced !== undefined) return replacing(replaced);
    const opening = this.take(/\$\{\w+(:=|:-|=|(?=\}))/y);
    if (opening === undefined) return this.unknown(start);
    const name = /\w+/.exec(opening)?.[0] ?? "";
    const fallback = opening.endsWith("=") || opening.endsWith("-") ? this.fallback() : undefined;
    if (this.take(/\}/y) === undefined) return this.unknown(start);
    return fallback === undefined ? { name } : { name, fallback };
  }

  private fallback(): { source: string; parts: Part[] } {
    const start = this.position;
    const parts: Part[] = [];
    while (this.position < this.input.length && this.input[this.position] !== "}") {
      parts.push(this.take(/([^$}]|\$(?!\{))+/y) ?? this.expression());
    }
    return { source: this.input.slice(start, this.position), parts };
  }

  private unknown(start: number): string {
    const before = this.input.slice(0, start).split("\n");
    const expression = this.input.slice(start).split(/[}\n]/, 1)[0] ?? "";
    // The expression itself may be a piece of a password.
    const rule = "one of ${VAR}, ${VAR:=default}, ${VAR=default}, ${VAR:-default} and ${VAR/old/new}";
    this.problems.push({
      key: `${this.source}, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
      rule,
      got: "another expression",
      remedy: "Rewrite the expression, or write $${ for a literal ${",
    });
    this.position = start + Math.max(2, expression.length + 1);
    return "";
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.input)?.[0];
    this.position += match?.length ?? 0;
    return match;
  }
}
