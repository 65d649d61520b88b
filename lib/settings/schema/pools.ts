import { pipe, transform } from "zod/mini";
import type { Problem } from "../../base/problem";
import type { Taint, WorkerPool } from "../../cluster/spec";
import { between, dnsLabel, issueOf, labelKey, labelValue, orEmpty } from "./checks";
import { mountFields } from "./mounts";
import { listOf, mapOf, oneOf, optionalInteger, optionalMap, requiredString, string, stringMap } from "./setting";

/** A taint of the nodes of a pool: an entry of `taints`. */
export const taintFields = {
  key: requiredString("Key of the taint, for example example.org/gpu.", labelKey),
  value: string("", "Value of the taint.", labelValue),
  effect: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"], "Effect on pods that do not tolerate the taint."),
};

const taint = pipe(
  mapOf(taintFields),
  transform(({ key, value, effect }): Taint => ({ key, ...(value === "" ? {} : { value }), effect })),
);

/** A pool of equal worker nodes: an entry of `workers`. */
export const poolFields = {
  name: requiredString(
    "Name of the pool, which is a part of the names of its machines.",
    dnsLabel(40, "Cluster API appends -xxxxx-xxxxx"),
  ),
  type: oneOf(
    ["machineDeployment", "machinePool"],
    "Kind of the pool: a MachineDeployment, or a MachinePool, whose machines the infrastructure provider creates.",
  ),
  replicas: optionalInteger(
    "Number of nodes in the pool. Absent: 1, or minReplicas at the start if an autoscaler sets the number.",
    between(0, 250),
  ),
  minReplicas: optionalInteger(
    "Minimum of an autoscaler, with maxReplicas. Then others set the number of nodes, and Slipway leaves it alone.",
    between(0, 250),
  ),
  maxReplicas: optionalInteger("Maximum of an autoscaler, with minReplicas.", between(1, 250)),
  class: string(
    "",
    "Worker class of the pool, for a cluster with a class. Empty: the only worker class.",
    orEmpty(labelValue),
  ),
  labels: stringMap(
    "Labels of the nodes. In the domains kubernetes.io and k8s.io, a node takes only the labels of its kubelet and its roles.",
    labelKey,
    labelValue,
  ),
  taints: listOf(taint, "Taints of the nodes. Fields: key, value, effect."),
  kubeadm: optionalMap(
    "Settings of kubeadm for the pool's nodes, in the words of Cluster API's KubeadmConfigSpec (v1beta2): docs/guides/kubeadm.md.",
  ),
  mounts: listOf(
    mapOf(mountFields),
    "Files and folders of this machine that the pool's nodes see, besides those of the cluster. Fields: hostPath, containerPath, readOnly.",
  ),
};

/** The replicas of a pool in the settings. */
interface Replicas {
  readonly replicas?: number | undefined;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas?: number | undefined;
}

/** Returns the problem of a pool's replicas and bounds; undefined if they fit together. */
const replicasProblem = ({ replicas, minReplicas: min, maxReplicas: max }: Replicas): Problem | undefined => {
  if (min === undefined && max === undefined) return undefined;
  const got = [
    ...(replicas === undefined ? [] : [`replicas ${replicas}`]),
    ...(min === undefined ? [] : [`minReplicas ${min}`]),
    ...(max === undefined ? [] : [`maxReplicas ${max}`]),
  ].join(", ");
  if (replicas !== undefined) {
    const rule =
      "either replicas, or minReplicas and maxReplicas, between which an autoscaler sets the number of nodes";
    return { got, rule, remedy: "Remove replicas" };
  }
  if (min === undefined || max === undefined) {
    const missing = min === undefined ? "minReplicas" : "maxReplicas";
    const rule = "both minReplicas and maxReplicas, because the autoscaler needs both bounds";
    return { got, rule, remedy: `Add ${missing}` };
  }
  const rule = "maxReplicas of minReplicas or more";
  return min <= max ? undefined : { got, rule, remedy: "Exchange the two, or correct one of them" };
};

/** The schema of an entry of `workers`, without empty fields. */
export const pool = pipe(
  mapOf(poolFields),
  transform(
    ({ name, type, class: workerClass, labels, taints, kubeadm = {}, mounts, ...replicas }, { issues }): WorkerPool => {
      const problem = replicasProblem(replicas);
      if (problem !== undefined) issues.push(issueOf(problem));
      return {
        name,
        replicas: replicas.replicas ?? replicas.minReplicas ?? 1,
        ...(replicas.maxReplicas === undefined ? {} : { maxReplicas: replicas.maxReplicas }),
        ...(type === "machinePool" ? { type } : {}),
        ...(workerClass === "" ? {} : { workerClass }),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
        ...(taints.length > 0 ? { taints } : {}),
        ...(Object.keys(kubeadm).length > 0 ? { kubeadm } : {}),
        ...(mounts.length > 0 ? { mounts } : {}),
      };
    },
  ),
);
