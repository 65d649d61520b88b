import { type Problem, problemsOf } from "../../base/problem";
import { gatewayOf } from "../../network/dockerSubnet";
import { loadBalancerRange } from "../../network/loadBalancerRange";
import type { RoutePins } from "../../versions/pins";
import { unsupported, unsupportedByKind } from "../../versions/supportMatrix";
import { type ClusterEntry, noPods } from "../schema/entries";
import { defaultOf, notes } from "../schema/setting";
import { type SettingKey, settingsSchema, type SettingValues } from "../schema/stack";
import { classRules } from "./class";
import { familyRules, ipv6Problems } from "./addressFamilies";
import { fleetProblems } from "./fleet";
import { kubeadmRules } from "./kubeadm";
import { loadBalancerRules, cloudProviderKindProblems } from "./loadBalancer";
import { machineRules } from "./machines";
import { managementNodeProblems, mountRules } from "./mounts";
import { nameRules } from "./names";
import { poolRules } from "./pools";
import { networkRules } from "./networks";
import { checkField, type ClusterRule, type RuleContext } from "./rule";
import { templateNetworkRules, templateRules, providerProblems } from "./template";
import { versionRules } from "./versions";

/** Rules about clusters that Cluster API's in-memory provider simulates. */
const inMemoryRules: readonly ClusterRule[] = [
  {
    fields: ["backend", "cni", "loadBalancer", "application", "manifests"],
    check: (entry) => {
      const { backend, cni, loadBalancer, application, manifests } = entry.values;
      if (backend !== "inMemory") return [];
      return [
        ...checkField(cni === "none", entry, "cni", noPods, "Remove it"),
        ...checkField(loadBalancer === "none", entry, "loadBalancer", noPods, "Remove it"),
        ...checkField(!application, entry, "application", `false or ${noPods}`, "Remove it"),
        ...checkField(manifests.length === 0, entry, "manifests", noPods, "Remove it"),
      ];
    },
  },
];

/** All rules about one cluster. */
export const clusterRules: readonly ClusterRule[] = [
  ...networkRules,
  ...nameRules,
  ...machineRules,
  ...poolRules,
  ...loadBalancerRules,
  ...inMemoryRules,
  ...versionRules,
  ...familyRules,
  ...templateRules,
  ...classRules,
  ...templateNetworkRules,
  ...kubeadmRules,
  ...mountRules,
];

/** Returns the problems of rules about several settings. A rule is skipped if one of its values is invalid by itself. */
export const validateSettings = (context: RuleContext): Problem[] => {
  const { values, invalid, entries, versions } = context;
  const areValid = (keys: readonly string[], among: ReadonlySet<string>) => !keys.some((key) => among.has(key));
  const applies = (rule: ClusterRule, entry: ClusterEntry): boolean =>
    areValid(rule.fields, entry.invalid) && areValid(rule.settings ?? [], invalid);
  return [
    ...stackRules.flatMap(({ keys, check }) => (areValid(keys, invalid) ? check(values, versions) : [])),
    ...entries.flatMap((entry) =>
      clusterRules.flatMap((rule) => (applies(rule, entry) ? rule.check(entry, { values, versions }) : [])),
    ),
    ...providerProblems(context),
    ...ipv6Problems(context),
    ...cloudProviderKindProblems(entries, versions),
    ...fleetProblems(context),
  ];
};

/** A rule about the stack. */
interface StackRule {
  readonly keys: readonly SettingKey[];
  readonly check: (values: SettingValues, versions: RoutePins) => readonly Problem[];
}

/** Settings of the kind cluster, which a stack with an existing management cluster does not have. */
const kindOnly = [
  "managementCluster",
  "managementNodeImage",
  "capdImageSource",
  "capdSource",
  "capdImageArchive",
] as const satisfies readonly SettingKey[];

const stackRules: readonly StackRule[] = [
  {
    keys: ["networkSubnet", "networkGateway"],
    check: (values) => problemsFor("networkGateway", () => gatewayWith(values)),
  },
  {
    keys: ["networkSubnet", "networkGateway", "loadBalancerPrefix"],
    check: (values) =>
      problemsOf(() => gatewayWith(values)).length > 0
        ? [] // The rule above reports a problem of the gateway.
        : problemsFor("loadBalancerPrefix", () =>
            loadBalancerRange(values.networkSubnet, gatewayWith(values), values.loadBalancerPrefix),
          ),
  },
  {
    keys: ["managementNodeImage"],
    check: ({ managementNodeImage: image }, { clusterApi, kind }) => {
      const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? "";
      const rule = unsupported(clusterApi, "management", tag) ?? unsupportedByKind(kind, tag);
      const remedy = "Choose a node image of a supported version, or remove the setting";
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
            // Pulumi also passes defaults to a program, so defaults are valid.
            const defaultValue = notes.get(setting)?.derived?.(versions, values) ?? defaultOf(setting);
            const rule = "no value beside managementKubeconfig, because an existing cluster pulls its images";
            return values[key] === defaultValue
              ? []
              : [{ key, received: values[key], rule, remedy: "Remove one of the two" }];
          }),
  },
  { keys: ["managementMounts", "managementPorts", "managementKubeconfig"], check: managementNodeProblems },
  {
    keys: ["managementKubeconfig", "installProviders"],
    check: ({ managementKubeconfig, installProviders }) => {
      const rule = "true where Slipway creates the management cluster, which starts without providers";
      const remedy = "Remove it, or set managementKubeconfig to a cluster with the providers";
      return installProviders || managementKubeconfig !== ""
        ? []
        : [{ key: "installProviders", received: false, rule, remedy }];
    },
  },
  {
    keys: ["managementKubeconfig", "installCertManager"],
    check: ({ managementKubeconfig, installCertManager }) => {
      const rule = "true where Slipway creates the management cluster, which starts without cert-manager";
      const remedy = "Remove it, or set managementKubeconfig to a cluster with cert-manager";
      return installCertManager || managementKubeconfig !== ""
        ? []
        : [{ key: "installCertManager", received: false, rule, remedy }];
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
              rule: `${capdImageArchive === "" ? "a path" : "no value"} where capdImageSource is ${capdImageSource}`,
              remedy:
                capdImageArchive === ""
                  ? "Set it to a file that docker save wrote, or choose another capdImageSource"
                  : "Remove it, or set capdImageSource to archive",
            },
          ],
  },
  {
    keys: ["capdImageSource", "capdSource"],
    check: ({ capdImageSource, capdSource }) =>
      capdImageSource === "build" || capdSource === ""
        ? []
        : [
            {
              key: "capdSource",
              received: capdSource,
              rule: `no value where capdImageSource is ${capdImageSource}`,
              remedy: "Remove it, or set capdImageSource to build",
            },
          ],
  },
  {
    keys: ["capdSource", "capdImage"],
    check: ({ capdSource, capdImage, ...values }, versions) =>
      capdSource === "" || capdImage === notes.get(settingsSchema.capdImage)?.derived?.(versions, values)
        ? []
        : [
            {
              key: "capdImage",
              received: capdImage,
              rule: "no value beside capdSource, whose files give the image its name",
              remedy: "Remove one of the two",
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
              rule: "no value where imageSource is registry, because nodes then pull their images",
              remedy: "Remove it, or set imageSource to local",
            },
          ],
  },
];

const gatewayWith = ({ networkSubnet, networkGateway }: SettingValues) => gatewayOf(networkSubnet, networkGateway);

const problemsFor = (key: SettingKey, check: () => unknown): Problem[] =>
  problemsOf(check).map((problem) => ({ ...problem, key }));
