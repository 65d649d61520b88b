import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterParts, machineOwners, machinesSum } from "../../lib/cluster/parts";
import type { ClusterSpec } from "../../lib/cluster/spec";
import type { Cni } from "../addons/cni";
import { lifeIn, type ClusterHandle } from "../kubernetes/clusterHandle";
import { step } from "../kubernetes/step";

/** A workload cluster and what its nodes need before they can be Ready. */
export interface ClusterReadyArgs {
  management: ClusterHandle;
  workload: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace" | "kubernetesVersion">;
  parts: ClusterParts;
  machines: pulumi.Resource[];
  cni: Pick<Cni, "ready" | "daemonSets">;
}

/** Waits until Cluster API calls the cluster Available and pods can run on every node; gives the nodes' names. */
export const clusterReady = (
  name: string,
  args: ClusterReadyArgs,
  opts: { parent?: pulumi.Resource } = {},
): local.Command => {
  const { spec, parts } = args;
  return new local.Command(
    name,
    {
      ...step("wait-for-nodes"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        NODES: String(parts.nodes),
        OWNERS: machineOwners(parts).join(" "),
        VERSION: spec.kubernetesVersion,
        // Not read by the step: another sum runs it again, so that whatever rolls machines is waited for. Templates that
        // are no longer named are deleted after it, when no machine needs them.
        MACHINES: machinesSum(parts),
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
