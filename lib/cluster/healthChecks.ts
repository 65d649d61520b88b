import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject } from "./apiObject";
import type { ClusterSpec, WorkerPool } from "./spec";

/** Returns true if Cluster API replaces unhealthy machines of a pool. */
export const isHealthChecked = ({ type }: Pick<WorkerPool, "type">): boolean => type !== "machinePool";

/**
 * Returns a cluster's MachineHealthChecks: one per MachineDeployment, and one for a control plane of several nodes. A single
 * control plane node is never replaced, because etcd's data would be lost. Cluster API does not replace unhealthy machines
 * of MachinePools.
 */
export const healthChecks = (spec: ClusterSpec): KubernetesObject[] => {
  const { name, healthCheck, workerPools, controlPlaneReplicas } = spec;
  if (healthCheck === undefined) return [];
  const { unhealthyLessThanOrEqualTo, ...checks } = healthCheck;
  const check = (group: string, matchLabels: Record<string, string>): KubernetesObject =>
    clusterApiObject(spec, "core", "MachineHealthCheck", group, {
      spec: {
        clusterName: name,
        selector: { matchLabels: { "cluster.x-k8s.io/cluster-name": name, ...matchLabels } },
        checks,
        ...(unhealthyLessThanOrEqualTo === undefined
          ? {}
          : { remediation: { triggerIf: { unhealthyLessThanOrEqualTo } } }),
      },
    });
  return [
    ...(controlPlaneReplicas > 1 ? [check(`${name}-control-plane`, { "cluster.x-k8s.io/control-plane": "" })] : []),
    ...workerPools
      .filter(isHealthChecked)
      .map((pool) => check(`${name}-${pool.name}`, { "cluster.x-k8s.io/deployment-name": `${name}-${pool.name}` })),
  ];
};
