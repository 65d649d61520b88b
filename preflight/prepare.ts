import { sentence } from "../lib/base/problem";
import { type Outcome, outcomeOf } from "../lib/base/settleAll";
import { versionsBetween } from "../lib/cluster/class/classSpec";
import type { ClusterParts } from "../lib/cluster/parts";
import { nodeProxy } from "../lib/settings/proxy";
import { usesDocker } from "../lib/settings/stackNetwork";
import { type ProxyVariables, readProxyVariables } from "../lib/network/proxy";
import { rolloutShortages } from "../lib/settings/rollout";
import type { Settings } from "../lib/settings/types";
import { managementNode } from "../system/docker";
import { type HostInspection, inspectHost } from "./host/inspect";
import { nodeHostProblems } from "./host/mounts";
import { readCaBundle } from "./images/caBundle";
import { type CapdArchive, readArchive } from "./images/capdArchive";
import { cloneProblems, readCapdClone, withClone } from "./images/capdClone";
import { checkCapdImage, withoutProblems } from "./images/capdImage";
import { checkNodeImages } from "./images/nodeImages";
import { type LoginReader, openDockerLogins } from "./images/dockerLogins";
import { askWithDockerLogin, type PullLogins, readPullLogins } from "./images/pullLogins";
import { type OtherVersions, readImages, type StackImages } from "./images/stack";
import {
  type ExistingManagement,
  existingManagementProblems,
  inspectManagement,
  readInstalledCrds,
} from "./management/existing";
import { managementProblems, nodeImageProblems, networkProblem } from "./management/immutable";
import { kubeadmChangeProblems } from "./management/kubeadm";
import { managedClusters, runningVersions } from "./management/inNode";
import { deletedClusterWarnings, kubeconfigsWithoutSecret } from "./management/managedClusters";
import { clusterKey, type RunningClusters, rollsClusters, upgradeProblems } from "./management/running";
import { kubeadmCrds, kubeadmProblems, readKubeadmCrds, usesKubeadm } from "./manifests/kubeadm";
import { namespaceProblems, ownerProblems, templateOwnerProblems } from "./manifests/owners";
import { serviceProblems } from "./manifests/services";
import { installed, readManifests, type StackManifests } from "./manifests/stack";
import { readTemplates } from "./manifests/templates";
import { noTopology, readStackTopology, type TopologyInputs, withTemplateGates } from "./manifests/topology";

/** Everything that the program reads before it creates the first resource. */
export interface Inputs extends Omit<StackImages, "capdId"> {
  manifests: StackManifests;
  /** Objects of clusters from templates, by the cluster's name. */
  templates: Readonly<Record<string, ClusterParts>>;
  /** Classes of clusters. */
  topology: TopologyInputs;
  /** Versions of the running clusters, from the management cluster. */
  running: RunningClusters;
  /** Saved kubeconfigs of clusters whose kubeconfig Secret is missing, by `namespace/name`. */
  savedKubeconfigs: Readonly<Record<string, string>>;
  /** Facts about the image of Cluster API's Docker provider. `image` and `clone` are those of a clone. */
  capd: { localId?: string; archive?: CapdArchive; image?: string; clone?: string };
  /** True if this process runs in a container that is connected to the Docker network for a run. */
  isInContainer?: boolean;
  /** Ports of running API servers; present only if this host does not reach containers at their addresses. */
  publishedPorts?: Readonly<Record<string, number>>;
  /** The existing management cluster of the settings; absent if the stack creates a kind cluster. */
  existing?: ExistingManagement;
  /** The proxy of nodes, with the stack's networks in NO_PROXY; absent without a proxy that nodes can reach. */
  proxy?: ProxyVariables;
  /** PEM text of additional authorities that nodes trust; absent without the setting. */
  caBundle?: string;
  /** kubelet's config.json with the logins of registries; absent without logins. Secret. */
  pullLogins?: string;
  /** Problems that may stop an `up`, each with its remedy. */
  warnings: readonly string[];
}

/**
 * Reads manifests, images, and the state of the host and the management cluster.
 *
 * @param preview true for a plan, which reports a change of the node image as a warning; an `up` rejects it
 * @throws one error with all problems
 */
