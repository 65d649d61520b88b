import * as pulumi from "@pulumi/pulumi";
import { Application } from "../../components/addons/application";
import { Cni } from "../../components/addons/cni";
import { MetalLb } from "../../components/addons/metalLb";
import type { ClusterHandle } from "../../components/kubernetes/clusterHandle";
import { kindIdentifier, KubernetesProvider, workloadIdentifier } from "../../components/kubernetes/provider";
import { CapdImage } from "../../components/management/capdImage";
import { DockerNetwork } from "../../components/management/dockerNetwork";
import { ImageLoad } from "../../components/management/imageLoad";
import { ManagementCluster } from "../../components/management/managementCluster";
import { ProviderInstall } from "../../components/management/providerInstall";
import { WorkloadCluster } from "../../components/workload/workloadCluster";
import { kubeconfigFile } from "../../lib/base/paths";
import type { ClusterSettings } from "../../lib/settings/types";
import { create } from "../../program/create";
import {
  capdImageArgs,
  imageLoadArgs,
  kindArgs,
  type KindManagement,
  networkArgs,
  providerArgs,
} from "../../program/management";
import { applicationArgs, cniArgs, metalLbArgs, shareAmongClusters, workloadClusterArgs } from "../../program/workload";
import type { Properties } from "../plugin/values";
import type { Constructed } from "./lab";
import { managementKeys, providerKeys, sharedKeys } from "./partInputs";
import { type PartRequest, readPart } from "./readPart";

type Construct = (request: PartRequest) => Promise<Constructed>;

/** A cluster that another component created. */
interface Opened {
  /** Name of the cluster, which names the file of its kubeconfig. */
  readonly cluster: string;
  /** Name by which the provider knows that two kubeconfigs lead to one cluster. */
  readonly identifier: string;
}

const resourceAt = (urn: unknown): pulumi.CustomResource | undefined =>
  typeof urn === "string" && urn !== "" ? new pulumi.DependencyResource(urn) : undefined;

/** Opens a cluster by the outputs of the component that created it. */
const openCluster = (
  { name, inputs, siblings }: PartRequest,
  links: Properties,
  { cluster, identifier }: Opened,
): ClusterHandle => {
  const args = {
    kubeconfig: pulumi.secret(inputs["kubeconfig"] as pulumi.Input<string>),
    clusterIdentifier: identifier,
  };
  const provider = new KubernetesProvider(`${name}-access`, args, siblings);
  const [lifetime, identity] = [resourceAt(links["lifetime"]), resourceAt(links["identity"])];
  return {
    provider,
    kubeconfigFile: kubeconfigFile(pulumi.getStack(), cluster),
    // The provider exists as soon as the kubeconfig is known, which the other component wrote to the file.
    apiReady: [provider],
    ...(lifetime ? { lifetime } : {}),
    ...(identity ? { identity } : {}),
  };
};

const openManagement = (request: PartRequest, links: Properties, name: string): KindManagement => {
  const handle = openCluster(request, links, { cluster: name, identifier: kindIdentifier(name) });
  return {
    handle,
    kubeconfig: pulumi.output(request.inputs["kubeconfig"] as pulumi.Input<string>),
    kind: handle.lifetime ?? handle.provider,
    nodeId: pulumi.output(request.inputs["nodeId"] as pulumi.Input<string>),
    nodeName: `${name}-control-plane`,
    nodeReady: [],
  };
};

const constructManagement: Construct = async (request) => {
  const { name, siblings } = request;
  const { stack, opts, settings } = await readPart(request, managementKeys, {});
  const network = create(DockerNetwork, `${name}-network`, networkArgs(stack), siblings);
  const management = new ManagementCluster(name, kindArgs(stack, network), opts);
  const { kubeconfig, nodeId, kind } = management;
  const state = { name: stack.settings.management.name, kubeconfig, nodeId, lifetime: kind.urn, settings };
  return { urn: management.urn, state };
};

