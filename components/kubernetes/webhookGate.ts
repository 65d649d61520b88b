import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { OwnCertificate } from "../../lib/addons/metalLb";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { toYaml } from "../../lib/kubernetes/yaml";
import { lifeIn, type ClusterHandle } from "./clusterHandle";
import { step } from "./step";

/**
 * Waits until webhooks answer, by asking the API server to create objects without storing them. A running pod
 * proves nothing: its certificate may not be injected yet, or its service not be routed.
 *
 * @param kinds what the webhooks serve; in a cluster that outlives the stack they are not deleted while others use them
 * @param certificate where the pods that serve the webhooks write their certificate themselves
 */
export const webhookGate = (
  name: string,
  cluster: ClusterHandle,
  samples: KubernetesObject[],
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
  { kinds = [], certificate }: { kinds?: readonly string[]; certificate?: OwnCertificate } = {},
): pulumi.Resource => {
  // Between what uses the webhooks and what serves them: the place to see whether a cluster that stays has more users.
  const guarded = cluster.lifetime === undefined && kinds.length > 0;
  return new local.Command(
    name,
    {
      ...step("wait-for-webhooks", guarded ? { delete: "kinds-unused" } : {}),
      environment: {
        KUBECONFIG: cluster.kubeconfigFile,
        TIMEOUT_SECONDS: "600",
        // Well above what injecting a CA takes.
        UNTRUSTED_SECONDS: "30",
        ...(certificate ? { CERTIFICATE: certificate.secret, PODS: certificate.pods } : {}),
        ...(guarded ? { KINDS: kinds.join(" ") } : {}),
      },
      stdin: samples.map(toYaml).join("---\n"),
    },
    { ...options, ...lifeIn(cluster), customTimeouts: { create: "15m", update: "15m" } },
  );
};
