import * as pulumi from "@pulumi/pulumi";
import { valueAt } from "../../lib/base/json";
import { crdFile } from "../../lib/base/paths";
import { replicaOptions } from "../../lib/base/autoscaler";
import { applyOrder, typeToken } from "../../lib/kubernetes/installOrder";
import type { CrdRow } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import { withQuickReadiness } from "../../lib/kubernetes/readinessProbes";
import { forEngine } from "../../lib/kubernetes/secrets/markObject";
import { mapSecrets } from "../../lib/kubernetes/secrets/secretValue";
import { withWait, isUnawaitedClaim, skipAwaitAnnotation } from "../../lib/kubernetes/waits";
import { resourceOptions, withDeletionPolicy, lifecycleOptions, type ClusterHandle } from "./clusterHandle";
import { isDeploymentOf, type SecretVariables, variablesSecret, withSecretVariables } from "./secretVariables";
import { createStep, step } from "./step";

/** The objects of one manifest and their cluster. */
export interface ManifestObjectsArgs {
  cluster: ClusterHandle;
  crds: CrdRow[];
  /** All objects except CRDs. */
  objects: KubernetesObject[];
  /** True for a manifest that the user chose: its workloads keep their probes. @default false */
  asWritten?: boolean;
  /** Resources that cert-manager's objects wait for: its webhook answers. */
  certificatesAfter?: pulumi.Resource[];
  /** Further dependencies of Deployments and DaemonSets: their images. */
  workloadsAfter?: pulumi.Resource[];
  /** Further dependencies of Deployments: the pod network, without which their pods cannot start. */
  deploymentsAfter?: pulumi.Resource[];
  /** True for a pod network, whose Deployments wait for its own DaemonSets. */
  podNetwork?: boolean;
  /** Secret environment variables of one of the Deployments. @default - none */
  variables?: SecretVariables;
}

/**
 * Creates one resource per object of a manifest in a working order: namespaces, objects that only have to exist,
 * certificates, workloads.
 *
 * Certificates come before workloads because kubelet holds back a pod for up to two minutes if a secret that it
 * mounts is missing. A pod that starts before the pod network runs on its node is held back for ten seconds and more.
 * The program waits for no object before it has sent that object's own dependencies: after a failure the engine starts
 * nothing more.
 */
export class ManifestObjects extends pulumi.ComponentResource {
  /** All created resources; all of them together mean that the manifest is installed. */
  public readonly resources: pulumi.Resource[] = [];
  /** Namespaces among the resources. */
  public readonly namespaces: pulumi.Resource[];
  /** DaemonSets among the resources. */
  public readonly daemonSets: pulumi.Resource[];
  /** The one resource for all CRDs; empty if the manifest has none. */
  public readonly crds: pulumi.Resource[];

  constructor(name: string, args: ManifestObjectsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ManifestObjects", name, {}, opts);
    const order = applyOrder(args.objects);
    const namespaces = (this.namespaces = this.register(name, args, order.namespaces, []));
    this.crds = this.registerCrds(name, args);
    const plain = this.register(name, args, order.plain, namespaces);
    const tokens = this.register(name, args, order.tokens, [...namespaces, ...plain]);
    const existing = [...plain, ...tokens, ...this.crds, ...(args.workloadsAfter ?? [])];
    // The CRDs and the webhook of these objects belong to cert-manager, which is another manifest.
    const answered = [...namespaces, ...(args.certificatesAfter ?? [])];
    const issuers = this.register(name, args, order.issuers, answered);
    // cert-manager retries a request that came before its issuer was ready only after a growing pause.
    const certificates = this.register(name, args, order.certificates, [...answered, ...issuers]);
    const before = [...existing, ...certificates];
    this.daemonSets = this.register(name, args, order.daemonSets, before);
    const workloads = this.register(name, args, order.workloads, [
      ...before,
      ...(args.deploymentsAfter ?? []),
      ...(args.podNetwork ? this.daemonSets : []),
    ]);
    this.register(name, args, order.ingresses, [...before, ...this.daemonSets, ...workloads]);
    this.registerOutputs({});
  }

