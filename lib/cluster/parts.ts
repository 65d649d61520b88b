import { createHash } from "node:crypto";
import type { KubernetesObject } from "../kubernetes/object";
import { toYaml } from "../kubernetes/yaml";
import { healthChecks } from "./healthChecks";
import { clusterObjects } from "./objects";
import type { ClusterSpec } from "./spec";

/** What makes machines, and the templates it makes them from; several may share one. */
export interface MachineOwner {
  owner: KubernetesObject;
  templates: KubernetesObject[];
}

/** A cluster's objects by the part they play, whatever they were made from. */
export interface ClusterParts {
  cluster: KubernetesObject;
  /** The cluster's part at the infrastructure provider. */
  infrastructure: KubernetesObject;
  controlPlane: MachineOwner;
  workers: MachineOwner[];
  /** What belongs to no machine and to no Cluster, but has to be there: identities, ClusterResourceSets. */
  others: KubernetesObject[];
  /** What replaces machines for their health. */
  healthChecks?: KubernetesObject[];
  /** How many nodes it is to have. */
  nodes: number;
}

/** The parts of a cluster that the program makes by itself. */
export const partsOfSpec = (spec: ClusterSpec): ClusterParts => {
  const { cluster, infrastructureCluster, controlPlane, controlPlaneTemplate, workers } = clusterObjects(spec);
  return {
    cluster,
    infrastructure: infrastructureCluster,
    controlPlane: { owner: controlPlane, templates: [controlPlaneTemplate] },
    workers: workers.map(({ deployment, machineTemplate, bootstrapTemplate }) => ({
      owner: deployment,
      templates: [machineTemplate, bootstrapTemplate],
    })),
    others: [],
    healthChecks: healthChecks(spec),
    nodes: spec.controlPlaneReplicas + spec.workerPools.reduce((sum, { replicas }) => sum + replicas, 0),
  };
};

/** Eight digits that change with whatever a cluster's machines are made from or counted by. */
export const machinesSum = ({ controlPlane, workers }: Pick<ClusterParts, "controlPlane" | "workers">): string => {
  const specs = [controlPlane, ...workers].map(({ owner }) => toYaml(owner));
  return createHash("sha256").update(specs.join("---\n")).digest("hex").slice(0, 8);
};

/** Names of the objects that a cluster's machines belong to: its control plane and its MachineDeployments. */
export const machineOwners = ({ controlPlane, workers }: Pick<ClusterParts, "controlPlane" | "workers">): string[] =>
  [controlPlane, ...workers].map(({ owner }) => owner.metadata.name);

/**
 * When a control plane is done, as waits of the kubernetes plugin. Initialized is the first moment at which Cluster
 * API knows that the API answers; Ready would wait for a CNI that needs the API. An upgrade is done when no machine of
 * the old sort is left, which a new cluster has none of.
 */
export const controlPlaneDone = ({ apiVersion, kind }: KubernetesObject): string[] => {
  // Another kind's contract with Cluster API promises this much.
  if (kind !== "KubeadmControlPlane") return ["jsonpath={.status.initialized}=true"];
  const wanted = { Initialized: "True", RollingOut: "False" };
  // In v1beta1 the conditions that are meant lie aside.
  return Object.entries(wanted).map(([type, status]) =>
    apiVersion.endsWith("/v1beta1")
      ? `jsonpath={.status.v1beta2.conditions[?(@.type=="${type}")].status}=${status}`
      : status === "True"
        ? `condition=${type}`
        : `condition=${type}=${status}`,
  );
};
