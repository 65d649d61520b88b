import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesObject, toYaml } from "../lib/manifests";
import { lifeIn, type ClusterHandle } from "./clusterHandle";
import { step } from "./step";

/**
 * Waits until webhooks answer, by asking the API server to create objects without storing them. A running pod
 * proves nothing: its certificate may not be injected yet, or its service not be routed.
 */
export const webhookGate = (
  name: string,
  cluster: ClusterHandle,
  samples: KubernetesObject[],
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): pulumi.Resource =>
  new local.Command(
    name,
    {
      ...step("wait-for-webhooks"),
      environment: { KUBECONFIG: cluster.kubeconfigFile, TIMEOUT_SECONDS: "600" },
      stdin: samples.map(toYaml).join("---\n"),
    },
    { ...options, ...lifeIn(cluster), customTimeouts: { create: "15m", update: "15m" } },
  );
