import { valueAt } from "../../base/json";
import { type Problem, ProblemError } from "../../base/problem";
import type { PlacedObject } from "../../kubernetes/identity";
import type { KubernetesObject } from "../../kubernetes/object";
import type { TopologyParts } from "../parts";
import type { TemplateCluster } from "../template/problems";
import { classWith, isClusterClass } from "./classObjects";

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
  const topology = valueAt(cluster, "spec", "topology");
  const pools = valueAt(topology, "workers", "machineDeployments");
  const replicas = (Array.isArray(pools) ? (pools as unknown[]) : []).map((pool) => countAt(valueAt(pool, "replicas")));
  return {
    cluster,
    topology: {
      className,
      ...(classObjects ? { classObjects: { ...classObjects, supporting: [] } } : {}),
    },
    supporting: classObjects?.supporting ?? besides.map(({ object }) => object),
    nodes: [countAt(valueAt(topology, "controlPlane", "replicas")), ...replicas].reduce((total, one) => total + one, 0),
  };
};
