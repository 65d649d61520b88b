import { version } from "../../package.json";
import { type PackageSchema, referencePage } from "../plugin/reference";
import { partSchemas, text } from "./partInputs";
import { labInputs, type ObjectSchema, type SchemaPart, settingTypes } from "../../lib/settings/packageSchema";

const mapOfTexts = (description: string): SchemaPart => ({
  type: "object",
  additionalProperties: { type: "string" },
  description,
});

/** A workload cluster in the outputs. */
const clusterState: SchemaPart = {
  type: "object",
  description: "A workload cluster that exists.",
  properties: {
    name: text("Name of the cluster."),
    namespace: text("Namespace of the cluster's objects in the management cluster."),
    version: text("Kubernetes version, for example v1.34.4."),
    loadBalancerRange: text("IPv4 addresses of the load balancer: FIRST-LAST. Absent without IPv4 addresses."),
    loadBalancerRangeIPv6: text("IPv6 addresses of the load balancer: FIRST-LAST. Absent without IPv6 addresses."),
    nodes: { type: "array", items: { type: "string" }, description: "Names of the nodes, once they are Ready." },
    secondUrl: text("URL of the application at its address of the secondary family. Absent for one family."),
  },
  required: ["name", "namespace", "version", "nodes"],
};

const lab = ({ properties, required }: ObjectSchema): SchemaPart => ({
  isComponent: true,
  description:
    "A kind cluster with Cluster API, and workload clusters with a pod network, a load balancer and an application. " +
    "The inputs are the settings of Slipway; a stack has one Lab.",
  inputProperties: properties,
  requiredInputs: required,
  properties: {
    url: text("URL of the first application. Absent without an application."),
    answer: text("Summary of the page that the first application answered with."),
    urls: mapOfTexts("URLs of the applications, by the cluster's name."),
    kubeconfigs: {
      ...mapOfTexts("Kubeconfigs for this machine, by the cluster's name; also of the management cluster."),
      secret: true,
    },
    loadBalancerRanges: mapOfTexts("IPv4 addresses of the load balancers, by the cluster's name: FIRST-LAST."),
    managementCluster: text("Name of the management cluster."),
    clusters: {
      type: "array",
      items: { $ref: "#/types/slipway:index:ClusterState" },
      description: "The workload clusters.",
    },
  },
  required: ["urls", "kubeconfigs", "loadBalancerRanges", "managementCluster", "clusters"],
});

/** Version of the package, its plugins and its SDKs. */
export const packageVersion = version;

/** Pulumi's schema of the package slipway: the interface of its SDKs. */
export const slipwaySchema = (): PackageSchema & SchemaPart => ({
  name: "slipway",
  version,
  displayName: "Slipway",
  description: "Cluster API workload clusters on one machine with Docker.",
  keywords: ["pulumi", "slipway", "kubernetes", "cluster-api", "kind/component", "category/infrastructure"],
  license: "Apache-2.0",
  language: {
    nodejs: { packageName: "@slipway/capi", respectSchemaVersion: true, dependencies: { "@pulumi/pulumi": "^3.0.0" } },
    go: {
      importBasePath: "slipway.dev/sdk/go/slipway",
      respectSchemaVersion: true,
      generateResourceContainerTypes: true,
    },
    python: {
      packageName: "slipway_capi",
      respectSchemaVersion: true,
      requires: { pulumi: ">=3.0.0,<4.0.0" },
      pyproject: { enabled: true },
    },
  },
  types: { ...settingTypes(), "slipway:index:ClusterState": clusterState },
  resources: { "slipway:index:Lab": lab(labInputs()), ...partSchemas() },
});

/** Returns the page docs/reference/package.md. */
export const slipwayReference = (): string =>
  referencePage(
    "The package slipway",
    "Components of the plugin `slipway`. The guide is [use Slipway from another program](../guides/use-as-a-package.md).",
    slipwaySchema(),
  );
