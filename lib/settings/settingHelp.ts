import { problemsOf } from "../base/problem";
import { pins, type Route } from "../versions/pins";
import { describeSettings, type SettingDescription } from "./docs";
import { clusterFields } from "./schema/cluster";
import { settingsSchema } from "./schema/stack";
import { readSettings } from "./settings";

/** What a user needs to know to write a setting. */
export interface SettingHelp extends SettingDescription {
  /** Rule that a value must follow; absent if every value of the type is accepted. */
  readonly rule?: string;
  /** How to write a value, with an example. */
  readonly example?: string;
}

const entry = "clusters";

/** Values that no setting accepts, by type; default: a control character. The refusal states the rule and an example. */
const wrongValues: Readonly<Record<string, number | string>> = { integer: -1 };

const withRule = (setting: SettingDescription, route: Route): SettingHelp => {
  const wrong = wrongValues[setting.type] ?? "\u0001";
  const [, field] = setting.key.split(".");
  const config =
    field === undefined
      ? { [setting.key]: String(wrong) }
      : { [entry]: JSON.stringify([{ name: "dev", [field]: wrong }]) };
  const place = field === undefined ? setting.key : `${entry}[0].${field}`;
  const problem = problemsOf(() => readSettings({ config, pins, route })).find(({ key }) => key === place);
  return { ...setting, ...(problem && { rule: problem.rule, example: problem.remedy }) };
};

/** Returns the names of all settings, then those of the fields of an entry of `clusters` as `clusters.FIELD`. */
export const settingNames = (): string[] => [
  ...Object.keys(settingsSchema),
  ...Object.keys(clusterFields).map((field) => `${entry}.${field}`),
];

/** Returns the declaration of a setting, or of a field as `clusters.FIELD`; undefined for other names. */
export const settingOf = (name: string): SettingDescription | undefined => {
  const isField = name.startsWith(`${entry}.`);
  const key = isField ? name.slice(entry.length + 1) : name;
  const setting = describeSettings(isField ? clusterFields : settingsSchema).find((one) => one.key === key);
  return setting && { ...setting, key: name };
};

/** Returns type, default, rule and example of a setting, or of a field as `clusters.FIELD`; undefined for other names. */
export const settingHelp = (name: string, route: Route): SettingHelp | undefined => {
  const setting = settingOf(name);
  return setting && withRule(setting, route);
};
