import { local } from "@pulumi/command";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { clusterIdentity } from "../lib/clusterIdentity";
import { clusterObjects, type ClusterSpec } from "../lib/clusterObjects";
import { decodeSecretValue, forHost } from "../lib/kubeconfig";
import { type KubernetesObject, objectKey, withAnnotations } from "../lib/manifests";
import { kubeconfigFile } from "../lib/paths";
import { waitForAnnotation } from "../lib/rollout";
import type { ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";
import { step } from "./step";

/** A cluster that Cluster API makes. */
export interface WorkloadClusterArgs {
  management: ClusterHandle;
  spec: ClusterSpec;
  /** Whether its nodes run already, so that a change of them has an order to keep. */
  running: boolean;
  /** What Cluster API's objects wait for: its webhooks, and the namespace they lie in. */
  ready: pulumi.Resource[];
}

/** The way into a cluster that is more than pretended. */
export interface ClusterAccess {
  handle: ClusterHandle;
  /** The kubeconfig for this host; secret. */
  kubeconfig: pulumi.Output<string>;
}

/** Time for machines to come or go: an image has to be unpacked and kubeadm run on each, one after the other. */
const machineTimeouts = { create: "30m", update: "60m", delete: "30m" };

/**
 * When the control plane is done. Initialized is the first moment at which the API answers; Ready would wait for a CNI
 * that needs the API. An upgrade is done when no machine of the old sort is left, which a new cluster has none of.
 */
const controlPlaneDone = ["condition=Initialized", "condition=RollingOut=False"];

/** Cluster, DevCluster, KubeadmControlPlane, MachineDeployments and their templates; and the cluster's kubeconfig. */
export class WorkloadCluster extends pulumi.ComponentResource {
  /** Absent for the in-memory backend, whose API server answers within the management cluster only. */
  public readonly access?: ClusterAccess;
  /** Control plane and worker pools: nodes come once these exist and a CNI runs. */
  public readonly machines: pulumi.Resource[];

  constructor(name: string, args: WorkloadClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:WorkloadCluster", name, {}, opts);
    const { management, spec } = args;
    const objects = clusterObjects(spec);
    const ready = [...management.apiReady, ...args.ready];
    const options = (dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      provider: management.provider,
      dependsOn: [...ready, ...dependsOn],
      customTimeouts: machineTimeouts,
    });

    // Cluster API neither refuses nor applies another network, and cannot move a cluster: that is another cluster.
    // Its replacement is led by a resource of its own, first deleted and then made. Led by the Cluster itself, the
    // engine would not count the Cluster as deleted and would delete its parts one by one, in no order.
    const identity = new local.Command(
      `${name}-identity`,
      { triggers: clusterIdentity(spec) },
      { parent: this, dependsOn: [...ready, management.provider], deleteBeforeReplace: true },
    );
    // The one object that is deleted for real: its finalizer takes the containers away, so no deletedWith here.
    // In the background, as kubectl does: the plugin's foreground would delete the DevCluster at once, and machines
    // cannot go without theirs.
    const cluster = this.object(
      name,
      withAnnotations(objects.cluster, { "pulumi.com/deletionPropagationPolicy": "background" }),
      { ...options([identity]), replaceWith: [identity] },
    );
    // Deleting any part on its own would drain machines one by one; all of them go with the Cluster.
    const part = (dependsOn: pulumi.Resource[] = []): pulumi.CustomResourceOptions => ({
      ...options([cluster, ...dependsOn]),
      deletedWith: cluster,
      replaceWith: [identity],
    });
    const infrastructure = this.object(name, objects.infrastructureCluster, part());
    const template = this.object(name, objects.controlPlaneTemplate, part());
    const controlPlane = this.object(
      name,
      withAnnotations(objects.controlPlane, { [waitForAnnotation]: JSON.stringify(controlPlaneDone) }),
      part([infrastructure, template]),
    );
    const workers = objects.workers.map((pool) => {
      const machineTemplate = this.object(name, pool.machineTemplate, part());
      const bootstrapTemplate = this.object(name, pool.bootstrapTemplate, part());
      // A new cluster's workers are asked for at once; those of a running one follow the control plane's version.
      const before = args.running ? [controlPlane] : [];
      return this.object(name, pool.deployment, part([machineTemplate, bootstrapTemplate, ...before]));
    });

    this.machines = [controlPlane, ...workers];

    if (spec.backend === "docker") {
      const api = this.waitForApi(name, args, objects.controlPlane, part([infrastructure, template]));
      // A running cluster's contents change once its control plane has; a new one's begin as soon as its API answers.
      const apiReady = args.running ? [api, controlPlane] : [api];
      this.access = this.open(name, args, api, { apiReady, lifetime: cluster, identity });
    }
    this.registerOutputs({});
  }

  private open(
    name: string,
    args: WorkloadClusterArgs,
    api: local.Command,
    handle: Pick<ClusterHandle, "apiReady" | "lifetime" | "identity">,
  ): ClusterAccess {
    const { spec } = args;
    const kubeconfig = this.readKubeconfig(name, args, api);
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
      { parent: this, additionalSecretOutputs: ["stdin"] },
    );
    const provider = new Provider(
      name,
      { kubeconfig, clusterIdentifier: `capi-${spec.namespace}-${spec.name}` },
      { parent: this },
    );
    return {
      handle: { ...handle, provider, kubeconfigFile: file, apiReady: [...handle.apiReady, written] },
      kubeconfig,
    };
  }

  private object(name: string, object: KubernetesObject, opts: pulumi.CustomResourceOptions): KubernetesResource {
    return new KubernetesResource(`${name}/${objectKey(object)}`, object, opts);
  }

  /**
   * The first moment at which the cluster can be spoken to. Beside the control plane's own wait and not behind it:
   * Cluster API looks for the API server every 30 s, and a pod network can be up by the time it finds it.
   */
  private waitForApi(
    name: string,
    { management, spec }: WorkloadClusterArgs,
    controlPlane: KubernetesObject,
    opts: pulumi.CustomResourceOptions,
  ): local.Command {
    return new local.Command(
      `${name}-api`,
      {
        ...step("wait-for-api"),
        environment: {
          CLUSTER: spec.name,
          NAMESPACE: spec.namespace,
          CONTROL_PLANE: `kubeadmcontrolplanes.controlplane.cluster.x-k8s.io/${controlPlane.metadata.name}`,
          REACH: process.platform === "linux" ? "address" : "published-port",
          KUBECONFIG: management.kubeconfigFile,
          TIMEOUT_SECONDS: "1800",
        },
      },
      { ...opts, provider: undefined, customTimeouts: { create: "35m", update: "35m" } },
    );
  }

  private readKubeconfig(name: string, args: WorkloadClusterArgs, api: local.Command): pulumi.Output<string> {
    const { management, spec } = args;
    // The id hangs on the wait for the API: a read with a literal id would run before the secret exists.
    const id = api.stdout.apply(() => `${spec.namespace}/${spec.name}-kubeconfig`);
    const secret = Secret.get(`${name}-kubeconfig`, id, { parent: this, provider: management.provider });
    const port = this.publishedPort(name, spec.name, api);
    const text = pulumi
      .all([secret.data, port])
      .apply(([data, publishedPort]) =>
        forHost(decodeSecretValue(data), { platform: process.platform, publishedPort }),
      );
    return pulumi.secret(text);
  }

  /** Docker Desktop's containers have no address on the host: there the API is reached by the port Docker publishes. */
  private publishedPort(name: string, clusterName: string, api: local.Command): pulumi.Output<number | undefined> {
    if (process.platform === "linux") return pulumi.output<number | undefined>(undefined);
    const port = new local.Command(
      `${name}-port`,
      { ...step("published-port"), environment: { CLUSTER: clusterName } },
      { parent: this, dependsOn: [api], deletedWith: api },
    );
    return port.stdout.apply(Number);
  }
}
