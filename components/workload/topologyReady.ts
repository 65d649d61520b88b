import type * as pulumi from "@pulumi/pulumi";
import { type ClusterParts, machinesChecksum } from "../../lib/cluster/parts";
import type { ClusterSpec } from "../../lib/cluster/spec";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { createStep, step, type StepResource } from "../kubernetes/step";

/** A cluster whose machines Cluster API creates from a class. */
export interface TopologyReadyArgs {
  management: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace">;
  parts: ClusterParts;
}

/**
 * Waits until Cluster API has applied a cluster's topology, and until its control plane is initialized and has no machine of
 * an earlier specification.
 */
export const topologyReady = (
  name: string,
  { management, spec, parts }: TopologyReadyArgs,
  opts: pulumi.CustomResourceOptions,
): StepResource =>
  createStep(
    `${name}-topology`,
    {
      ...step("wait-for-topology"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        // The step does not read this value: another checksum runs the step again.
        MACHINES: machinesChecksum(parts),
        KUBECONFIG: management.kubeconfigFile,
        TIMEOUT: "55m",
      },
    },
    { ...opts, customTimeouts: { create: "60m", update: "60m" } },
  );
