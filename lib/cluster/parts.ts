import { shortChecksum } from "../base/checksum";
import type { KubernetesObject } from "../kubernetes/object";
import { toYaml } from "../kubernetes/yaml";
import type { ClassObjects } from "./class/classObjects";
import { healthChecks } from "./healthChecks";
import { nodeFilesSecret } from "./nodeFiles";
import { clusterObjects } from "./objects";
import { type ClusterSpec, countNodes } from "./spec";

/** An owner of machines and its templates. Several owners may share a template. */
export interface MachineOwner {
  owner: KubernetesObject;
  templates: KubernetesObject[];
}

/** What all clusters have, whoever creates their machines. */
interface CommonParts {
  cluster: KubernetesObject;
  /** Objects that the cluster needs but does not own, such as identities and ClusterResourceSets. */
  supporting: KubernetesObject[];
  /** Health checks, which replace unhealthy machines. */
  healthChecks?: KubernetesObject[];
  /** Expected number of nodes, without the nodes of `scaledOwners`. */
  nodes: number;
  /** Names of the pools that the program defines as MachinePools. @default - none */
  machinePools?: string[];
  /** Names of the pools whose number of nodes another controller sets. @default - none */
  scaledOwners?: string[];
  /** True if the control plane has no machines, because a cloud or a hosting provider runs it. @default false */
  hasManagedControlPlane?: boolean;
}

/** The objects of a cluster that names its infrastructure, control plane and workers itself. */
export interface OwnerParts extends CommonParts {
  /** Infrastructure object of the cluster. It may be the control plane too. */
  infrastructure: KubernetesObject;
  controlPlane: MachineOwner;
  workers: MachineOwner[];
}

/** The objects of a cluster with a ClusterClass. Cluster API creates all objects but the Cluster, and names them. */
export interface TopologyParts extends CommonParts {
  topology: {
    className: string;
    /** True if the running cluster has another class or another content of the class. @default false */
    isClassChanging?: boolean;
    /** The class, if the template of the cluster contains it. */
    classObjects?: ClassObjects;
  };
}

/** A cluster's objects by their role, whether the program, a template or a class defines them. */
export type ClusterParts = OwnerParts | TopologyParts;

/** Returns true if a class defines the machines of a cluster. */
export const hasTopology = (parts: ClusterParts): parts is TopologyParts => "topology" in parts;

/** Returns the objects of a cluster that the program defines itself. */
export const partsOfSpec = (spec: ClusterSpec): OwnerParts => {
  const { cluster, infrastructureCluster, controlPlane, controlPlaneTemplate, workers } = clusterObjects(spec);
  const machinePools = workers
    .filter(({ deployment }) => deployment.kind === "MachinePool")
    .map(({ deployment }) => deployment.metadata.name);
  const secret = nodeFilesSecret(spec);
  return {
    cluster,
    infrastructure: infrastructureCluster,
    controlPlane: { owner: controlPlane, templates: [controlPlaneTemplate] },
    workers: workers.map(({ deployment, machineTemplate, bootstrapTemplate }) => ({
      owner: deployment,
      templates: [machineTemplate, bootstrapTemplate],
    })),
    supporting: secret === undefined ? [] : [secret],
    healthChecks: healthChecks(spec),
    nodes: countNodes(spec),
    ...(machinePools.length > 0 ? { machinePools } : {}),
  };
};

/** Returns the objects whose change may replace machines: their owners, or the Cluster with its topology. */
const machineObjects = (parts: ClusterParts): KubernetesObject[] =>
  hasTopology(parts) ? [parts.cluster] : [parts.controlPlane, ...parts.workers].map(({ owner }) => owner);

/** Returns eight hexadecimal digits that change with every change of a cluster's machines or their number. */
export const machinesChecksum = (parts: ClusterParts): string => {
  const specs = machineObjects(parts).map((object) => toYaml(object));
  return shortChecksum(specs.join("---\n"));
};

/** Returns the names of the owners of a cluster's machines, without the MachinePools in `machinePools`. */
export const machineOwners = ({
  controlPlane,
  workers,
  machinePools,
}: Pick<OwnerParts, "controlPlane" | "workers" | "machinePools">): string[] =>
  [controlPlane, ...workers]
    .map(({ owner }) => owner)
    .filter(({ kind, metadata }) => kind !== "MachinePool" || !machinePools?.includes(metadata.name))
    .map(({ metadata }) => metadata.name);

/**
 * Wait for the field that a contract of Cluster API guarantees: the first field by v1beta1, the second field by v1beta2.
 * The API version of a control plane does not tell its contract. A filter without a value is met by any match.
 */
const contractInitialized =
  "jsonpath={.status[?($.status.initialized==true || $.status.initialization.controlPlaneInitialized==true)]}";

/**
 * Returns the conditions of a completed control plane, as waits of the kubernetes plugin. Initialized is the first
 * moment at which Cluster API knows that the API answers. Ready would wait for a CNI, which needs the API. A rollout is
 * complete when no machine has the old specification; a new cluster has none. Kinds other than KubeadmControlPlane wait
 * only for the first moment.
 */
export const controlPlaneDone = ({ apiVersion, kind }: KubernetesObject): string[] => {
  if (kind !== "KubeadmControlPlane") return [contractInitialized];
  const conditions = { Initialized: "True", RollingOut: "False" };
  // In v1beta1 the relevant conditions are in a separate field.
  return Object.entries(conditions).map(([type, status]) =>
    apiVersion.endsWith("/v1beta1")
      ? `jsonpath={.status.v1beta2.conditions[?(@.type=="${type}")].status}=${status}`
      : status === "True"
        ? `condition=${type}`
        : `condition=${type}=${status}`,
  );
};

/**
 * What a Cluster with a completed topology reports, as waits of the kubernetes plugin. Cluster API does not renew the
 * condition ControlPlaneInitialized, which would belong to an earlier generation after a change.
 */
export const topologyDone = [
  "condition=TopologyReconciled",
  "jsonpath={.status.initialization.controlPlaneInitialized}=true",
  "condition=RollingOut=False",
];