export const prepare = async (settings: Settings, owner: string, preview = false): Promise<Inputs> => {
  const { management, capd, clusters } = settings;
  const hasExistingManagement = management.kubeconfig !== "";
  const onDocker = usesDocker(settings);
  const bundle = await outcomeOf(readBundle(settings));
  const logins = await outcomeOf(openLogins(settings));
  const readLogin = valueOf(logins);
  const query = readLogin && ((image: string) => askWithDockerLogin(image, readLogin));
  const cloned = outcomeOf(
    capd.clone === undefined ? undefined : readCapdClone(capd.clone, settings.versions.clusterApi),
  );
  const complete = cloned.then((outcome) => withClone(settings, valueOf(outcome)));
  // The calls of other programs come first, so they run while this process parses manifests.
  const reading = outcomeOf(readTemplates(settings));
  const [host, machine, existing, tags, capdTag, archive, clone, templates, manifests, topology] = await Promise.all([
    outcomeOf<HostInspection>(
      onDocker
        ? inspectHost(settings, owner, preview)
        : { answers: true, problems: [], warnings: [], network: undefined },
    ),
    outcomeOf(hasExistingManagement ? undefined : inspectManagementNode(management.name)),
    outcomeOf(hasExistingManagement ? inspectExisting(management) : undefined),
    outcomeOf(onDocker ? checkNodeImages(settings, undefined, query) : { problems: [], warnings: [] }),
    outcomeOf(checkCapdImage(settings, undefined, query)),
    outcomeOf(capd.source === "archive" ? readArchive(capd.archive) : undefined),
    cloned,
    reading,
    outcomeOf(
      Promise.all([complete, reading]).then(([withImage, read]) =>
        readManifests(withTemplateGates(withImage, valueOf(read) ?? {}), owner),
      ),
    ),
    outcomeOf(reading.then((read) => readStackTopology(settings, owner, valueOf(read) ?? {}))),
  ]);
  const report = valueOf(host);
  const answers = report?.answers ?? false;
  const capdReport = valueOf(capdTag);
  const capdImage = capdReport && valueOf(machine)?.node ? withoutProblems(capdReport) : capdReport;
  const running = valueOf(existing)?.running ?? valueOf(machine)?.running ?? {};
  // If Docker does not answer, the host's problems report it once.
  const images =
    answers && "found" in manifests
      ? await outcomeOf(
          readImages(
            await complete,
            manifests.found,
            hasExistingManagement,
            otherVersions(clusters, running, valueOf(topology)),
          ),
        )
      : { problems: [] };
  const pullLogins = await outcomeOf(
    readLogin && onDocker && "found" in manifests ? readPullLogins(settings, manifests.found, readLogin) : undefined,
  );
  const hasNode = valueOf(machine)?.node !== undefined;
  // The paths of another machine cannot be read.
  const mounts = report?.machine === undefined ? await nodeHostProblems(settings, hasNode) : [];
  const nodeImageChange = nodeImageProblems(management, valueOf(machine)?.node).map(sentence);
  const shortages = rolloutShortages(settings).map(sentence);
  // A stack that is not rolled keeps working without the room. A stopped management cluster shows no versions.
  const needsRoom = valueOf(machine)?.node?.running !== false && rollsClusters(clusters, running);
  const problems = [
    ...(preview ? [] : nodeImageChange),
    ...(needsRoom ? shortages : []),
    ...[bundle, logins, pullLogins, host, existing, archive, clone, templates, manifests, topology, images].flatMap(
      (outcome) => outcome.problems,
    ),
    ...(answers ? [...machine.problems, ...tags.problems, ...capdTag.problems] : []),
    ...(report?.problems ?? []),
    ...(valueOf(pullLogins)?.problems ?? []).map(sentence),
    ...(valueOf(tags)?.problems ?? []),
    ...(capdImage?.problems ?? []),
    ...networkProblems(settings, owner, answers && onDocker, report?.network, valueOf(machine)?.node),
    ...(valueOf(topology)?.problems ?? []).map(sentence),
    ...mounts,
    ...upgradeProblems(clusters, running, valueOf(topology)?.listedVersions).map(sentence),
    ...kubeadmChangeProblems(clusters, running).map(sentence),
    ...("found" in manifests ? manifestProblems(settings, owner, manifests.found, valueOf(existing)) : []),
    ...("found" in manifests ? await kubeadmSchemaProblems(settings, manifests.found) : []),
    ...("found" in manifests ? cloneProblems(valueOf(clone), manifests.found).map(sentence) : []),
    ...("found" in manifests && "found" in templates
      ? templateOwnerProblems(clusters, templates.found, manifests.found).map(sentence)
      : []),
  ];
  if (problems.length > 0 || !("found" in manifests) || !("found" in templates) || !("found" in images))
    throw new Error([...new Set(problems)].join("\n"));

  // Machines of templates get the images that the host's Docker has only now named.
  const withImages = clusters.some(({ template }) => template?.facts?.backend === "docker")
    ? await readTemplates(settings, images.found.nodeRecipes)
    : templates.found;
  const managed = valueOf(existing)?.managed ?? valueOf(machine)?.managed;
  const [project = "", stack = ""] = owner.split("/");
  const { capdId, ...nodes } = images.found;
  const [cluster, saved, built] = [valueOf(existing), valueOf(archive), valueOf(clone)];
  const proxy = onDocker ? nodeProxy(settings, readProxyVariables(process.env)) : undefined;
  return {
    manifests: manifests.found,
    templates: withImages,
    topology: valueOf(topology) ?? noTopology,
    ...nodes,
    running,
    savedKubeconfigs: kubeconfigsWithoutSecret(stack, clusters, managed),
    ...(report?.isInContainer ? { isInContainer: true } : {}),
    ...(report?.publishedPorts ? { publishedPorts: report.publishedPorts } : {}),
    ...(cluster ? { existing: cluster } : {}),
    ...(proxy ? { proxy } : {}),
    ...nodeTexts(onDocker, valueOf(bundle), valueOf(pullLogins)),
    capd: {
      ...(capdId === undefined ? {} : { localId: capdId }),
      ...(saved ? { archive: saved } : {}),
      ...(built ? { image: built.image, clone: built.path } : {}),
    },
    warnings: [
      ...(preview ? nodeImageChange : []),
      ...(needsRoom ? [] : shortages.map((text) => `the next rollout has no room. ${text}`)),
      ...(report?.warnings ?? []),
      ...(valueOf(tags)?.warnings ?? []),
      ...(valueOf(pullLogins)?.warnings ?? []),
      ...(capdImage?.warnings ?? []),
      ...(valueOf(topology)?.warnings ?? []),
      ...deletedClusterWarnings(project, stack, clusters, managed),
    ],
  };
};

