import { type Problem, ProblemError } from "../base/problem";
import type { Pins, Route, RoutePins } from "../versions/pins";
import { completeByRoute } from "./routeDefaults";
import { brokenRules } from "./rules";
import { readClusters, stackSettings } from "./schema/entries";
import { readTable } from "./schema/read";
import { type Settings, settingsTree } from "./types";

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
  /** The route whose tools the checkout has; default: release. */
  readonly route?: Route;
}

/**
 * Reads, completes and checks a stack's settings. An absent key has its default; an empty text means what
 * Pulumi.yaml says of it, which may depend on the route.
 *
 * @throws SettingsError with every problem found: unknown keys, wrong types, values against a rule
 */
export const readSettings = ({ config: given, pins, route = "release" }: SettingsSource): Settings => {
  const config = completeByRoute(given, route);
  const versions = routePins(pins[config["pins"] === "source" ? "source" : "release"]);
  const top = readTable(stackSettings, { given: config, versions, path: "" });
  const { entries, problems } = readClusters(top, config, versions);
  const { values, wrong } = top;
  const all = [...top.problems, ...problems, ...brokenRules({ values, wrong, entries, versions })];
  if (all.length > 0) throw new SettingsError(all);
  return settingsTree(values, entries, versions);
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
