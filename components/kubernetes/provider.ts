import { getVersion } from "@pulumi/kubernetes/utilities";
import * as pulumi from "@pulumi/pulumi";

/** Access to one cluster. */
export interface KubernetesProviderArgs {
  kubeconfig: pulumi.Input<string>;
  /** Name of the cluster. Another name means another cluster, whatever the kubeconfig contains. */
  clusterIdentifier: string;
}

/** Returns the identifier of a kind cluster. States have it, so its form must not change. */
export const kindIdentifier = (name: string): string => `kind-${name}`;

/** Returns the identifier of a workload cluster. States have it, so its form must not change. */
export const workloadIdentifier = ({ namespace, name }: { namespace: string; name: string }): string =>
  `capi-${namespace}-${name}`;

/**
 * Registers Pulumi's Kubernetes provider with the stated inputs alone. The SDK's class also records the variables
 * PULUMI_K8S_* of one run as inputs in the state, so the next plan shows each provider as changed. The plugin's process
 * reads these variables itself.
 */
export class KubernetesProvider extends pulumi.ProviderResource {
  constructor(name: string, args: KubernetesProviderArgs, opts?: pulumi.ResourceOptions) {
    const { kubeconfig, clusterIdentifier } = args;
    super("kubernetes", name, { kubeconfig, clusterIdentifier }, pulumi.mergeOptions({ version: getVersion() }, opts));
  }
}
