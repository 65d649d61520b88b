import { local } from "@pulumi/command";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import type { ClusterSpec, Backend } from "../../lib/cluster/spec";
import { decodeSecretValue, forHost } from "../../lib/kubernetes/kubeconfig";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesProvider } from "../kubernetes/provider";
import { step } from "../kubernetes/step";

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

/** The way into a cluster that is more than pretended. */
export interface ClusterAccess {
  handle: ClusterHandle;
  /** The kubeconfig for this host; secret. */
  kubeconfig: pulumi.Output<string>;
}

/** A cluster whose control plane was asked for. */
export interface WorkloadAccessArgs {
  management: ClusterHandle;
  spec: Pick<ClusterSpec, "name" | "namespace"> & { backend: Backend };
  /** The kubeconfig that an earlier run saved, if the Secret of the kubeconfig is missing. */
  savedKubeconfig?: string;
  /** The wait for the API; its end is when the kubeconfig can be read. */
  api: local.Command;
  /** What the contents of the cluster wait for besides the kubeconfig. */
  apiReady: pulumi.Resource[];
  /** With what the contents of the cluster end, and are made anew. */
  life: Pick<ClusterHandle, "lifetime" | "identity">;
}

/** Opens a cluster that Cluster API made: its kubeconfig, the file of it, and the provider for what goes into it. */
export const workloadAccess = (name: string, args: WorkloadAccessArgs, parent: pulumi.Resource): ClusterAccess => {
  const { spec, apiReady, life } = args;
  const kubeconfig = readKubeconfig(name, args, parent);
  const file = kubeconfigFile(pulumi.getStack(), spec.name);
  const written = new local.Command(
    `${name}-kubeconfig`,
    {
      ...step("write-kubeconfig", { delete: "forget-kubeconfig" }),
      environment: { KUBECONFIG_FILE: file },
      stdin: kubeconfig,
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { parent, additionalSecretOutputs: ["stdin"] },
  );
  const provider = new KubernetesProvider(
    name,
    { kubeconfig, clusterIdentifier: `capi-${spec.namespace}-${spec.name}` },
    { parent },
  );
  const handle = { provider, kubeconfigFile: file, apiReady: [...apiReady, written], ...life };
  return { handle, kubeconfig };
};

const readKubeconfig = (
  name: string,
  { management, spec, api, savedKubeconfig }: WorkloadAccessArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> => {
  // A read of a missing Secret would end the whole preview.
  if (savedKubeconfig !== undefined) return pulumi.secret(savedKubeconfig);
  // The id hangs on the wait for the API: a read with a literal id would run before the secret exists. The edge says so
  // to the state, which keeps none for an id; a timeline of the run needs it.
  const id = api.stdout.apply(() => `${spec.namespace}/${spec.name}-kubeconfig`);
  const options = { parent, provider: management.provider, dependsOn: [api] };
  const secret = Secret.get(`${name}-kubeconfig`, id, options);
  // Machines elsewhere have addresses that every host reaches alike.
  const { onDocker } = infrastructureOf(spec.backend);
  const port = onDocker ? publishedPort(name, spec.name, api, parent) : undefined;
  const text = pulumi
    .all([secret.data, port])
    .apply(([data, publishedPort]) =>
      onDocker
        ? forHost(decodeSecretValue(data), { platform: process.platform, publishedPort })
        : decodeSecretValue(data),
    );
  return pulumi.secret(text);
};

/** Docker Desktop's containers have no address on the host: there the API is reached by the port Docker publishes. */
const publishedPort = (
  name: string,
  clusterName: string,
  api: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Output<number | undefined> => {
  if (process.platform === "linux") return pulumi.output<number | undefined>(undefined);
  const port = new local.Command(
    `${name}-port`,
    { ...step("published-port"), environment: { CLUSTER: clusterName } },
    { parent, dependsOn: [api], deletedWith: api },
  );
  return port.stdout.apply(Number);
};
