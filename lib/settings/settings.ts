import { type Problem, ProblemError, withoutValue } from "../base/problem";
import type { Pins, Route, RoutePins } from "../versions/pins";
import { completeByRoute } from "./routeDefaults";
import { validateSettings } from "./rules";
import { readClusters, stackSettings } from "./schema/entries";
import { readTable } from "./schema/read";
import type { TemplateTexts } from "./schema/templateFields";
import { type Settings, settingsTree } from "./types";

/** An error with all problems of a stack's settings. */
export class SettingsError extends ProblemError {
  override readonly name = "SettingsError";

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(problems, `The stack's settings have ${count}; see Pulumi.<stack>.yaml, or pulumi config:`);
  }
}

/** The input of readSettings. */
export interface SettingsSource {
  /** Values by key without a namespace: typed values of YAML, or the strings that Pulumi passes to a program. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The content of pins.json. */
  readonly pins: Readonly<Pick<Pins, "release"> & { source: RoutePins }>;
  /** The route of the installed tools; default: release. */
  readonly route?: Route;
  /** Keys without a namespace whose values the user encrypted. No problem shows such a value. */
  readonly secretKeys?: readonly string[];
  /** Texts of the templates in the settings. @default - templates are not read, and belong to other providers */
  readonly templates?: TemplateTexts;
}

/**
 * Reads, completes and validates a stack's settings. An absent key has its default. Pulumi.yaml describes the meaning of
 * an empty string, which may depend on the route.
 *
 * @throws SettingsError with all problems: unknown keys, wrong types, and values that break a rule
 */
export const readSettings = ({
  config: input,
  pins,
  route = "release",
  secretKeys = [],
  templates,
}: SettingsSource): Settings => {
  const config = completeByRoute(input, route);
  const versions = routePins(pins[config["pins"] === "source" ? "source" : "release"]);
  const top = readTable(stackSettings, { input: config, versions, path: "" });
  const { entries, problems } = readClusters(top, config, versions, templates);
  const { values, invalid } = top;
  const all = [...top.problems, ...problems, ...validateSettings({ values, invalid, entries, versions })];
  if (all.length > 0) throw new SettingsError(all.map((problem) => hideSecret(problem, secretKeys, input)));
  return settingsTree(values, entries, versions);
};

/** Returns a problem without the values that the user encrypted. A rule may quote the value of another setting. */
const hideSecret = (problem: Problem, keys: readonly string[], config: SettingsSource["config"]): Problem => {
  const [setting = ""] = (problem.key ?? "").split(/[.[]/);
  const shown = keys.includes(setting) ? withoutValue(problem) : problem;
  const secrets = keys.map((key) => config[key]).filter((value): value is string => typeof value === "string");
  const hide = (text: string): string =>
    secrets.reduce((rest, secret) => (secret.length < 4 ? rest : rest.replaceAll(secret, "[secret]")), text);
  return { ...shown, rule: hide(shown.rule), remedy: hide(shown.remedy) };
};

/**
 * Returns the project's settings from a program's configuration, by key without the namespace. The result has no keys of
 * other namespaces, such as `pulumi:disable-default-providers`.
 *
 * @param all - strings by full key, as `pulumi.runtime.allConfig()` returns them
 */
export const projectConfig = (all: Readonly<Record<string, string>>, project = "slipway"): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) =>
      key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), value] as const] : [],
    ),
  );

const routePins = ({
  kind,
  kubernetes,
  clusterApi,
  certManager,
  calico,
  flannel,
  metallb,
  nginx,
  cloudProviderKind,
}: RoutePins): RoutePins => ({
  kind,
  kubernetes,
  clusterApi,
  certManager,
  calico,
  flannel,
  metallb,
  nginx,
  ...(cloudProviderKind === undefined ? {} : { cloudProviderKind }),
});