  /** Returns the transformations of an object: that of the Deployment with secret variables, whose Secret it creates. */
  private transformationsOf(
    { cluster, variables }: ManifestObjectsArgs,
    object: KubernetesObject,
  ): pulumi.ResourceTransformation[] {
    if (variables === undefined || !isDeploymentOf(variables, object)) return [];
    // Pulumi makes the object's name of this one, so it has no slash.
    const secret = variablesSecret(`${variables.deployment}-variables`, cluster, variables, this, this.namespaces);
    return [withSecretVariables(this.keep(secret))];
  }

  private register(
    name: string,
    args: ManifestObjectsArgs,
    objects: KubernetesObject[],
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource[] {
    return objects.map((object) => {
      // Slipway knows the workloads of its own manifests. Users' workloads keep their probes.
      const tuned = args.asWritten ? object : withQuickReadiness(object);
      const transformations = this.transformationsOf(args, object);
      const key = `${name}/${objectKey(object)}`;
      return this.keep(objectResource(key, args.cluster, tuned, this, dependsOn, { transformations }));
    });
  }

  /**
   * Registers all CRDs as one resource: one engine step and one process per CRD would take longer than everything else.
   */
  private registerCrds(name: string, args: ManifestObjectsArgs): pulumi.Resource[] {
    if (args.crds.length === 0) return [];
    const { parent, dependsOn } = resourceOptions(args.cluster, this);
    const crds = createStep(
      `${name}/CustomResourceDefinitions`,
      {
        ...step("crds-apply", { delete: "crds-delete" }),
        environment: { KUBECONFIG: args.cluster.kubeconfigFile },
        stdin: args.crds.map((crd) => `${crd.name} ${crd.sha256} ${crdFile(crd.sha256)}`).join("\n"),
      },
      { parent, dependsOn, ...lifecycleOptions(args.cluster) },
    );
    return [this.keep(crds)];
  }

  private keep<T extends pulumi.Resource>(resource: T): T {
    this.resources.push(resource);
    return resource;
  }
}

/**
 * Creates the resource of one object of a manifest, with the wait of its kind.
 *
 * @param more.formerNames - names under which the state may have the object; default: none
 * @param more.transformations - transformations of this resource; default: none
 */
export const objectResource = (
  name: string,
  cluster: ClusterHandle,
  object: KubernetesObject,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
  {
    formerNames = [],
    transformations = [],
  }: { formerNames?: readonly string[]; transformations?: pulumi.ResourceTransformation[] } = {},
): pulumi.Resource =>
  new KubernetesResource(name, withDeletionPolicy(cluster, withWait(object)), {
    ...resourceOptions(cluster, parent, dependsOn),
    ...waitOptions(object),
    ...(transformations.length > 0 ? { transformations } : {}),
    ...(formerNames.length > 0 ? { aliases: formerNames.map((former) => ({ name: former })) } : {}),
  });

/**
 * Returns options for an object that Slipway excludes from waiting. An object of an earlier Slipway version lacks the
 * annotation for that. It does not get the annotation, because that would be a change without effect.
 */
const waitOptions = (object: KubernetesObject): pulumi.CustomResourceOptions =>
  isUnawaitedClaim(object) ? { ignoreChanges: [`metadata.annotations["${skipAwaitAnnotation}"]`] } : {};

const hasReplicas = (object: KubernetesObject): boolean => valueAt(object, "spec", "replicas") !== undefined;

/** Registers any object by its type token, so that the SDK's thousand classes need not be loaded. */
export class KubernetesResource extends pulumi.CustomResource {
  constructor(name: string, object: KubernetesObject, opts: pulumi.CustomResourceOptions) {
    const { object: marked, secretOutputs } = forEngine(object);
    super(
      typeToken(object),
      name,
      // All values are known, so the plugin has nothing to wait for. The engine encrypts each wrapped secret.
      mapSecrets(marked, pulumi.secret) as pulumi.Inputs,
      // An object without replicas leaves them to Cluster API. The option would keep the replicas of an earlier apply.
      pulumi.mergeOptions(hasReplicas(object) ? replicaOptions(name, object.metadata.annotations, process.env) : {}, {
        ...opts,
        ...(secretOutputs.length > 0 ? { additionalSecretOutputs: [...secretOutputs] } : {}),
      }),
    );
  }
}