/** Returns the versions other than its own that machines of a cluster with a class have, by the cluster's name. */
const otherVersions = (
  clusters: Settings["clusters"],
  running: RunningClusters,
  { listedVersions, runningImages } = noTopology,
): OtherVersions =>
  Object.fromEntries(
    clusters.flatMap((cluster) => {
      const listed = listedVersions.get(cluster.name);
      if (listed === undefined) return [];
      const now = running[clusterKey(cluster)];
      const between = now ? versionsBetween(listed, now.lowest, cluster.kubernetesVersion) : [];
      return [[cluster.name, { between, running: runningImages[cluster.name] ?? {} }] as const];
    }),
  );

/** Reads the file of `caBundle`, as a promise that is rejected for a wrong file. */
const readBundle = ({ caBundle }: Settings): Promise<string | undefined> =>
  Promise.resolve(caBundle).then((path) => (path === undefined ? undefined : readCaBundle(path)));

/** Opens the logins of Docker, as a promise that is rejected for a wrong file. */
const openLogins = ({ imagePullCredentials }: Settings): Promise<LoginReader | undefined> =>
  Promise.resolve(imagePullCredentials).then((source) => (source === undefined ? undefined : openDockerLogins()));

/** Returns the texts of files for nodes in this machine's Docker. */
const nodeTexts = (
  onDocker: boolean,
  caBundle: string | undefined,
  logins: PullLogins | undefined,
): Pick<Inputs, "caBundle" | "pullLogins"> => ({
  ...(onDocker && caBundle !== undefined ? { caBundle } : {}),
  ...(onDocker && logins?.text !== undefined ? { pullLogins: logins.text } : {}),
});

const valueOf = <T>(outcome: Outcome<T>): T | undefined => ("found" in outcome ? outcome.found : undefined);

/** Reads an existing management cluster, with its cert-manager if the stack needs that. */
const inspectExisting = ({ kubeconfig, installProviders, keepsCertManager }: Settings["management"]) =>
  inspectManagement(kubeconfig, undefined, installProviders && keepsCertManager === true);

/** Reads the kind node, and the clusters of the Cluster API in it. */
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
  const required = { subnet, ...(ipv6 ? { subnetIPv6: ipv6.subnet } : {}) };
  const problem = applies ? networkProblem({ ...required, adopt, owner }, network) : undefined;
  return problem === undefined
    ? managementProblems({ ...management, ...required, owner }, node, network).map(sentence)
    : [problem];
};

/** Checks settings of kubeadm by the CRDs that the stack installs, or that its management cluster has. */
const kubeadmSchemaProblems = async (settings: Settings, manifests: StackManifests): Promise<string[]> => {
  if (!usesKubeadm(settings.clusters)) return [];
  const { kubeconfig, installProviders } = settings.management;
  const crds = await outcomeOf(
    installProviders ? readKubeadmCrds(manifests) : readInstalledCrds(kubeconfig, kubeadmCrds),
  );
  return "found" in crds ? kubeadmProblems(settings, crds.found).map(sentence) : [...crds.problems];
};

const manifestProblems = (
  settings: Settings,
  owner: string,
  manifests: StackManifests,
  existing: ExistingManagement | undefined,
): string[] => [
  ...serviceProblems(settings.clusters, manifests).map(sentence),
  ...ownerProblems(settings, manifests).map(sentence),
  ...namespaceProblems(settings.clusters, manifests).map(sentence),
  ...(existing
    ? existingManagementProblems(existing, installed(manifests), { ...settings.management, owner }).map(sentence)
    : []),
];
