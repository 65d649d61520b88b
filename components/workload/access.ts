import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import type { ClusterSpec, Backend } from "../../lib/cluster/spec";
import { decodeSecretValue, forHost } from "../../lib/kubernetes/kubeconfig";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesProvider, workloadIdentifier } from "../kubernetes/provider";
import { createStep, step, type StepResource } from "../kubernetes/step";

/**
 * Ports of 127.0.0.1 at which Docker publishes the API servers that run already, by cluster. Present only if this host does
 * not reach containers at their addresses.
 */
export type PublishedPorts = Readonly<Record<string, number>>;

/** A cluster whose objects were created. */
export interface WaitForApiArgs {
  management: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace"> & { backend: Backend };
  /** Object that creates the control plane. Without it, no API ever answers. */
  controlPlane: KubernetesObject;
  publishedPorts?: PublishedPorts | undefined;
}

/**
 * Waits until the API server of a cluster answers for the first time. It does not wait for the control plane object:
 * Cluster API polls a new API server only every 30 s. Meanwhile the pod network can be installed.
 */
export const waitForApi = (name: string, args: WaitForApiArgs, opts: pulumi.CustomResourceOptions): StepResource => {
  const { management, spec, controlPlane, publishedPorts } = args;
  const group = controlPlane.apiVersion.split("/")[0];
  return createStep(
    `${name}-api`,
    {
      ...step("wait-for-api"),
      environment: {
        CLUSTER: spec.name,
        NAMESPACE: spec.namespace,
        CONTROL_PLANE: `${controlPlane.kind.toLowerCase()}.${group}/${controlPlane.metadata.name}`,
        REACH: publishedPorts !== undefined && infrastructureOf(spec.backend).onDocker ? "published-port" : "address",
        KUBECONFIG: management.kubeconfigFile,
        TIMEOUT_SECONDS: "1800",
      },
    },
    { ...opts, customTimeouts: { create: "35m", update: "35m" } },
  );
};

/** Access to a cluster that runs pods. An in-memory cluster has no access. */
export interface ClusterAccess {
  handle: ClusterHandle;
  /** Kubeconfig for this host; secret. */
  kubeconfig: pulumi.Output<string>;
}

/** A cluster whose control plane object was created. */
export interface WorkloadAccessArgs {
  management: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace"> & { backend: Backend };
  /** Kubeconfig that an earlier run saved; present if the kubeconfig Secret is missing. */
  savedKubeconfig?: string;
  /** Wait for the API. The kubeconfig can be read after it. */
  api: StepResource;
  /** Further dependencies of the cluster's contents besides the kubeconfig. */
  apiReady: pulumi.Resource[];
  publishedPorts?: PublishedPorts | undefined;
  /** Resources with which the contents of the cluster are deleted and replaced. */
  lifecycle: Pick<ClusterHandle, "lifetime" | "identity">;
}

/**
 * Opens a cluster that Cluster API created: reads its kubeconfig, writes the kubeconfig to a file, and registers the
 * provider.
 */
export const workloadAccess = (name: string, args: WorkloadAccessArgs, parent: pulumi.Resource): ClusterAccess => {
  const { spec, apiReady, lifecycle } = args;
  const kubeconfig = readKubeconfig(name, args, parent);
  const file = kubeconfigFile(pulumi.getStack(), spec.name);
  const written = createStep(
    `${name}-kubeconfig`,
    {
      ...step("write-kubeconfig", { delete: "forget-kubeconfig" }),
      environment: { KUBECONFIG_FILE: file },
      stdin: kubeconfig,
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { parent, additionalSecretOutputs: ["stdin"] },
  );
  const provider = new KubernetesProvider(
    name,
    { kubeconfig, clusterIdentifier: workloadIdentifier(spec) },
    { parent },
  );
  const handle = { provider, kubeconfigFile: file, apiReady: [...apiReady, written], ...lifecycle };
  return { handle, kubeconfig };
};

const readKubeconfig = (
  name: string,
  { management, spec, api, savedKubeconfig, publishedPorts }: WorkloadAccessArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> => {
  // A read of a missing Secret would fail the whole preview.
  if (savedKubeconfig !== undefined) return pulumi.secret(savedKubeconfig);
  // The id depends on the wait for the API: a read with a literal id would run before the Secret exists. The state does
  // not record that dependency of the id, so dependsOn states it too, for the timeline of a run.
  const id = api.stdout.apply(() => `${spec.namespace}/${spec.name}-kubeconfig`);
  const options = { parent, provider: management.provider, dependsOn: [api] };
  const secret = Secret.get(`${name}-kubeconfig`, id, options);
  // Every host reaches machines outside Docker by the same addresses.
  if (publishedPorts === undefined || !infrastructureOf(spec.backend).onDocker)
    return pulumi.secret(secret.data.apply((data) => decodeSecretValue(data)));
  const port = publishedPort(name, spec.name, api, parent);
  // Docker publishes another port after a restart of the container, while the step has the port of its last run.
  const text = pulumi.all([secret.data, port]).apply(([data, created]) =>
    forHost(decodeSecretValue(data), {
      reach: "published-port",
      publishedPort: publishedPorts[spec.name] ?? created,
    }),
  );
  return pulumi.secret(text);
};

/** Returns the published port of the API server of a new cluster. */
const publishedPort = (
  name: string,
  clusterName: string,
  api: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Output<number> => {
  const port = createStep(
    `${name}-port`,
    { ...step("published-port"), environment: { CLUSTER: clusterName } },
    { parent, dependsOn: [api], deletedWith: api },
  );
  return port.stdout.apply(Number);
};
