import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { machineOwners, machinesSum, type ClusterSpec } from "../lib/clusterObjects";
import type { Cni } from "./cni";
import { lifeIn, type ClusterHandle } from "./clusterHandle";
import { step } from "./step";

/** A workload cluster and what its nodes need before they can be Ready. */
export interface ClusterReadyArgs {
  management: ClusterHandle;
  workload: ClusterHandle;
  spec: ClusterSpec;
  machines: pulumi.Resource[];
  cni: Pick<Cni, "ready" | "daemonSets">;
}

/** Waits until Cluster API calls the cluster Available and pods can run on every node; gives the nodes' names. */
export const clusterReady = (
  name: string,
  args: ClusterReadyArgs,
  opts: { parent?: pulumi.Resource } = {},
): local.Command => {
  const { spec } = args;
  const workers = spec.workerPools.reduce((sum, pool) => sum + pool.replicas, 0);
  return new local.Command(
    name,
    {
      ...step("wait-for-nodes"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        NODES: String(spec.controlPlaneReplicas + workers),
        OWNERS: machineOwners(spec).join(" "),
        VERSION: spec.kubernetesVersion,
        // Not read by the step: another sum runs it again, so that whatever rolls machines is waited for. Templates that
        // are no longer named are deleted after it, when no machine needs them.
        MACHINES: machinesSum(spec),
        // A node is Ready once the network's configuration lies there, some seconds before the network itself runs.
        DAEMON_SETS: args.cni.daemonSets.join(" "),
        KUBECONFIG: args.management.kubeconfigFile,
        WORKLOAD_KUBECONFIG: args.workload.kubeconfigFile,
        TIMEOUT: "20m",
      },
    },
    {
      ...opts,
      dependsOn: [...args.workload.apiReady, ...args.machines, ...args.cni.ready],
      ...lifeIn(args.workload),
      customTimeouts: { create: "65m", update: "65m" },
    },
  );
};
