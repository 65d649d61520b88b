import * as pulumi from "@pulumi/pulumi";
import { type ClusterParts, hasTopology, machineOwners, machinesChecksum } from "../../lib/cluster/parts";
import type { ClusterSpec } from "../../lib/cluster/spec";
import type { Cni } from "../addons/cni";
import { lifecycleOptions, type ClusterHandle } from "../kubernetes/clusterHandle";
import { minorOf } from "../../lib/versions/semver";
import { createStep, step, type StepResource } from "../kubernetes/step";

/** A workload cluster and the resources that its nodes need to become Ready. */
export interface ClusterReadyArgs {
  management: ClusterHandle;
  workload: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace" | "kubernetesVersion">;
  parts: ClusterParts;
  machines: pulumi.Resource[];
  cni: Pick<Cni, "ready" | "daemonSets">;
}

/**
 * Waits until Cluster API reports the cluster as Available and pods can run on every node. Its output lists the nodes'
 * names.
 */
export const clusterReady = (
  name: string,
  args: ClusterReadyArgs,
  opts: { parent?: pulumi.Resource } = {},
): StepResource => {
  const { spec, parts } = args;
  return createStep(
    name,
    {
      ...step("wait-for-nodes"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        NODES: String(parts.nodes),
        // Cluster API names the owners of a class's machines, so the step finds them by their labels.
        ...(hasTopology(parts) ? {} : { OWNERS: machineOwners(parts).join(" ") }),
        ...(parts.machinePools ? { MACHINE_POOLS: parts.machinePools.join(" ") } : {}),
        ...(parts.scaledOwners ? { SCALED_OWNERS: parts.scaledOwners.join(" ") } : {}),
        // A cloud chooses the patch release of its nodes.
        VERSION: parts.hasManagedControlPlane ? minorOf(spec.kubernetesVersion) : spec.kubernetesVersion,
        // The step does not read this value: another checksum runs the step again, so that it waits for every rollout
        // of machines. Old templates are deleted after the step, when no machine needs them.
        MACHINES: machinesChecksum(parts),
        // A node becomes Ready when the network's configuration file exists, some seconds before the network itself
        // runs.
        DAEMON_SETS: args.cni.daemonSets.join(" "),
        KUBECONFIG: args.management.kubeconfigFile,
        WORKLOAD_KUBECONFIG: args.workload.kubeconfigFile,
        TIMEOUT: "20m",
      },
    },
    {
      ...opts,
      dependsOn: [...args.workload.apiReady, ...args.machines, ...args.cni.ready],
      ...lifecycleOptions(args.workload),
      customTimeouts: { create: "65m", update: "65m" },
    },
  );
};
