import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject } from "./apiObject";
import type { ClusterSpec } from "./spec";

/**
 * A cluster's MachineHealthChecks: one for each worker pool, and one for a control plane of several nodes. The only node
 * of a control plane is replaced by nobody, since etcd's data would go with it.
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
