import { valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import type { ClusterField } from "../schema/cluster";
import type { ClusterEntry } from "../schema/entries";
import { type ClusterRule, type RuleContext, unless } from "./rule";

const isTemplate = ({ values }: ClusterEntry): boolean => values.backend === "template";

/** Variables that follow from a cluster's other fields. */
const ownVariables: Readonly<Record<string, ClusterField>> = {
  CLUSTER_NAME: "name",
  NAMESPACE: "namespace",
  KUBERNETES_VERSION: "kubernetesVersion",
  CONTROL_PLANE_MACHINE_COUNT: "controlPlaneReplicas",
  WORKER_MACHINE_COUNT: "workerReplicas",
  POD_CIDR: "podCidr",
  SERVICE_CIDR: "serviceCidr",
  SERVICE_DOMAIN: "serviceDomain",
};

/** Rules about a cluster that is made from a template, and about what only such a one has. */
export const templateRules: readonly ClusterRule[] = [
  {
    fields: ["template", "templateVariables"],
    check: (entry) => {
      const { templateVariables } = entry.values;
      const empty = Object.keys(templateVariables).length === 0;
      const own = Object.keys(templateVariables).filter((name) => Object.hasOwn(ownVariables, name));
      return [
        ...unless(
          isTemplate(entry) || empty,
          entry,
          "templateVariables",
          "be left out without a template",
          "Remove it",
        ),
        ...own.map((name) => ({
          key: `${entry.key("templateVariables")}.${name}`,
          received: valueAt(entry.received("templateVariables"), name),
          rule: `be left to ${ownVariables[name]}, which it follows from`,
          remedy: `Remove it, and set ${ownVariables[name]}`,
        })),
      ];
    },
  },
  {
    fields: ["template"],
    check: (entry) =>
      unless(
        !isTemplate(entry) || (entry.values.healthCheck === undefined && !entry.wrong.has("healthCheck")),
        entry,
        "healthCheck",
        "be left out where a template says what a cluster is made of",
        "Write MachineHealthChecks into the template",
      ),
  },
  {
    fields: ["template", "workers"],
    check: (entry) =>
      unless(
        !isTemplate(entry) || entry.values.workers.length === 0,
        entry,
        "workers",
        "be left out where a template says what workers are made of",
        "Set workerReplicas, and labels and taints in the template",
      ),
  },
  {
    fields: ["template", "loadBalancer", "loadBalancerAddresses"],
    check: (entry) => {
      const { loadBalancer, loadBalancerAddresses } = entry.values;
      const wanted = isTemplate(entry) && loadBalancer === "metallb";
      return [
        ...unless(
          loadBalancer !== "cloud-provider-kind" || !isTemplate(entry),
          entry,
          "loadBalancer",
          "be metallb, external or none for a cluster from a template, whose machines are no containers",
          "Set it to external where the provider's own controller gives addresses",
        ),
        ...unless(
          loadBalancer !== "external" || isTemplate(entry),
          entry,
          "loadBalancer",
          "be external only for a cluster from a template",
          "Set it to metallb, the default",
        ),
        ...unless(
          wanted === loadBalancerAddresses.list.length > 0,
          entry,
          "loadBalancerAddresses",
          wanted
            ? "be a network for MetalLB, since only you know the addresses that are free where the machines are"
            : "be left out but for a cluster from a template with loadBalancer metallb",
          wanted ? "Set it, as 10.20.30.240/28" : "Remove it",
        ),
      ];
    },
  },
  {
    fields: ["template", "application", "loadBalancer"],
    check: (entry) =>
      unless(
        !isTemplate(entry) || !entry.values.application || entry.values.loadBalancer !== "none",
        entry,
        "application",
        "be false where loadBalancer is none, since nothing would give it an address",
        "Remove it, or choose a loadBalancer",
      ),
  },
];

/** Rules about providers besides Cluster API's own. */
export const providerProblems = ({ values, wrong, entries }: RuleContext): Problem[] => {
  const key = "providers";
  const isNone = !wrong.has(key) && values.providers.length === 0;
  const needed = isNone && values.managementKubeconfig === "" ? entries.filter(isTemplate) : [];
  const isRefused = !isNone && !wrong.has("installProviders") && !values.installProviders;
  const refused = { rule: "be left out where installProviders is false", remedy: "Remove one of the two" };
  return [
    ...needed.slice(0, 1).map(({ title }) => ({
      key,
      received: [],
      rule: `name the provider of cluster ${title}, which a template makes`,
      remedy: "Add its name, version and manifest",
    })),
    ...(isRefused ? [{ key, ...(wrong.has(key) ? {} : { received: values.providers }), ...refused }] : []),
  ];
};
