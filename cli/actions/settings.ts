import type { SettingDescription } from "../../lib/settings/docs";
import { type SettingHelp, settingHelp, settingNames, settingOf } from "../../lib/settings/settingHelp";
import { installedRoute } from "../../preflight/installedRoute";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { suggestion } from "../commandLine/parse";
import { UsageError } from "../commandLine/usageError";
import { print } from "../pulumi/target";
import { forcedRoute } from "../toolchain/route";

const valueText = (value: unknown): string => {
  if (value === undefined || value === "") return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
};

const listLine = ({ key, type, default: value }: SettingDescription): string =>
  `${key.padEnd(32)} ${type.padEnd(8)} ${valueText(value)}`;

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
  const names = settingNames();
  if (key !== undefined && !names.includes(key)) {
    const remedy = suggestion(key, names, "Run slipway settings for the list.");
    throw new UsageError(`KEY: expected a setting, got ${key}. ${remedy}`);
  }
  if (key === undefined && !json) {
    for (const setting of names.flatMap((name) => settingOf(name) ?? [])) print(listLine(setting));
    return Promise.resolve(0);
  }
  const route = forcedRoute() ?? installedRoute(root);
  const chosen = (key === undefined ? names : [key]).flatMap((name) => settingHelp(name, route) ?? []);
  if (json) print(JSON.stringify(key === undefined ? chosen : chosen[0], null, 2));
  else for (const line of chosen.flatMap(settingLines)) print(line);
  return Promise.resolve(0);
};
