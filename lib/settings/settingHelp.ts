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

const withRule = (setting: SettingDescription, route: Route, name: string): SettingHelp => {
  const wrong = wrongValues[setting.type] ?? "\u0001";
  const isField = name !== setting.key;
  const config = isField
    ? { [entry]: JSON.stringify([{ name: "dev", [setting.key]: wrong }]) }
    : { [setting.key]: String(wrong) };
  const place = isField ? `${entry}[0].${setting.key}` : setting.key;
  const problem = problemsOf(() => readSettings({ config, pins, route })).find(({ key }) => key === place);
  return { ...setting, key: name, ...(problem && { rule: problem.rule, example: problem.remedy }) };
};

/** Returns the names of all settings, then those of the fields of an entry of `clusters` as `clusters.FIELD`. */
export const settingNames = (): string[] => [
  ...Object.keys(settingsSchema),
  ...Object.keys(clusterFields).map((field) => `${entry}.${field}`),
];

/** Returns type, default, rule and example of a setting, or of a field as `clusters.FIELD`; undefined for other names. */
export const settingHelp = (name: string, route: Route): SettingHelp | undefined => {
  const isField = name.startsWith(`${entry}.`);
  const table = isField ? clusterFields : settingsSchema;
  const setting = describeSettings(table).find(({ key }) => (isField ? `${entry}.${key}` : key) === name);
  return setting && withRule(setting, route, name);
};