const constructProviders: Construct = async (request) => {
  const { name, siblings } = request;
  const { stack, opts, links } = await readPart(request, providerKeys, { from: "management" });
  const management = openManagement(request, links, stack.settings.management.name);
  const capdImage = create(CapdImage, `${name}-capd-image`, capdImageArgs(stack, management), siblings);
  const images = create(ImageLoad, `${name}-images`, imageLoadArgs(stack, management, capdImage), siblings);
  const args = providerArgs(stack, management, images);
  if (args === undefined)
    throw new Error(`ProviderInstall ${name}: expected a management cluster that installs providers.`);
  const providers = new ProviderInstall(name, args, opts);
  return { urn: providers.urn, state: { version: stack.settings.versions.clusterApi } };
};

/** Returns the only cluster of a part's settings. */
const onlyCluster = <C extends ClusterSettings>(clusters: readonly C[]): C => {
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error("settings: expected a workload cluster, got none.");
  return cluster;
};

const constructWorkload: Construct = async (request) => {
  const { name } = request;
  const read = await readPart(request, sharedKeys, { from: "management", hasCluster: true });
  const { stack, opts, links, settings } = read;
  const management = openManagement(request, links, stack.settings.management.name);
  const shared = shareAmongClusters(stack, management, undefined, undefined, undefined);
  const planned = onlyCluster(shared.clusters);
  const cluster = new WorkloadCluster(name, workloadClusterArgs(shared, planned, undefined), opts);
  const { access } = cluster;
  const { loadBalancerRange: range } = planned;
  const state = {
    name: planned.name,
    namespace: planned.namespace,
    kubeconfig: access?.kubeconfig ?? "",
    lifetime: access?.handle.lifetime?.urn ?? "",
    identity: access?.handle.identity?.urn ?? "",
    ...(range ? { loadBalancerRange: range.text } : {}),
    settings,
  };
  return { urn: cluster.urn, state };
};

/** Reads a part of a workload cluster, and opens the cluster. */
const openWorkload = async (request: PartRequest) => {
  const read = await readPart(request, [], { from: "cluster", hasCluster: true });
  const settings = onlyCluster(read.stack.settings.clusters);
  const identifier = workloadIdentifier(settings);
  const handle = openCluster(request, read.links, { cluster: settings.name, identifier });
  const kubeconfig = pulumi.output(request.inputs["kubeconfig"] as pulumi.Input<string>);
  return { ...read, settings, cluster: { access: { handle, kubeconfig }, workers: [] } };
};

const required = <Args>(args: Args | undefined, name: string, input: string): Args => {
  if (args !== undefined) return args;
  const reason = `expected a value that installs ${name}, got a cluster without it. Change it, or remove ${name}.`;
  throw new pulumi.InputPropertiesError({
    message: "1 input is invalid.",
    errors: [{ propertyPath: `cluster.${input}`, reason }],
  });
};

const constructCni: Construct = async (request) => {
  const { stack, opts, settings, cluster } = await openWorkload(request);
  const cni = new Cni(request.name, required(cniArgs({ stack }, settings, cluster), "Cni", "cni"), opts);
  return { urn: cni.urn, state: { daemonSets: cni.daemonSets } };
};

const constructMetalLb: Construct = async (request) => {
  const { stack, opts, settings, cluster } = await openWorkload(request);
  const args = required(metalLbArgs({ stack }, settings, cluster, undefined), "MetalLb", "loadBalancer");
  const metalLb = new MetalLb(request.name, args, opts);
  return { urn: metalLb.urn, state: { ranges: args.ranges.map(({ text }) => text) } };
};

const constructApplication: Construct = async (request) => {
  const { stack, opts, settings, cluster } = await openWorkload(request);
  const needs = { nodes: undefined, metalLb: undefined, manifests: undefined };
  const args = applicationArgs({ stack, cloudProviderKind: [] }, settings, cluster, needs);
  const application = new Application(request.name, required(args, "Application", "application"), opts);
  const { urn, url, answer } = application;
  return { urn, state: { url, answer } };
};

/** The components that a Lab consists of, by token. */
export const parts: Readonly<Record<string, Construct>> = {
  "slipway:index:ManagementCluster": constructManagement,
  "slipway:index:ProviderInstall": constructProviders,
  "slipway:index:WorkloadCluster": constructWorkload,
  "slipway:index:Cni": constructCni,
  "slipway:index:MetalLb": constructMetalLb,
  "slipway:index:Application": constructApplication,
};
