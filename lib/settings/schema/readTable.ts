import { type Problem, problemsOf } from "../../base/problem";
import { nearest } from "../../base/suggest";
import type { RoutePins } from "../../versions/pins";
import type { Check } from "../checks/check";
import { type SettingTable, asType, wrongType } from "./setting";

/** A table's values, defaults filled in, with what is wrong about them. */
export interface TableReading {
  readonly values: Readonly<Record<string, unknown>>;
  /** Names whose value failed its own check; no rule about several settings is to use them. A parsed one is undefined. */
  readonly wrong: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Where a table's values come from, and how to speak of them. */
export interface TableSource {
  readonly given: Readonly<Record<string, unknown>>;
  readonly versions: RoutePins;
  /** Where the table lies, as `clusters[1]`; empty for the top. */
  readonly path: string;
}

/** `clusters[1].podCidr`, or the name alone at the top. */
export const keyAt = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** Reads every setting of a table from what is given; unknown names come first among the problems. */
export const readTable = (table: SettingTable, { given, versions, path }: TableSource): TableReading => {
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => unknownName(table, path, name, given[name]));
  const values: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [name, setting] of Object.entries(table)) {
    const key = keyAt(path, name);
    const { value, problems: own } = readOne(key, setting, Object.hasOwn(given, name) ? given[name] : undefined, () =>
      // What it derives from may be wrong, which is said there and not again here.
      setting.derived?.(versions, values),
    );
    values[name] = value;
    problems.push(...own);
    if (own.length > 0) wrong.add(name);
  }
  return { values, wrong, problems };
};

const readOne = (
  key: string,
  setting: SettingTable[string],
  received: unknown,
  derive: () => string | undefined,
): { value: unknown; problems: readonly Problem[] } => {
  if (received === undefined && setting.default === undefined) return { value: undefined, problems: [] };
  const hidden = (problems: readonly Problem[]): readonly Problem[] =>
    setting.secret ? problems.map(({ key, rule, remedy }) => ({ key, rule, remedy })) : problems;
  const value = received === undefined ? setting.default : asType(setting.type, received);
  if (value === undefined) return { value, problems: hidden([wrongType(key, setting.type, received)]) };
  if (value === "" && setting.derived !== undefined) {
    let completed = "";
    problemsOf(() => (completed = derive() ?? ""));
    return { value: completed, problems: [] };
  }
  const check = setting.check as Check<unknown>;
  let read = setting.parse === undefined ? value : undefined;
  // A check of a list's item says which one, as `[2]`.
  const problems = problemsOf(() => {
    if (setting.parse === undefined) check(value);
    else read = setting.parse(value as string);
  });
  return {
    value: read,
    problems: hidden(problems.map((problem) => ({ ...problem, key: `${key}${problem.key ?? ""}` }))),
  };
};

const unknownName = (table: SettingTable, path: string, name: string, received: unknown): Problem => {
  const known = nearest(name, Object.keys(table));
  const instead =
    path === ""
      ? "Remove it; docs/settings.md lists the settings"
      : `Remove it; known are ${Object.keys(table).join(", ")}`;
  return {
    key: keyAt(path, name),
    // A misspelt name of a secret setting has the secret as its value.
    ...(known !== undefined && table[known]?.secret ? {} : { received }),
    rule: path === "" ? "be a setting that Pulumi.yaml declares" : "be a known field",
    remedy: known === undefined ? instead : `Did you mean ${known}? Rename it, or remove it`,
  };
};
