import { delimiter, join } from "node:path";
import { ownerLabel } from "../../lib/base/labels";
import { type Problem, refuse } from "../../lib/base/problem";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, withAnnotations } from "../../lib/kubernetes/object";
import { toolsRoot } from "../../system/checkout";
import { exec, type ExecResult, requireStart } from "../../system/exec";
import { inspectFile } from "../../system/regularFile";
import { certManagerProblems, certManagerQuery, type InstalledCertManager, readCertManager } from "./certManager";
import { type ManagedClusters, managedClustersQuery, readManagedClusters } from "./managedClusters";
import { type LiveTopology, readTopology, topologyQuery } from "./topology";
import { readControlPlanes, type RunningClusters } from "./running";

/** Current state of a management cluster that the program did not create. */
export interface ExistingManagement {
  /** Kubeconfig with only the current context and embedded files. It contains a key, so callers wrap it as a secret. */
  kubeconfig: string;
  /** UID of the namespace kube-system, which identifies the cluster. */
  uid: string;
  /** Owner annotation of each namespace; empty without the annotation. */
  namespaces: Readonly<Record<string, string>>;
  /** True if the CRDs of Cluster API are installed. */
  hasClusterApi: boolean;
  running: RunningClusters;
  /** Absent if Cluster API is not installed. */
  managed?: ManagedClusters;
  /** Absent if the stack installs cert-manager itself, or installs nothing. */
  certManager?: InstalledCertManager;
}

/** Runs kubectl and returns its result. Tests pass their own function. */
export type Kubectl = (args: string[]) => Promise<ExecResult>;

const kubectl: Kubectl = async (args) => {
  const PATH = `${join(toolsRoot(), ".tools", "bin")}${delimiter}${process.env.PATH ?? ""}`;
  return requireStart("kubectl", await exec("kubectl", args, { env: { PATH } }), "Run make tools.");
};

interface Namespace {
  metadata: { name: string; uid?: string; annotations?: Record<string, string> };
}

/**
 * Reads the state of an existing management cluster before the first resource is created.
 *
 * @param path path of the kubeconfig, whose current context is used
 * @param keepsCertManager whether the stack needs the cluster's own cert-manager; default: false
 * @throws ProblemError if the file cannot be read or the cluster does not answer
 */
export const inspectManagement = async (
  path: string,
  runKubectl = kubectl,
  keepsCertManager = false,
): Promise<ExistingManagement> => {
  const { fault } = inspectFile(path);
  if (fault !== undefined)
    refuse({
      key: "managementKubeconfig",
      received: path,
      rule: `a file that can be read (${fault})`,
      remedy: "Correct the path",
    });
  const answer = async (args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runKubectl(["--kubeconfig", path, "--request-timeout=10s", ...args]);
    if (code === 0) return stdout;
    return refuse({
      key: "managementKubeconfig",
      received: path,
      rule: `a kubeconfig whose current context answers (${stderr.trim().split("\n").at(-1) ?? ""})`,
      remedy: "Correct the path or the file's current-context, or start the cluster",
    });
  };
  const kubeconfig = await answer(["config", "view", "--minify", "--flatten", "--raw"]);
  const { items } = JSON.parse(await answer(["get", "namespaces", "--output=json"])) as { items: Namespace[] };
  const crd = await answer(["get", "crd", "clusters.cluster.x-k8s.io", "--ignore-not-found", "--output=name"]);
  const hasClusterApi = crd.trim() !== "";
  const kinds = "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io";
  // The control plane provider may be missing or partly deleted. Then versions are unknown.
  const planes = await runKubectl(["--kubeconfig", path, "get", kinds, "--all-namespaces", "--output=json"]);
  const managed = await runKubectl(["--kubeconfig", path, "--request-timeout=10s", ...managedClustersQuery]);
  return {
    kubeconfig,
    uid: items.find(({ metadata }) => metadata.name === "kube-system")?.metadata.uid ?? "",
    namespaces: Object.fromEntries(
      items.map(({ metadata }) => [metadata.name, metadata.annotations?.[ownerLabel] ?? ""]),
    ),
    hasClusterApi,
    running: planes.code === 0 ? readControlPlanes(planes.stdout) : {},
    ...(managed.code === 0 ? { managed: readManagedClusters(managed.stdout) } : {}),
    ...(keepsCertManager ? { certManager: readCertManager(await answer(certManagerQuery)) } : {}),
  };
};

