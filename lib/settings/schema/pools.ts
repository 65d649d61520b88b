import { pipe, transform } from "zod/mini";
import type { Taint, WorkerPool } from "../../cluster/spec";
import { between, dnsLabel, labelKey, labelValue, orEmpty } from "./checks";
import { mountFields } from "./mounts";
import { integer, listOf, mapOf, oneOf, optionalMap, requiredString, string, stringMap } from "./setting";

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
  replicas: integer(1, "Number of nodes in the pool.", between(0, 250)),
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

/** The schema of an entry of `workers`, without empty fields. */
export const pool = pipe(
  mapOf(poolFields),
  transform(({ name, replicas, class: workerClass, labels, taints, kubeadm = {}, mounts }): WorkerPool => ({
    name,
    replicas,
    ...(workerClass === "" ? {} : { workerClass }),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(taints.length > 0 ? { taints } : {}),
    ...(Object.keys(kubeadm).length > 0 ? { kubeadm } : {}),
    ...(mounts.length > 0 ? { mounts } : {}),
  })),
);
