import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject } from "./apiObject";
import type { ClusterSpec } from "./spec";

/**
 * Returns a cluster's MachineHealthChecks: one per worker pool, and one for a control plane of several nodes. A single
 * control plane node is never replaced, because etcd's data would be lost.
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
    ...workerPools.map((pool) =>
      check(`${name}-${pool.name}`, { "cluster.x-k8s.io/deployment-name": `${name}-${pool.name}` }),
    ),
  ];
};
