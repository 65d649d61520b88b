import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { crdFile } from "../../lib/base/paths";
import { applyOrder, beforeCertificates, typeToken } from "../../lib/kubernetes/installOrder";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import { withQuickReadiness } from "../../lib/kubernetes/readinessProbes";
import { forEngine } from "../../lib/kubernetes/secrets/markObject";
import { mapSecrets } from "../../lib/kubernetes/secrets/secretValue";
import { withWait, isUnawaitedClaim, skipAwaitAnnotation } from "../../lib/kubernetes/waits";
import { inside, keptIn, lifeIn, type ClusterHandle } from "./clusterHandle";
import { step } from "./step";

/** A CRD as a row of its set: its schema stays in a file, known by its sum. */
export interface CrdRow {
  name: string;
  sha256: string;
}

/** The objects of one manifest and the cluster they go into. */
export interface ManifestObjectsArgs {
  cluster: ClusterHandle;
  crds: CrdRow[];
  /** Every object that is not a CRD. */
  objects: KubernetesObject[];
  /** What cert-manager's objects wait for: its webhook answering. */
  certificatesAfter?: pulumi.Resource[];
  /** What Deployments and DaemonSets wait for besides: their images. */
  workloadsAfter?: pulumi.Resource[];
  /** What Deployments wait for besides: the pod network, without which their pods are turned away. */
  deploymentsAfter?: pulumi.Resource[];
  /** The manifest is a pod network: its Deployments wait for its own DaemonSets. */
  podNetwork?: boolean;
  /** The manifest brings cert-manager: gives what its own issuers wait for, from what runs cert-manager. */
  certManagerAnswers?: (running: pulumi.Resource[]) => pulumi.Resource[];
}

/**
 * One resource per object of a manifest, in the order in which they can work: namespaces, then everything that
 * only has to exist, then certificates, then what runs. A pod that starts before the secret it mounts exists is
 * held back by the kubelet for up to two minutes, so certificates are waited for first; one that starts before the
 * pod network runs on its node, for ten seconds and more. No object is waited for before what it waits for is sent: after a
 * failure the engine starts nothing more.
 */
export class ManifestObjects extends pulumi.ComponentResource {
  /** Every resource made; all of them together mean that the manifest is up. */
  public readonly resources: pulumi.Resource[] = [];
  /** The namespaces among them. */
  public readonly namespaces: pulumi.Resource[];
  /** The DaemonSets among them. */
  public readonly daemonSets: pulumi.Resource[];
  /** All but Ingresses, which wait for pods of others. */
  public readonly running: pulumi.Resource[];
  /** The one resource of all CRDs, if there are any. */
  public readonly crds: pulumi.Resource[];

  constructor(name: string, args: ManifestObjectsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ManifestObjects", name, {}, opts);
    const early = args.certManagerAnswers ? beforeCertificates(args.objects) : [];
    const order = applyOrder(args.objects.filter((object) => !early.includes(object)));
    const namespaces = (this.namespaces = this.register(name, args, order.namespaces, []));
    this.crds = this.registerCrds(name, args);
    const plain = this.register(name, args, order.plain, namespaces);
    const tokens = this.register(name, args, order.tokens, [...namespaces, ...plain]);
    const existing = [...plain, ...tokens, ...this.crds, ...(args.workloadsAfter ?? [])];
    const first = this.register(name, args, early, [...existing, ...(args.deploymentsAfter ?? [])]);
    // The kinds and their webhook belong to cert-manager, which may be part of another manifest.
    const answering = [...(args.certificatesAfter ?? []), ...(args.certManagerAnswers?.(first) ?? [])];
    const answered = [...namespaces, ...answering];
    const issuers = this.register(name, args, order.issuers, answered);
    // A request that comes before its issuer is ready is looked at again only after a pause that grows.
    const certificates = this.register(name, args, order.certificates, [...answered, ...issuers]);
    const before = [...existing, ...certificates];
    this.daemonSets = this.register(name, args, order.daemonSets, before);
    const workloads = this.register(name, args, order.workloads, [
      ...before,
      ...(args.deploymentsAfter ?? []),
      ...(args.podNetwork ? this.daemonSets : []),
    ]);
    this.running = [...this.resources];
    this.register(name, args, order.ingresses, [...before, ...first, ...this.daemonSets, ...workloads]);
    this.registerOutputs({});
  }

  private register(
    name: string,
    args: ManifestObjectsArgs,
    objects: KubernetesObject[],
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource[] {
    return objects.map((object) =>
      this.keep(
        new KubernetesResource(
          `${name}/${objectKey(object)}`,
          keptIn(args.cluster, withWait(withQuickReadiness(object))),
          { ...inside(args.cluster, this, dependsOn), ...waitOptions(object) },
        ),
      ),
    );
  }

  /** All CRDs as one resource: a step of the engine and a process for each would cost more than all else on the way. */
  private registerCrds(name: string, args: ManifestObjectsArgs): pulumi.Resource[] {
    if (args.crds.length === 0) return [];
    const { parent, dependsOn } = inside(args.cluster, this);
    const crds = new local.Command(
      `${name}/CustomResourceDefinitions`,
      {
        ...step("crds-apply", { delete: "crds-delete" }),
        environment: { KUBECONFIG: args.cluster.kubeconfigFile },
        stdin: args.crds.map((crd) => `${crd.name} ${crd.sha256} ${crdFile(crd.sha256)}`).join("\n"),
      },
      { parent, dependsOn, ...lifeIn(args.cluster) },
    );
    return [this.keep(crds)];
  }

  private keep<T extends pulumi.Resource>(resource: T): T {
    this.resources.push(resource);
    return resource;
  }
}

/**
 * Options for an object that Slipway keeps from being waited for. An object that an earlier version made has no annotation
 * that says so, and gets none: that is not worth a change.
 */
const waitOptions = (object: KubernetesObject): pulumi.CustomResourceOptions =>
  isUnawaitedClaim(object) ? { ignoreChanges: [`metadata.annotations["${skipAwaitAnnotation}"]`] } : {};

/** Any object of any kind, registered by its type token: the SDK's thousand classes need not be loaded for it. */
export class KubernetesResource extends pulumi.CustomResource {
  constructor(name: string, object: KubernetesObject, opts: pulumi.CustomResourceOptions) {
    const { object: marked, secretOutputs } = forEngine(object);
    super(
      typeToken(object),
      name,
      // Known values: nothing is left to wait for, and the engine encrypts what it gets wrapped.
      mapSecrets(marked, pulumi.secret) as pulumi.Inputs,
      secretOutputs.length > 0 ? { ...opts, additionalSecretOutputs: [...secretOutputs] } : opts,
    );
  }
}
