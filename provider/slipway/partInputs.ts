import { clusterInputs, type ObjectSchema, type SchemaPart, settingInputs } from "../../lib/settings/packageSchema";
import type { SettingKey } from "../../lib/settings/schema/stack";

/** Settings of the management cluster and of the Docker network. */
export const managementKeys = [
  "pins",
  "managementCluster",
  "managementNodeImage",
  "managementMounts",
  "managementPorts",
  "networkSubnet",
  "networkGateway",
  "networkSubnetIPv6",
  "networkMtu",
  "adoptNetwork",
  "loadBalancerPrefix",
  "imageSource",
  "caBundle",
  "imagePullCredentials",
] as const satisfies SettingKey[];

/** Settings of Cluster API's providers. */
export const providerKeys = [
  "capdImageSource",
  "capdImage",
  "capdSource",
  "capdImageArchive",
  "certManagerManifest",
  "coreManifest",
  "bootstrapManifest",
  "controlPlaneManifest",
  "infrastructureManifest",
  "featureGates",
  "templateSecrets",
  "providers",
] as const satisfies SettingKey[];

/** Settings of all workload clusters, besides the fields of each cluster. */
export const sharedKeys = [
  "cniManifest",
  "loadBalancerManifest",
  "applicationImage",
  "extraImages",
] as const satisfies SettingKey[];

/** Returns a string in Pulumi's schema. */
export const text = (description: string): SchemaPart => ({ type: "string", description });
const secret = (description: string): SchemaPart => ({ ...text(description), secret: true });
const settingsMap = (description: string): SchemaPart => ({
  type: "object",
  additionalProperties: { $ref: "pulumi.json#/Any" },
  description,
});

const lifetime = text(
  "URN of the resource whose deletion deletes the cluster, from the output `lifetime`. Objects in the cluster are then not deleted one by one.",
);
const managementInputs = {
  management: settingsMap("Settings of the management cluster: the output `settings` of ManagementCluster."),
  kubeconfig: secret("Kubeconfig of the management cluster: the output `kubeconfig` of ManagementCluster."),
  lifetime,
};
const workloadInputs = {
  cluster: settingsMap("Settings of the cluster: the output `settings` of WorkloadCluster."),
  kubeconfig: secret("Kubeconfig of the cluster: the output `kubeconfig` of WorkloadCluster."),
  lifetime,
  identity: text(
    "URN of the resource whose replacement means another cluster: the output `identity` of WorkloadCluster.",
  ),
};
const accessOutputs = {
  kubeconfig: secret("Kubeconfig for this machine."),
  lifetime: text("URN of the resource whose deletion deletes the cluster."),
  settings: settingsMap("Settings of the cluster, for the components that use it."),
};

/** A remote component in Pulumi's schema. */
const component = (
  description: string,
  inputs: ObjectSchema,
  outputs: Readonly<Record<string, SchemaPart>>,
  optional: readonly string[] = [],
): SchemaPart => ({
  isComponent: true,
  description,
  inputProperties: inputs.properties,
  requiredInputs: inputs.required,
  properties: outputs,
  required: Object.keys(outputs).filter((name) => !optional.includes(name)),
});

const inputsOf = (links: Readonly<Record<string, SchemaPart>>, ...settings: ObjectSchema[]): ObjectSchema => ({
  properties: Object.assign({}, links, ...settings.map(({ properties }) => properties)) as ObjectSchema["properties"],
  required: [...Object.keys(links), ...settings.flatMap(({ required }) => required)],
});

/** The components that a Lab consists of, by token. Each takes the outputs of the component before it. */
export const partSchemas = (): Readonly<Record<string, SchemaPart>> => ({
  "slipway:index:ManagementCluster": component(
    "The kind cluster in which Cluster API runs, and its Docker network. A stack has one.",
    inputsOf({}, settingInputs(managementKeys)),
    { ...accessOutputs, name: text("Name of the kind cluster."), nodeId: text("Id of the container of its node.") },
  ),
  "slipway:index:ProviderInstall": component(
    "cert-manager and Cluster API's providers in the management cluster.",
    inputsOf(
      { ...managementInputs, nodeId: text("Id of the node's container: the output `nodeId` of ManagementCluster.") },
      settingInputs(providerKeys),
    ),
    { version: text("Version of Cluster API, without a leading v.") },
  ),
  "slipway:index:WorkloadCluster": component(
    "A workload cluster: its objects in the management cluster, and the access to it. Set the option dependsOn to ProviderInstall. " +
      "The inputs cni, loadBalancer, application and manifests decide which images the nodes have; Cni, MetalLb and Application install them.",
    inputsOf(managementInputs, settingInputs(sharedKeys), clusterInputs()),
    {
      ...accessOutputs,
      identity: text("URN of the resource whose replacement means another cluster."),
      name: text("Name of the cluster."),
      namespace: text("Namespace of the cluster's objects in the management cluster."),
      loadBalancerRange: text("IPv4 addresses of its load balancer: FIRST-LAST. Absent without IPv4 addresses."),
    },
    ["loadBalancerRange"],
  ),
  "slipway:index:Cni": component(
    "The pod network of a workload cluster, as the cluster's input cni names it.",
    inputsOf(workloadInputs),
    {
      daemonSets: {
        type: "array",
        items: { type: "string" },
        description: "The network's DaemonSets: NAMESPACE/NAME.",
      },
    },
  ),
  "slipway:index:MetalLb": component(
    "MetalLB with the addresses of a workload cluster. Set the option dependsOn to Cni.",
    inputsOf(workloadInputs),
    { ranges: { type: "array", items: { type: "string" }, description: "The addresses that it assigns: FIRST-LAST." } },
  ),
  "slipway:index:Application": component(
    "nginx behind the load balancer of a workload cluster. Set the option dependsOn to MetalLb.",
    inputsOf(workloadInputs),
    { url: text("URL of the application."), answer: text("Summary of the page that answered.") },
  ),
});
