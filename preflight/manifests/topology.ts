import { type Problem, sentence } from "../../lib/base/problem";
import { kubernetesVersions } from "../../lib/cluster/class/classSpec";
import { classBackend, statedNodeImages } from "../../lib/cluster/class/nodeImages";
import { topologyParts } from "../../lib/cluster/class/topology";
import { type ClusterParts, hasTopology } from "../../lib/cluster/parts";
import { type Settings, withTopology } from "../../lib/settings/types";
import { topologyInExisting } from "../management/existing";
import { topologyInNode } from "../management/inNode";
import { findObject, type LiveTopology, runningClassChecksum, runningNodeImages } from "../management/topology";
import { type ClassRequest, readClassFiles, resolveClasses, type StackClasses } from "./classes";
import { topologyProblems } from "./classProblems";

/** The classes of a stack, and what its running clusters have from them. */
export interface TopologyInputs extends Pick<StackClasses, "created" | "uses"> {
  /** Node images by version that running clusters have, by the cluster's name. */
  readonly runningImages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Checksums of the classes that running clusters have, by the cluster's name. */
  readonly runningChecksums: Readonly<Record<string, string>>;
  /** Kubernetes versions that the class of a cluster lists, by the cluster's name. A class need not list any. */
  readonly listedVersions: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** A stack without classes. */
export const noTopology: TopologyInputs = {
  created: new Map(),
  uses: new Map(),
  runningImages: {},
  runningChecksums: {},
  listedVersions: new Map(),
  problems: [],
  warnings: [],
};

type Templates = Readonly<Record<string, ClusterParts>>;

/** Returns the clusters with a class: by the setting `class`, or by the Cluster object of their template. */
const classRequests = (clusters: Settings["clusters"], templates: Templates): ClassRequest[] =>
  clusters.flatMap(({ name, namespace, class: one, template }): ClassRequest[] => {
    const parts = templates[name];
    const topology = parts && hasTopology(parts) ? parts.topology : undefined;
    if (template ? topology === undefined : one === undefined) return [];
    return [
      {
        name,
        namespace,
        ...(one ? { source: one.source } : {}),
        ...(topology ? { className: topology.className } : {}),
        ...(topology?.classObjects ? { inTemplate: topology.classObjects } : {}),
      },
    ];
  });

/** Returns the settings with the feature gate that classes in templates need. */
export const withTemplateGates = (settings: Settings, templates: Templates): Settings =>
  Object.values(templates).some(hasTopology)
    ? { ...settings, featureGates: withTopology(settings.featureGates) }
    : settings;

/** Reads the management cluster's classes and clusters. */
const readLive = ({ management: { kubeconfig, name } }: Settings): Promise<LiveTopology | undefined> =>
  kubeconfig === "" ? topologyInNode(name) : topologyInExisting(kubeconfig);

/**
 * Reads the classes of all clusters and checks the clusters against them. A stack without classes asks nothing.
 *
 * @param owner `PROJECT/STACK`, which the stack's classes have as an annotation
 * @throws ProblemError if a file with a class cannot be read
 */
export const readStackTopology = async (
  settings: Settings,
  owner: string,
  templates: Templates,
  live: (settings: Settings) => Promise<LiveTopology | undefined> = readLive,
): Promise<TopologyInputs> => {
  const requests = classRequests(settings.clusters, templates);
  if (requests.length === 0) return noTopology;
  const [files, state] = await Promise.all([readClassFiles(settings), live(settings)]);
  const classes = resolveClasses(requests, { files, live: state, owner });
  const clusters = settings.clusters.flatMap((cluster) => {
    const use = classes.uses.get(cluster.name);
    if (use === undefined) return [];
    const parts =
      templates[cluster.name] ??
      topologyParts(cluster, { clusterClass: use.clusterClass, variables: cluster.class?.variables ?? {} });
    const pools = cluster.template ? [] : cluster.workerPools;
    return [{ name: cluster.name, namespace: cluster.namespace, workerPools: pools, cluster: parts.cluster }];
  });
  return {
    created: classes.created,
    uses: classes.uses,
    runningImages: Object.fromEntries(
      requests.map((request) => [request.name, runningNodeImages(state && findObject(state.clusters, request))]),
    ),
    runningChecksums: Object.fromEntries(
      requests.flatMap((request) => {
        const checksum = runningClassChecksum(state && findObject(state.clusters, request));
        return checksum === undefined ? [] : [[request.name, checksum] as const];
      }),
    ),
    listedVersions: new Map(
      [...classes.uses]
        .map(([name, { clusterClass }]) => [name, kubernetesVersions(clusterClass)] as const)
        .filter(([, versions]) => versions.length > 0),
    ),
    problems: [
      ...classes.problems,
      ...topologyProblems(clusters, classes, state),
      ...backendProblems(settings.clusters, classes),
    ],
    warnings: settings.imageSource === "local" ? imageWarnings(settings.clusters, classes) : [],
  };
};

/** Returns the problems of clusters whose backend differs from the machines of their class. */
const backendProblems = (clusters: Settings["clusters"], { created, uses }: StackClasses): Problem[] =>
  clusters.flatMap(({ name, namespace, backend, template }) => {
    const use = uses.get(name);
    const objects = use && created.get(`${namespace}/${use.clusterClass.metadata.name}`);
    if (objects === undefined) return [];
    const expected = classBackend(objects) ?? (template ? "template" : undefined);
    if (expected === backend) return [];
    const problem = { key: `backend of cluster ${name}`, received: backend };
    const { name: className } = objects.clusterClass.metadata;
    return [
      expected === undefined
        ? {
            ...problem,
            rule: `a class of Docker or in-memory machines, unlike ${className}`,
            remedy: "Set template to a file with a Cluster of this class, and providers to its provider",
          }
        : { ...problem, rule: `${expected}, as in the templates of ${className}`, remedy: `Set it to ${expected}` },
    ];
  });

/** Returns warnings about Docker clusters whose machines cannot get the images of this machine's Docker. */
const imageWarnings = (clusters: Settings["clusters"], { created, uses }: StackClasses): string[] =>
  clusters.flatMap(({ name, namespace, backend }) => {
    const use = uses.get(name);
    if (use === undefined || backend !== "docker") return [];
    const className = use.clusterClass.metadata.name;
    const objects = created.get(`${namespace}/${className}`);
    const stated = objects ? statedNodeImages(objects) : [];
    const why = !use.isCreated ? "this stack did not create it" : stated.length > 0 ? `it states ${stated[0]}` : "";
    if (why === "") return [];
    return [
      sentence({
        key: `class ${className} of cluster ${name}`,
        rule: "a class whose node images Slipway can set, with imageSource local",
        got: `another, because ${why.trim()}`,
        remedy: "Make sure that the node image contains all images of the pods, because nodes do not pull",
      }),
    ];
  });
