import * as pulumi from "@pulumi/pulumi";
import type { OwnCertificate } from "../../lib/addons/metalLb";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { toYaml } from "../../lib/kubernetes/yaml";
import { lifecycleOptions, type ClusterHandle } from "./clusterHandle";
import { createStep, step } from "./step";

/**
 * Waits until webhooks answer, by asking the API server to create objects without storing them. A running pod is not
 * enough: its certificate may not be injected yet, or its service not be routed.
 *
 * @param kinds - resource types that the webhooks serve. In a cluster that outlives the stack, the gate refuses to
 * delete the webhooks while objects of these types exist.
 * @param certificate - set if the pods that serve the webhooks write their certificate themselves
 */
export const webhookGate = (
  name: string,
  cluster: ClusterHandle,
  samples: KubernetesObject[],
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
  { kinds = [], certificate }: { kinds?: readonly string[]; certificate?: OwnCertificate } = {},
): pulumi.Resource => {
  // The gate goes after the objects that use the webhooks and before the pods that serve them. So the gate can check
  // here whether a cluster that outlives the stack has more users.
  const guarded = cluster.lifetime === undefined && kinds.length > 0;
  return createStep(
    name,
    {
      ...step("wait-for-webhooks", guarded ? { delete: "kinds-unused" } : {}),
      environment: {
        KUBECONFIG: cluster.kubeconfigFile,
        TIMEOUT_SECONDS: "600",
        // Well above the time that the injection of a CA takes.
        UNTRUSTED_SECONDS: "30",
        ...(certificate ? { CERTIFICATE: certificate.secret, PODS: certificate.pods } : {}),
        ...(guarded ? { KINDS: kinds.join(" ") } : {}),
      },
      stdin: samples.map(toYaml).join("---\n"),
    },
    { ...options, ...lifecycleOptions(cluster), customTimeouts: { create: "15m", update: "15m" } },
  );
};
