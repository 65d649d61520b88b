import { loadBalancerRange, overlaps, parseCidr } from "./addresses";
import { type Problem, problemsOf } from "./problem";
import type { SettingKey, SettingValues } from "./settingsSchema";

/** A rule about several settings; it applies once each of them is right by itself. */
export interface Rule {
  readonly keys: readonly SettingKey[];
  readonly check: (values: SettingValues) => readonly Problem[];
}

/** Rules that no single setting can break. */
export const settingsRules: readonly Rule[] = [
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
  ...(
    [
      ["podCidr", "networkSubnet"],
      ["serviceCidr", "networkSubnet"],
      ["serviceCidr", "podCidr"],
    ] as const
  ).map(([key, other]): Rule => ({ keys: [key, other], check: (values) => overlapProblem(values, key, other) })),
  {
    keys: ["podCidr", "controlPlaneReplicas", "workerReplicas"],
    check: (values) => {
      const room = 2 ** (24 - parseCidr(values.podCidr).prefix);
      return nodesOf(values) <= room
        ? []
        : [
            {
              key: "podCidr",
              received: values.podCidr,
              rule: `hold a /24 for each of ${nodesOf(values)} nodes, and holds ${room}`,
              remedy: "Choose a larger network, or fewer nodes",
            },
          ];
    },
  },
  {
    keys: ["networkSubnet", "controlPlaneReplicas", "workerReplicas"],
    check: (values) => {
      // Docker has the lower half, without network address and gateway; then the management node and the API's proxy.
      const room = 2 ** (31 - parseCidr(values.networkSubnet).prefix) - 4;
      return nodesOf(values) <= room
        ? []
        : [
            {
              key: "networkSubnet",
              received: values.networkSubnet,
              rule: `hold ${nodesOf(values)} nodes in its lower half, and has room for ${room}`,
              remedy: "Choose a larger subnet, as 172.18.0.0/16, or fewer nodes",
            },
          ];
    },
  },
  {
    keys: ["clusterName", "managementCluster"],
    check: ({ clusterName, managementCluster }) =>
      clusterName === managementCluster
        ? [
            {
              key: "clusterName",
              received: clusterName,
              rule: "differ from managementCluster, since kind and Cluster API label containers alike",
              remedy: "Rename one of the two",
            },
          ]
        : [],
  },
  {
    keys: ["workerReplicas", "application"],
    check: ({ workerReplicas, application }) =>
      workerReplicas === 0 && application
        ? [
            {
              key: "workerReplicas",
              received: workerReplicas,
              rule: "be 1 or more where application is true, since control plane nodes announce no load balancer",
              remedy: "Set workerReplicas to 1, or application to false",
            },
          ]
        : [],
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
];

const rangeWith = (values: SettingValues, prefixLength?: number) =>
  loadBalancerRange(values.networkSubnet, values.networkGateway, prefixLength);

const nodesOf = (values: SettingValues): number => values.controlPlaneReplicas + values.workerReplicas;

const aboutKey = (key: SettingKey, check: () => unknown): Problem[] =>
  problemsOf(check).map((problem) => ({ ...problem, key }));

const overlapProblem = (
  values: SettingValues,
  key: "podCidr" | "serviceCidr",
  other: "networkSubnet" | "podCidr",
): Problem[] =>
  overlaps(values[key], values[other])
    ? [
        {
          key,
          received: values[key],
          rule: `share no address with ${other}, ${values[other]}`,
          remedy: "Choose another private network, of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        },
      ]
    : [];