/** Reads the classes and clusters of an existing management cluster; undefined without an answer or without the CRDs. */
export const topologyInExisting = async (path: string, runKubectl = kubectl): Promise<LiveTopology | undefined> => {
  const { code, stdout } = await runKubectl(["--kubeconfig", path, "--request-timeout=10s", ...topologyQuery]);
  return code === 0 ? readTopology(stdout) : undefined;
};

/**
 * Reads CRDs of an existing management cluster by their names. Missing CRDs are absent from the result.
 *
 * @throws Error if the cluster does not answer
 */
export const readInstalledCrds = async (
  path: string,
  names: readonly string[],
  runKubectl = kubectl,
): Promise<KubernetesObject[]> => {
  const get = ["get", "crd", ...names, "--ignore-not-found", "--output=json"];
  const { code, stdout, stderr } = await runKubectl(["--kubeconfig", path, "--request-timeout=10s", ...get]);
  if (code !== 0) throw new Error(`CRDs of the management cluster: ${stderr.trim()}`);
  return stdout.trim() === "" ? [] : (JSON.parse(stdout) as { items: KubernetesObject[] }).items;
};

/** Returns true if a namespace exists and belongs to another owner. The stack neither creates nor deletes it. */
export const isForeignNamespace = (
  { namespaces }: Pick<ExistingManagement, "namespaces">,
  name: string,
  owner: string,
): boolean => Object.hasOwn(namespaces, name) && namespaces[name] !== owner;

/**
 * Returns the problems of the setting `installProviders` for an existing management cluster.
 *
 * @param installs manifests that the stack would install
 */
export const existingManagementProblems = (
  existing: Pick<ExistingManagement, "namespaces" | "hasClusterApi" | "certManager">,
  installs: readonly Manifest[],
  { installProviders, owner }: { installProviders: boolean; owner: string },
): Problem[] => {
  const key = "installProviders";
  if (!installProviders) {
    const rule = "true where the management cluster has no Cluster API (no CRD clusters.cluster.x-k8s.io)";
    const remedy =
      "Run clusterctl init; or remove installProviders, and every installation of cert-manager or a provider";
    return existing.hasClusterApi ? [] : [{ key, received: false, rule, remedy }];
  }
  const isOwn = (name: string): boolean => existing.namespaces[name] === owner;
  const kept = existing.certManager ? certManagerProblems(existing.certManager, isOwn) : [];
  const conflicts = installs
    .flatMap(({ name, objects }) =>
      objects
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => ({ manifest: name, name: metadata.name })),
    )
    .filter(({ name }) => isForeignNamespace(existing, name, owner))
    .map(({ manifest, name }) =>
      manifest === "cert-manager" && !existing.hasClusterApi
        ? {
            key: "installCertManager",
            received: true,
            rule: `false where the management cluster has a namespace ${name} that this stack did not create`,
            remedy: "Set it to false and keep the cert-manager there, or remove that installation first",
          }
        : existing.hasClusterApi
          ? {
              key,
              received: true,
              rule: `false where the management cluster has a namespace ${name} that this stack did not create`,
              remedy: "Set it to false and keep what is installed, or remove that installation first",
            }
          : {
              // The rule does not ask for false, which needs Cluster API.
              key,
              rule: `no namespace ${name} of another owner in a management cluster without Cluster API`,
              got: "one",
              remedy: `Run clusterctl init and set installProviders to false; or remove the installation in ${name}`,
            },
    );
  return [...kept, ...conflicts];
};

/** Adds the owner annotation to the namespaces of a manifest. */
export const withOwner = (manifest: Manifest, owner: string): Manifest => ({
  ...manifest,
  objects: manifest.objects.map((object) =>
    object.kind === "Namespace" ? withAnnotations(object, { [ownerLabel]: owner }) : object,
  ),
});
