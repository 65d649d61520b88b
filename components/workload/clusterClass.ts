import * as pulumi from "@pulumi/pulumi";
import { classKey, type ClassObjects } from "../../lib/cluster/class/classObjects";
import { type KubernetesObject, objectKey, withAnnotations } from "../../lib/kubernetes/object";
import { waitForAnnotation } from "../../lib/kubernetes/waits";
import { resourceOptions, withDeletionPolicy, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource } from "../kubernetes/manifestObjects";

/** A class that the stack creates. */
export interface ClusterClassArgs {
  management: ClusterHandle;
  objects: ClassObjects;
  /** Resources that the objects wait for: Cluster API's webhooks, and the namespace. */
  ready: pulumi.Resource[];
}

/** Cluster API checks a Cluster only against a class whose variables it knows. */
const classDone = ["condition=VariablesReady", "condition=RefVersionsUpToDate"];

/**
 * Creates a ClusterClass and its templates, which clusters of one namespace share. The class changes before the clusters and
 * is deleted after them, and a template outlives the class that refers to it.
 */
export class ClusterClass extends pulumi.ComponentResource {
  /** Resources that clusters of the class wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, { management, objects, ready }: ClusterClassArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ClusterClass", name, {}, opts);
    const create = (object: KubernetesObject, dependsOn: pulumi.Resource[]): pulumi.Resource =>
      new KubernetesResource(
        `${name}/${objectKey(object)}`,
        withDeletionPolicy(management, object),
        resourceOptions(management, this, [...ready, ...dependsOn]),
      );
    const supporting = objects.supporting.map((object) => create(object, []));
    const templates = objects.templates.map((object) => create(object, supporting));
    const waiting = withAnnotations(objects.clusterClass, { [waitForAnnotation]: JSON.stringify(classDone) });
    this.ready = [create(waiting, templates)];
    this.registerOutputs({});
  }
}

/** Creates the classes of a stack, by `namespace/name`. */
export const clusterClasses = (
  management: ClusterHandle,
  classes: readonly ClassObjects[],
  readyIn: (namespace: string) => pulumi.Resource[],
  opts: pulumi.ComponentResourceOptions,
): ReadonlyMap<string, ClusterClass> =>
  new Map(
    classes.map((objects) => {
      const { namespace = "default", name } = objects.clusterClass.metadata;
      const ready = readyIn(namespace);
      return [
        classKey(objects.clusterClass),
        new ClusterClass(`class-${namespace}-${name}`, { management, objects, ready }, opts),
      ];
    }),
  );
