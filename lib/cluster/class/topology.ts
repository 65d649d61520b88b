import { classAnnotation } from "../../base/labels";
import type { KubernetesObject } from "../../kubernetes/object";
import { clusterApiObject } from "../apiObject";
import { clusterNetwork } from "../clusterNetwork";
import { versionOf } from "../machineTemplate";
import { nodeLabels } from "../nodeLabels";
import type { TopologyParts } from "../parts";
import { type ClusterSpec, countNodes, type WorkerPool } from "../spec";
import type { TemplateCluster } from "../template/problems";
import { workerClasses } from "./classSpec";

/** A cluster whose machines a class defines. */
export type TopologySpec = TemplateCluster & Pick<ClusterSpec, "labels">;

/** What a cluster takes from its class. */
export interface TopologyArgs {
  clusterClass: KubernetesObject;
  /** Values of the class's variables. */
  variables: Readonly<Record<string, unknown>>;
}

/** Returns the objects of a cluster with a class: only the Cluster, because Cluster API creates all others. */
export const topologyParts = (spec: TopologySpec, args: TopologyArgs): TopologyParts => {
  const { clusterClass, variables } = args;
  const values = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const machineDeployments = spec.workerPools.map((pool) => poolTopology(pool, clusterClass));
  const cluster = clusterApiObject(spec, "core", "Cluster", spec.name, {
    spec: {
      clusterNetwork: clusterNetwork(spec),
      topology: {
        classRef: { name: clusterClass.metadata.name },
        version: versionOf(spec),
        controlPlane: { replicas: spec.controlPlaneReplicas },
        ...(machineDeployments.length > 0 ? { workers: { machineDeployments } } : {}),
        ...(values.length > 0 ? { variables: values } : {}),
      },
    },
  });
  if (spec.labels) cluster.metadata.labels = { ...spec.labels };
  return {
    cluster,
    topology: { className: clusterClass.metadata.name },
    supporting: [],
    nodes: countNodes(spec),
  };
};

const poolTopology = ({ name, replicas, workerClass, labels = {} }: WorkerPool, clusterClass: KubernetesObject) => {
  const { machine } = nodeLabels(labels);
  return {
    class: workerClass ?? workerClasses(clusterClass)[0] ?? "",
    name,
    replicas,
    ...(Object.keys(machine).length > 0 ? { metadata: { labels: machine } } : {}),
  };
};

interface TopologyFields {
  controlPlane?: { metadata?: { annotations?: object } };
  variables?: { name: string; value: unknown }[];
}

const changeTopology = (
  cluster: KubernetesObject,
  change: (topology: TopologyFields) => TopologyFields,
): KubernetesObject => {
  const spec = cluster["spec"] as { topology: TopologyFields };
  return { ...cluster, spec: { ...spec, topology: change(spec.topology) } };
};

/**
 * Adds the checksum of a class to a Cluster as an annotation of the control plane. A changed class then changes the Cluster
 * too, so the Cluster's conditions are about the new class and a plan shows the cluster. No machine is replaced for it.
 *
 * @param checksum a text, or a value of Pulumi that is not known yet
 */
export const withClassChecksum = (cluster: KubernetesObject, checksum: unknown): KubernetesObject =>
  changeTopology(cluster, ({ controlPlane = {}, ...topology }) => {
    const annotations = { ...controlPlane.metadata?.annotations, [classAnnotation]: checksum };
    return { ...topology, controlPlane: { ...controlPlane, metadata: { ...controlPlane.metadata, annotations } } };
  });

/** Adds a variable to a Cluster. */
export const withVariable = (cluster: KubernetesObject, name: string, value: unknown): KubernetesObject =>
  changeTopology(cluster, ({ variables = [], ...topology }) => ({
    ...topology,
    variables: [...variables, { name, value }],
  }));
