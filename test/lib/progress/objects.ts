import type { ApiObject } from "../../../lib/diagnosis/facts";

/** Conditions as `type=status`, with a reason and a message. */
export const condition = (text: string, reason = "", message = "") => {
  const [type = "", status = ""] = text.split("=");
  return { type, status, ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
};

/** An object of Cluster API that belongs to the cluster `one`. */
export const managed = (kind: string, name: string, fields: Partial<ApiObject> = {}, labels = {}): ApiObject => ({
  apiVersion: kind.startsWith("Dev") ? "infrastructure.cluster.x-k8s.io/v1beta2" : "cluster.x-k8s.io/v1beta2",
  kind,
  metadata: { name, namespace: "default", labels: { "cluster.x-k8s.io/cluster-name": "one", ...labels } },
  ...fields,
});

export const node = (name: string, ...conditions: ReturnType<typeof condition>[]): ApiObject => ({
  kind: "Node",
  metadata: { name },
  status: { conditions },
});

export const readyNode = (name: string): ApiObject => node(name, condition("Ready=True"));

/** A pod of a ReplicaSet. */
export const pod = (name: string, status: Record<string, unknown>, owner = "web-1"): ApiObject => ({
  kind: "Pod",
  metadata: { name, namespace: "default", ownerReferences: [{ kind: "ReplicaSet", name: owner }] },
  status: { phase: "Pending", ...status },
});

/** A pod whose container waits. */
export const waitingPod = (name: string, reason: string, message: string, more = {}): ApiObject =>
  pod(name, {
    containerStatuses: [{ image: "example.org/web:1", state: { waiting: { reason, message } }, ...more }],
  });

export const unschedulable = (name: string, message: string): ApiObject =>
  pod(name, { conditions: [condition("PodScheduled=False", "Unschedulable", message)] });
