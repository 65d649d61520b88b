import type { Pins, RoutePins } from "../setup/pins";
import { nearest } from "./nearest";
import { type Problem, ProblemError, problemsOf } from "./problem";
import type { Setting } from "./setting";
import { asType, wrongType } from "./settingType";
import { settingsRules } from "./settingsRules";
import { type SettingKey, settingsSchema, type SettingValues } from "./settingsSchema";
import { type Settings, settingsTree } from "./settingsTree";

export { describeSettings, type SettingDescription, settingsSchema } from "./settingsSchema";
export type { ClusterSettings, Settings } from "./settingsTree";

/** Every problem of a stack's settings. */
export class SettingsError extends ProblemError {
  override readonly name = "SettingsError";

  constructor(problems: readonly Problem[]) {
    const many = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(problems, `The stack's settings have ${many}; see Pulumi.<stack>.yaml, or pulumi config:`);
  }
}

/** What the settings are read from. */
export interface SettingsSource {
  /** Values by key without a namespace: as YAML gives them, or as the texts that Pulumi passes to a program. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The content of pins.json. */
  readonly pins: Readonly<Pick<Pins, "release"> & { source: RoutePins }>;
}

/**
 * Reads, completes and checks a stack's settings. An absent key has its default; an empty text means what
 * Pulumi.yaml says of it.
 *
 * @throws SettingsError with every problem found: unknown keys, wrong types, values against a rule
 */
export const readSettings = ({ config, pins }: SettingsSource): Settings => {
  const problems = Object.keys(config)
    .filter((key) => !Object.hasOwn(settingsSchema, key))
    .map((key) => unknownKey(key, config[key]));
  const route = config["pins"] === "source" ? "source" : "release";
  const versions = routePins(pins[route]);

  const found: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [key, setting] of Object.entries(settingsSchema) as [SettingKey, Setting<unknown>][]) {
    const { value, problems: own } = readSetting(key, setting, config, { versions, earlier: found });
    found[key] = value;
    problems.push(...own);
    if (own.length > 0) wrong.add(key);
  }
  // The table gave each value its type and check; those that failed are used by no rule.
  const values = found as SettingValues;
  for (const { keys, check } of settingsRules) {
    if (!keys.some((key) => wrong.has(key))) problems.push(...check(values));
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settingsTree(values, versions);
};

/**
 * The project's part of the configuration that Pulumi gives a program, without the namespace. Keys of other
 * namespaces, such as `pulumi:disable-default-providers`, are left out.
 *
 * @param all texts by full key, as `pulumi.runtime.allConfig()` returns them
 */
export const projectConfig = (all: Readonly<Record<string, string>>, project = "slipway"): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) =>
      key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), value] as const] : [],
    ),
  );

const unknownKey = (key: string, received: unknown): Problem => {
  const known = nearest(key, Object.keys(settingsSchema));
  return {
    key,
    received,
    rule: "be a setting that Pulumi.yaml declares",
    remedy:
      known === undefined
        ? "Remove it; README.md lists the settings"
        : `Did you mean ${known}? Rename it, or remove it`,
  };
};

interface Context {
  versions: RoutePins;
  earlier: Readonly<Record<string, unknown>>;
}

const readSetting = (
  key: SettingKey,
  setting: Setting<unknown>,
  config: Readonly<Record<string, unknown>>,
  { versions, earlier }: Context,
): { value: unknown; problems: readonly Problem[] } => {
  const received = Object.hasOwn(config, key) ? config[key] : undefined;
  const value = received === undefined ? setting.default : asType(setting.type, received);
  if (value === undefined) return { value, problems: [wrongType(key, setting.type, received)] };
  if (value === "" && setting.derived !== undefined) {
    // What it derives from may be wrong, which is said there and not again here.
    let completed = "";
    problemsOf(() => (completed = setting.derived?.(versions, earlier) ?? ""));
    return { value: completed, problems: [] };
  }
  return { value, problems: problemsOf(() => setting.check(value)).map((problem) => ({ ...problem, key })) };
};

const routePins = ({ kind, kubernetes, clusterApi, certManager, calico, metallb, nginx }: RoutePins): RoutePins => ({
  kind,
  kubernetes,
  clusterApi,
  certManager,
  calico,
  metallb,
  nginx,
});
