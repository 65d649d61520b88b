import { valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import type { ClusterField } from "../schema/cluster";
import { checkField, type ClusterRule, hasTemplate, isDocker, isForeign, type RuleContext } from "./rule";

/** Variables of a template whose values are other fields of the cluster. */
const fieldVariables: Readonly<Record<string, ClusterField>> = {
  CLUSTER_NAME: "name",
  NAMESPACE: "namespace",
  KUBERNETES_VERSION: "kubernetesVersion",
  CONTROL_PLANE_MACHINE_COUNT: "controlPlaneReplicas",
  WORKER_MACHINE_COUNT: "workerReplicas",
  POD_CIDR: "podCidr",
  SERVICE_CIDR: "serviceCidr",
  SERVICE_DOMAIN: "serviceDomain",
};

/** Rules about a cluster from a template, and about fields that only such a cluster has. */
export const templateRules: readonly ClusterRule[] = [
  {
    fields: ["template", "templateVariables"],
    check: (entry) => {
      const names = Object.keys(entry.values.templateVariables);
      return [
        ...checkField(
          hasTemplate(entry) || names.length === 0,
          entry,
          "templateVariables",
          "no value without a template",
          "Remove it",
        ),
        ...names
          .filter((name) => Object.hasOwn(fieldVariables, name))
          .map((name) => ({
            key: `${entry.key("templateVariables")}.${name}`,
            received: valueAt(entry.received("templateVariables"), name),
            rule: `no value, because ${name} has the value of ${fieldVariables[name]}`,
            remedy: `Remove it, and set ${fieldVariables[name]}`,
          })),
      ];
    },
  },
  {
    fields: ["template"],
    check: (entry) =>
      checkField(
        !hasTemplate(entry) || (entry.values.healthCheck === undefined && !entry.invalid.has("healthCheck")),
        entry,
        "healthCheck",
        "no value beside template, which defines the objects of the cluster",
        "Write MachineHealthChecks into the template",
      ),
  },
  {
    fields: ["template", "workers"],
    check: (entry) =>
      checkField(
        !hasTemplate(entry) || entry.values.workers.length === 0,
        entry,
        "workers",
        "no value beside template, which defines the workers",
        "Set workerReplicas, and write labels and taints into the template",
      ),
  },
  {
    fields: ["template", "labels"],
    check: (entry) =>
      checkField(
        !hasTemplate(entry) || Object.keys(entry.values.labels).length === 0,
        entry,
        "labels",
        "no value beside template, which defines the Cluster object",
        "Write the labels into the template",
      ),
  },
  {
    fields: ["template", "loadBalancer", "loadBalancerAddresses"],
    check: (entry) => {
      const { loadBalancer, loadBalancerAddresses } = entry.values;
      const needsAddresses = isForeign(entry) && loadBalancer === "metallb";
      return [
        ...checkField(
          loadBalancer !== "cloud-provider-kind" || !isForeign(entry),
          entry,
          "loadBalancer",
          "metallb, external or none for a cluster from a template, because its machines are not containers",
          "Set it to external if the provider's controller assigns addresses",
        ),
        ...checkField(
          loadBalancer !== "external" || !isDocker(entry),
          entry,
          "loadBalancer",
          'metallb, cloud-provider-kind or "none", because only a cluster from the template of another provider can use external',
          "Set it to metallb, the default",
        ),
        ...checkField(
          needsAddresses === loadBalancerAddresses.list.length > 0,
          entry,
          "loadBalancerAddresses",
          needsAddresses
            ? "a network for MetalLB, because Slipway does not know which addresses are free on the machines' network"
            : "no value, because only clusters from templates of other providers with loadBalancer metallb use it",
          needsAddresses ? "Set it, for example to 10.20.30.240/28" : "Remove it",
        ),
      ];
    },
  },
  {
    fields: ["template", "application", "loadBalancer"],
    check: (entry) =>
      checkField(
        !isForeign(entry) || !entry.values.application || entry.values.loadBalancer !== "none",
        entry,
        "application",
        "false where loadBalancer is none, because no load balancer would assign an address",
        "Remove it, or choose a loadBalancer",
      ),
  },
];

/** Rules about the pod network that a template brings. */
export const templateNetworkRules: readonly ClusterRule[] = [
  {
    fields: ["template", "cni"],
    check: (entry) =>
      checkField(
        !entry.template?.bringsNetwork || entry.values.cni === "none",
        entry,
        "cni",
        "none, because a ClusterResourceSet of the template installs a pod network",
        "Remove it, or remove the ClusterResourceSet from the template",
      ),
  },
];

/** Checks that additional providers exist if a template needs them, and that Slipway installs them. */
export const providerProblems = ({ values, invalid, entries }: RuleContext): Problem[] => {
  const key = "providers";
  const isEmpty = !invalid.has(key) && values.providers.length === 0;
  const isMissing = !invalid.has(key) && values.providers.every(({ type }) => type !== "infrastructure");
  const [cluster] = isMissing && values.managementKubeconfig === "" ? entries.filter(isForeign) : [];
  const isUnused = !isEmpty && !invalid.has("installProviders") && !values.installProviders;
  const unused = { rule: "no value where installProviders is false", remedy: "Remove one of the two" };
  return [
    ...(cluster === undefined
      ? []
      : [
          {
            key,
            received: values.providers.map(({ name, type }) => `${type} ${name}`),
            rule: `the infrastructure provider of cluster ${cluster.title}, which is made from a template`,
            remedy: "Add its name, version and manifest",
          },
        ]),
    ...(invalid.has(key) ? [] : repeatedNames(values.providers)),
    ...(invalid.has(key) || invalid.has("featureGates") ? [] : extensionProblems(values)),
    ...(isUnused ? [{ key, ...(invalid.has(key) ? {} : { received: values.providers }), ...unused }] : []),
  ];
};

/** Variable of Cluster API's manifests that turns runtime extensions on. It is off by default. */
const runtimeFeature = "EXP_RUNTIME_SDK";

/** Finds runtime extensions that Cluster API would never call. */
const extensionProblems = ({ providers, featureGates }: RuleContext["values"]): Problem[] => {
  const received = featureGates[runtimeFeature];
  if (/^(1|t|true)$/i.test(received ?? "") || providers.every(({ type }) => type !== "runtimeExtension")) return [];
  const rule = "true where providers has a runtimeExtension, which Cluster API calls only with this feature";
  return [{ key: `featureGates.${runtimeFeature}`, received, rule, remedy: "Set it to true" }];
};

/** Providers that Slipway itself installs, by type and name. */
const ownProviders: Readonly<Record<string, string>> = {
  "infrastructure docker": "Slipway's own Docker provider",
  "bootstrap kubeadm": "Slipway's own kubeadm bootstrap provider",
  "controlPlane kubeadm": "Slipway's own kubeadm control plane provider",
};

/** Finds providers of one type with one name, whose resources would have equal names. */
const repeatedNames = (providers: readonly { readonly name: string; readonly type: string }[]): Problem[] =>
  providers.flatMap(({ name, type }, index) => {
    const first = providers.findIndex((other) => other.name === name && other.type === type);
    const installed = ownProviders[`${type} ${name}`];
    const owner = installed ?? `providers[${first}]`;
    if (first === index && installed === undefined) return [];
    const rule = `a name other than that of ${owner}`;
    return [{ key: `providers[${index}].name`, received: name, rule, remedy: "Remove one of the two" }];
  });
