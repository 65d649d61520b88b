import { sentence } from "../lib/base/problem";
import { type Outcome, outcomeOf } from "../lib/base/settleAll";
import { infrastructureOf } from "../lib/cluster/infrastructure";
import type { ClusterParts } from "../lib/cluster/parts";
import type { Settings } from "../lib/settings/types";
import { managementNode } from "../system/docker";
import { inspectHost } from "./host/inspect";
import { type CapdArchive, readArchive } from "./images/capdArchive";
import { checkCapdImage, withoutProblems } from "./images/capdImage";
import { checkNodeImages } from "./images/nodeImages";
import { readImages, type StackImages } from "./images/stack";
import { type ExistingManagement, existingManagementProblems, inspectManagement } from "./management/existing";
import { managementProblems, nodeImageProblems, networkProblem } from "./management/immutable";
import { managedClusters, runningVersions } from "./management/inNode";
import { deletedClusterWarnings, kubeconfigsWithoutSecret } from "./management/managedClusters";
import { type RunningClusters, upgradeProblems } from "./management/running";
import { serviceProblems } from "./manifests/services";
import { installed, readManifests, type StackManifests } from "./manifests/stack";
import { readTemplates } from "./manifests/templates";

/** All that the program knows before it asks for its first resource. */
export interface Inputs extends Omit<StackImages, "capdId"> {
  manifests: StackManifests;
  /** What clusters from templates are made of, by the cluster's name. */
  templates: Readonly<Record<string, ClusterParts>>;
  /** Clusters that run, with their versions, as the management cluster knows them. */
  running: RunningClusters;
  /** Saved kubeconfigs of clusters whose kubeconfig Secret is missing, by `namespace/name`. */
  savedKubeconfigs: Readonly<Record<string, string>>;
  capd: { localId?: string; archive?: CapdArchive };
  /** The management cluster that the settings give; absent where a kind cluster is made. */
  existing?: ExistingManagement;
  /** What about the host may stop an `up`, each with its remedy. */
  warnings: readonly string[];
}

/**
 * Reads manifests and looks at the host; throws one error for everything that stands in the way.
 *
 * @param preview whether it is only a look: what an `up` would refuse but a plan can show is then a warning
 */
export const prepare = async (settings: Settings, owner: string, preview = false): Promise<Inputs> => {
  const { management, capd, clusters } = settings;
  const given = management.kubeconfig !== "";
  // Without containers of ours nothing about this host's Docker stands in the way.
  const usesDocker = !given || clusters.some(({ backend }) => infrastructureOf(backend).onDocker);
  // Other programs first: they run while this one parses manifests.
  const [host, machine, existing, tags, capdTag, archive, templates, manifests] = await Promise.all([
    outcomeOf(
      usesDocker ? inspectHost(settings, owner) : { answers: true, problems: [], warnings: [], network: undefined },
    ),
    outcomeOf(given ? undefined : inspectManagementNode(management.name)),
    outcomeOf(given ? inspectManagement(management.kubeconfig) : undefined),
    outcomeOf(usesDocker ? checkNodeImages(settings) : { problems: [], warnings: [] }),
    outcomeOf(checkCapdImage(settings)),
    outcomeOf(capd.source === "archive" ? readArchive(capd.archive) : undefined),
    outcomeOf(readTemplates(settings)),
    outcomeOf(readManifests(settings, owner)),
  ]);
  const verdict = valueOf(host);
  const answers = verdict?.answers ?? false;
  const capdVerdict = valueOf(capdTag);
  const capdImage = capdVerdict && valueOf(machine)?.node ? withoutProblems(capdVerdict) : capdVerdict;
  const running = valueOf(existing)?.running ?? valueOf(machine)?.running ?? {};
  // What Docker does not say because it is silent is said once, with the host's problems.
  const images =
    answers && "found" in manifests ? await outcomeOf(readImages(settings, manifests.found, given)) : { problems: [] };
  const replaced = nodeImageProblems({ ...management, ...settings.network }, valueOf(machine)?.node).map(sentence);
  const problems = [
    ...(preview ? [] : replaced),
    ...[host, existing, archive, templates, manifests, images].flatMap((one) => one.problems),
    ...(answers ? [...machine.problems, ...tags.problems, ...capdTag.problems] : []),
    ...(verdict?.problems ?? []),
    ...(valueOf(tags)?.problems ?? []),
    ...(capdImage?.problems ?? []),
    ...networkProblems(settings, owner, answers && usesDocker, verdict?.network, valueOf(machine)?.node),
    ...upgradeProblems(clusters, running).map(sentence),
    ...("found" in manifests ? manifestProblems(settings, owner, manifests.found, valueOf(existing)) : []),
  ];
  if (problems.length > 0 || !("found" in manifests) || !("found" in templates) || !("found" in images))
    throw new Error([...new Set(problems)].join("\n"));

  const managed = valueOf(existing)?.managed ?? valueOf(machine)?.managed;
  const [project = "", stack = ""] = owner.split("/");
  const { capdId, ...nodes } = images.found;
  const [cluster, saved] = [valueOf(existing), valueOf(archive)];
  return {
    manifests: manifests.found,
    templates: templates.found,
    ...nodes,
    running,
    savedKubeconfigs: kubeconfigsWithoutSecret(stack, clusters, managed),
    ...(cluster ? { existing: cluster } : {}),
    capd: { ...(capdId === undefined ? {} : { localId: capdId }), ...(saved ? { archive: saved } : {}) },
    warnings: [
      ...(preview ? replaced : []),
      ...(verdict?.warnings ?? []),
      ...(valueOf(tags)?.warnings ?? []),
      ...(capdImage?.warnings ?? []),
      ...deletedClusterWarnings(project, stack, clusters, managed),
    ],
  };
};

const valueOf = <T>(one: Outcome<T>): T | undefined => ("found" in one ? one.found : undefined);

/** The management cluster's node, and what Cluster API in it runs. */
const inspectManagementNode = async (name: string) => {
  const node = await managementNode(name);
  if (!node?.running) return { node, running: {} };
  const [running, managed] = await Promise.all([runningVersions(name), managedClusters(name)]);
  return { node, running, managed };
};

const networkProblems = (
  { network: { subnet, adopt, ipv6 }, management }: Settings,
  owner: string,
  applies: boolean,
  network: Parameters<typeof networkProblem>[1],
  node: Parameters<typeof managementProblems>[1],
): string[] => {
  const wish = { subnet, ...(ipv6 ? { subnetIPv6: ipv6.subnet } : {}) };
  const problem = applies ? networkProblem({ ...wish, adopt, owner }, network) : undefined;
  return problem === undefined
    ? managementProblems({ ...management, ...wish }, node, network).map(sentence)
    : [problem];
};

const manifestProblems = (
  settings: Settings,
  owner: string,
  manifests: StackManifests,
  existing: ExistingManagement | undefined,
): string[] => [
  ...serviceProblems(settings.clusters, manifests).map(sentence),
  ...(existing
    ? existingManagementProblems(existing, installed(manifests), { ...settings.management, owner }).map(sentence)
    : []),
];
