import { listAt, valueAt } from "../../base/json";
import { type Problem, ProblemError } from "../../base/problem";
import type { PlacedObject } from "../../kubernetes/identity";
import type { KubernetesObject } from "../../kubernetes/object";
import type { TopologyParts } from "../parts";
import type { TemplateCluster } from "../template/problems";
import type { Backend, WorkerPool } from "../spec";
import { classWith, isClusterClass } from "./classObjects";
import { classBackend } from "./nodeImages";

/** Returns true for a Cluster object whose machines a class defines. */
export const isTopologyCluster = (cluster: KubernetesObject | undefined): boolean =>
  valueAt(cluster, "spec", "topology") !== undefined;

/** Returns the name of a Cluster object's class, in v1beta2 or v1beta1. */
export const classNameOf = (cluster: KubernetesObject): string => {
  const name =
    valueAt(cluster, "spec", "topology", "classRef", "name") ?? valueAt(cluster, "spec", "topology", "class");
  return typeof name === "string" ? name : "";
};

/** Returns the problems of a Cluster object's reference to its class. */
const referenceProblems = (cluster: KubernetesObject, source: string, namespace: string): Problem[] => {
  const path = ["spec", "topology"] as const;
  const stated = valueAt(cluster, ...path, "classRef", "namespace") ?? valueAt(cluster, ...path, "classNamespace");
  const key = `class of the Cluster in ${source}`;
  return [
    ...(classNameOf(cluster) === ""
      ? [{ key, rule: "a name in spec.topology.classRef", got: "nothing", remedy: "Write the name of the class" }]
      : []),
    ...(stated === undefined || stated === namespace
      ? []
      : [
          {
            key,
            received: stated,
            rule: `a class in ${namespace}, the cluster's namespace`,
            remedy: "Remove the namespace of the class, or set the cluster's namespace to it",
          },
        ]),
  ];
};

/** Properties of a cluster with a class that the settings need from its template. */
export interface TopologyFacts {
  readonly backend: Backend;
  readonly version: unknown;
  readonly replicas: number;
  readonly pools: readonly WorkerPool[];
}

const poolsOf = (cluster: KubernetesObject): readonly unknown[] =>
  listAt(cluster, "spec", "topology", "workers", "machineDeployments");

/**
 * Reads a Cluster object with a class. Its machines are containers unless the template has the class and says otherwise.
 */
export const topologyFacts = (cluster: KubernetesObject, objects: readonly KubernetesObject[]): TopologyFacts => {
  const clusterClass = objects.find(
    (object) => isClusterClass(object) && object.metadata.name === classNameOf(cluster),
  );
  const backend = clusterClass ? classBackend({ clusterClass, templates: [...objects], supporting: [] }) : "docker";
  return {
    backend: backend ?? "template",
    version: valueAt(cluster, "spec", "topology", "version"),
    replicas: countAt(valueAt(cluster, "spec", "topology", "controlPlane", "replicas")),
    pools: poolsOf(cluster).map((pool) => ({
      name: String(valueAt(pool, "name")),
      replicas: countAt(valueAt(pool, "replicas")),
      workerClass: String(valueAt(pool, "class")),
    })),
  };
};

const countAt = (value: unknown): number => (typeof value === "number" ? value : 1);

/**
 * Returns the parts of a cluster from a template whose Cluster has a class. The class may be in the template.
 *
 * @throws ProblemError for a class of another namespace, and for a class in the template without its templates
 */
export const topologyOfTemplate = (
  placed: readonly PlacedObject[],
  cluster: KubernetesObject,
  source: string,
  { namespace }: Pick<TemplateCluster, "namespace">,
): TopologyParts => {
  const problems = referenceProblems(cluster, source, namespace);
  if (problems.length > 0) throw new ProblemError(problems);
  const className = classNameOf(cluster);
  const besides = placed.filter(({ object }) => object !== cluster);
  const inTemplate = besides.find(({ object }) => isClusterClass(object) && object.metadata.name === className);
  const classObjects = inTemplate && classWith(inTemplate.object, besides, { source, namespace });
  const replicas = poolsOf(cluster).map((pool) => countAt(valueAt(pool, "replicas")));
  return {
    cluster,
    topology: {
      className,
      ...(classObjects ? { classObjects: { ...classObjects, supporting: [] } } : {}),
    },
    supporting: classObjects?.supporting ?? besides.map(({ object }) => object),
    nodes: [countAt(valueAt(cluster, "spec", "topology", "controlPlane", "replicas")), ...replicas].reduce(
      (total, one) => total + one,
      0,
    ),
  };
};
