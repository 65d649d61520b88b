import { type Problem, problemsOf } from "../../base/problem";
import { loadBalancerRange } from "../../network/loadBalancerRange";
import type { RoutePins } from "../../versions/pins";
import { unsupported, unsupportedByKind } from "../../versions/supportMatrix";
import type { ClusterEntry } from "../schema/entries";
import { defaultOf, notes } from "../schema/setting";
import { type SettingKey, settingsSchema, type SettingValues } from "../schema/stack";
import { familyRules, ipv6Problems } from "./addressFamilies";
import { fleetProblems } from "./fleet";
import { loadBalancerRules, cloudProviderKindProblems } from "./loadBalancer";
import { nameRules } from "./names";
import { networkRules } from "./networks";
import { type ClusterRule, unless, type RuleContext } from "./rule";
import { templateRules, providerProblems } from "./template";
import { versionRules } from "./versions";

/** Clusters that are only pretended. */
const pretenceRules: readonly ClusterRule[] = [
  {
    fields: ["backend", "cni", "loadBalancer", "application", "manifests"],
    check: (entry) => {
      const { backend, cni, loadBalancer, application, manifests } = entry.values;
      if (backend !== "inMemory") return [];
      const rule = "be left out where backend is inMemory, whose nodes run no pods";
      return [
        ...unless(cni === "none", entry, "cni", rule, "Remove it"),
        ...unless(loadBalancer === "none", entry, "loadBalancer", rule, "Remove it"),
        ...unless(!application, entry, "application", rule, "Remove it"),
        ...unless(manifests.length === 0, entry, "manifests", rule, "Remove it"),
      ];
    },
  },
];

/** Every rule about one cluster, by noun. */
export const clusterRules: readonly ClusterRule[] = [
  ...networkRules,
  ...nameRules,
  ...loadBalancerRules,
  ...pretenceRules,
  ...versionRules,
  ...familyRules,
  ...templateRules,
];

/** What rules about several settings say; a rule is left out where a value it uses is wrong by itself. */
export const brokenRules = (context: RuleContext): Problem[] => {
  const { values, wrong, entries, versions } = context;
  const right = (keys: readonly string[], among: ReadonlySet<string>) => !keys.some((key) => among.has(key));
  const applies = (rule: ClusterRule, entry: ClusterEntry): boolean =>
    right(rule.fields, entry.wrong) && right(rule.settings ?? [], wrong);
  return [
    ...stackRules.flatMap(({ keys, check }) => (right(keys, wrong) ? check(values, versions) : [])),
    ...entries.flatMap((entry) =>
      clusterRules.flatMap((rule) => (applies(rule, entry) ? rule.check(entry, { values, versions }) : [])),
    ),
    ...providerProblems(context),
    ...ipv6Problems(context),
    ...cloudProviderKindProblems(entries, versions),
    ...fleetProblems(context),
  ];
};

/** A rule about the stack as a whole. */
interface StackRule {
  readonly keys: readonly SettingKey[];
  readonly check: (values: SettingValues, versions: RoutePins) => readonly Problem[];
}

/** Settings of the kind cluster, which there is none of where a management cluster is given. */
const kindOnly = [
  "managementCluster",
  "managementNodeImage",
  "capdImageSource",
  "capdImageArchive",
] as const satisfies readonly SettingKey[];

const stackRules: readonly StackRule[] = [
  {
    keys: ["networkSubnet", "networkGateway"],
    check: (values) => aboutKey("networkGateway", () => rangeWith(values)),
  },
  {
    keys: ["networkSubnet", "networkGateway", "loadBalancerPrefix"],
    check: (values) =>
      problemsOf(() => rangeWith(values)).length > 0
        ? [] // The gateway's problem, and named by the rule above.
        : aboutKey("loadBalancerPrefix", () => rangeWith(values, values.loadBalancerPrefix)),
  },
  {
    keys: ["managementNodeImage"],
    check: ({ managementNodeImage: image }, { clusterApi, kind }) => {
      const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? "";
      const rule = unsupported(clusterApi, "management", tag) ?? unsupportedByKind(kind, tag);
      const remedy = "Take a node image of a supported version, or leave it empty";
      return rule === undefined ? [] : [{ key: "managementNodeImage", received: image, rule, remedy }];
    },
  },
  {
    keys: ["managementKubeconfig", ...kindOnly],
    check: (values, versions) =>
      values.managementKubeconfig === ""
        ? []
        : kindOnly.flatMap((key) => {
            const setting = settingsSchema[key];
            // Pulumi passes the defaults on too; they say nothing.
            const silent = notes.get(setting)?.derived?.(versions, values) ?? defaultOf(setting);
            const rule =
              "be left out where managementKubeconfig gives a management cluster, which pulls its own images";
            return values[key] === silent
              ? []
              : [{ key, received: values[key], rule, remedy: "Remove one of the two" }];
          }),
  },
  {
    keys: ["managementKubeconfig", "installProviders"],
    check: ({ managementKubeconfig, installProviders }) => {
      const rule = "be true where Slipway makes the management cluster, which has nothing yet";
      const remedy = "Remove it, or set managementKubeconfig to the cluster that has them";
      return installProviders || managementKubeconfig !== ""
        ? []
        : [{ key: "installProviders", received: false, rule, remedy }];
    },
  },
  {
    keys: ["capdImageSource", "capdImageArchive"],
    check: ({ capdImageSource, capdImageArchive }) =>
      (capdImageSource === "archive") === (capdImageArchive !== "")
        ? []
        : [
            {
              key: "capdImageArchive",
              received: capdImageArchive,
              rule: `be ${capdImageArchive === "" ? "a path" : "empty"} where capdImageSource is ${capdImageSource}`,
              remedy:
                capdImageArchive === ""
                  ? "Set it to a file that docker save wrote, or choose another capdImageSource"
                  : "Remove it, or set capdImageSource to archive",
            },
          ],
  },
  {
    keys: ["imageSource", "extraImages"],
    check: ({ imageSource, extraImages }) =>
      imageSource === "local" || extraImages.length === 0
        ? []
        : [
            {
              key: "extraImages",
              received: extraImages,
              rule: "be empty where imageSource is registry, since nodes pull what they need",
              remedy: "Remove it, or set imageSource to local",
            },
          ],
  },
];

const rangeWith = (values: SettingValues, prefixLength?: number) =>
  loadBalancerRange(values.networkSubnet, values.networkGateway, prefixLength);

const aboutKey = (key: SettingKey, check: () => unknown): Problem[] =>
  problemsOf(check).map((problem) => ({ ...problem, key }));
