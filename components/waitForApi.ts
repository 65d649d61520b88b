import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterSpec } from "../lib/clusterSpec";
import type { Backend } from "../lib/clusterSpec";
import { infrastructureOf } from "../lib/infrastructure/infrastructure";
import type { KubernetesObject } from "../lib/kubernetesObject";
import type { ClusterHandle } from "./clusterHandle";
import { step } from "./step";

/** A cluster whose objects were sent. */
export interface WaitForApiArgs {
  management: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace"> & { backend: Backend };
  /** The object that makes the control plane: without it no API will ever answer. */
  controlPlane: KubernetesObject;
}

/**
 * Waits for the first moment at which a cluster can be spoken to. Beside the control plane's own wait and not behind
 * it: Cluster API looks for a new API server every 30 s, and a pod network can be up by the time it finds it.
 */
export const waitForApi = (name: string, args: WaitForApiArgs, opts: pulumi.CustomResourceOptions): local.Command => {
  const { management, spec, controlPlane } = args;
  const group = controlPlane.apiVersion.split("/")[0];
  return new local.Command(
    `${name}-api`,
    {
      ...step("wait-for-api"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        CONTROL_PLANE: `${controlPlane.kind.toLowerCase()}.${group}/${controlPlane.metadata.name}`,
        REACH: process.platform === "linux" || !infrastructureOf(spec.backend).onDocker ? "address" : "published-port",
        KUBECONFIG: management.kubeconfigFile,
        TIMEOUT_SECONDS: "1800",
      },
    },
    { ...opts, customTimeouts: { create: "35m", update: "35m" } },
  );
};
