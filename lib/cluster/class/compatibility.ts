import { valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import type { KubernetesObject } from "../../kubernetes/object";
import { templateRoles, workerClasses } from "./classSpec";

/** A running cluster with a class. */
export interface ClassChange {
  /** Name of the cluster. */
  cluster: string;
  /** The class that the cluster has. */
  before: KubernetesObject;
  /** The class of the settings: another class, or another version of the class. */
  after: KubernetesObject;
}

/**
 * Returns the problems of a change of a class that Cluster API would refuse. Templates of the infrastructure, the control
 * plane and the workers keep their groups and kinds.
 */
export const compatibilityProblems = ({ cluster, before, after }: ClassChange): Problem[] => {
  const earlier = templateRoles(before);
  const text = (apiVersion: string, kind: string): string => `${kind} of ${apiVersion.split("/")[0] ?? ""}`;
  const changes = templateRoles(after)
    // A bootstrap template may have another kind, and a new worker class has no earlier template.
    .filter(({ role }) => !role.endsWith(".bootstrap"))
    .flatMap(({ role, apiVersion, kind }) => {
      const other = earlier.find((one) => one.role === role);
      if (other === undefined)
        return role === "controlPlane.machineInfrastructure" ? [{ role, was: "none", kind }] : [];
      const [was, is] = [text(other.apiVersion, other.kind), text(apiVersion, kind)];
      return was === is ? [] : [{ role, was, kind: is }];
    });
  const machines = "controlPlane.machineInfrastructure";
  const lost =
    earlier.some(({ role }) => role === machines) && !templateRoles(after).some(({ role }) => role === machines);
  return [...changes, ...(lost ? [{ role: machines, was: "a template", kind: "none" }] : [])].map(
    ({ role, was, kind }) => ({
      key: `class of cluster ${cluster}`,
      rule: `a class with the kinds of ${before.metadata.name}, because Cluster API keeps them (${role}: ${was})`,
      got: `${after.metadata.name} with ${kind}`,
      remedy: "Choose a class of the same kinds, or give the cluster another name to create it again",
    }),
  );
};

/** Returns the worker classes that the pools of a Cluster object have. */
export const usedWorkerClasses = (cluster: KubernetesObject): { pool: string; workerClass: string }[] => {
  const pools = valueAt(cluster, "spec", "topology", "workers", "machineDeployments");
  return (Array.isArray(pools) ? (pools as unknown[]) : []).map((pool) => ({
    pool: String(valueAt(pool, "name")),
    workerClass: String(valueAt(pool, "class")),
  }));
};

/** Returns the problems of a Cluster object with worker classes that its class lacks. */
export const workerClassProblems = (
  cluster: KubernetesObject,
  clusterClass: KubernetesObject,
  key: string,
): Problem[] => {
  const known = workerClasses(clusterClass);
  return usedWorkerClasses(cluster)
    .filter(({ workerClass }) => !known.includes(workerClass))
    .map(({ pool, workerClass }) => ({
      key: `class of pool ${pool} of ${key}`,
      received: workerClass,
      rule: `a worker class of ${clusterClass.metadata.name} (${known.join(", ") || "it has none"})`,
      remedy: known.length === 0 ? "Remove the workers, or choose another class" : "Choose one of these worker classes",
    }));
};
