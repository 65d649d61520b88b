import { nearest } from "../../lib/base/suggest";
import { type SettingHelp, settingHelp, settingNames } from "../../lib/settings/settingHelp";
import { installedRoute } from "../../preflight/installedRoute";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { UsageError } from "../commandLine/usageError";
import { print } from "../pulumi/target";
import { forcedRoute } from "../toolchain/route";

const valueText = (value: unknown): string => {
  if (value === undefined || value === "") return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Returns the lines of one setting. */
export const settingLines = ({
  key,
  type,
  items,
  default: value,
  rule,
  example,
  description,
}: SettingHelp): string[] => [
  key,
  `  type     ${items === undefined ? type : `${type} of ${items.type}`}`,
  `  default  ${valueText(value)}`,
  `  rule     ${rule ?? `any ${type}`}`,
  ...(example === undefined ? [] : [`  example  ${example}`]),
  "",
  description,
];

/** Prints one setting, or a line for each setting. It needs neither Docker nor tools. */
export const settings: Action = ({ operands: [key], options: { json } }) => {
  const route = forcedRoute() ?? installedRoute(root) ?? "release";
  const names = settingNames();
  if (key !== undefined && !names.includes(key)) {
    const meant = nearest(key, names);
    throw new UsageError(
      `KEY: expected a setting, got ${key}. ${meant === undefined ? "Run slipway settings for the list" : `Did you mean ${meant}?`}`,
    );
  }
  const chosen = (key === undefined ? names : [key]).flatMap((name) => settingHelp(name, route) ?? []);
  if (json) print(JSON.stringify(key === undefined ? chosen : chosen[0], null, 2));
  else if (key !== undefined) for (const line of chosen.flatMap(settingLines)) print(line);
  else
    for (const { key: name, type, default: value } of chosen)
      print(`${name.padEnd(32)} ${type.padEnd(8)} ${valueText(value)}`);
  return Promise.resolve(0);
};
