import { delimiter, join } from "node:path";
import { ownerLabel } from "../../lib/base/labels";
import { type Problem, refuse } from "../../lib/base/problem";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { withAnnotations } from "../../lib/kubernetes/object";
import { exec, type ExecResult, requireStart } from "../../system/exec";
import { type ManagedClusters, managedClustersQuery, readManagedClusters } from "./managedClusters";
import { readControlPlanes, type RunningClusters } from "./running";

/** A management cluster that the program did not make, as it is now. */
export interface ExistingManagement {
  /** The kubeconfig of its current context alone, files embedded. Holds a key: to be wrapped as a secret at once. */
  kubeconfig: string;
  /** The UID of kube-system: another one is another cluster. */
  uid: string;
  /** The owner annotation of each namespace; empty where there is none. */
  namespaces: Readonly<Record<string, string>>;
  /** Whether it has Cluster API's kinds. */
  hasClusterApi: boolean;
  running: RunningClusters;
  /** Absent if Cluster API is not installed. */
  managed?: ManagedClusters;
}

/** Runs kubectl and returns how it ended; tests give their own. */
export type Kubectl = (args: string[]) => Promise<ExecResult>;

const kubectl: Kubectl = async (args) => {
  const PATH = `${join(process.cwd(), ".tools", "bin")}${delimiter}${process.env.PATH ?? ""}`;
  return requireStart("kubectl", await exec("kubectl", args, { env: { PATH } }), "; run make tools");
};

interface Namespace {
  metadata: { name: string; uid?: string; annotations?: Record<string, string> };
}

/**
 * Asks a management cluster what a stack has to know of it beforehand.
 *
 * @param path of its kubeconfig, whose current context is taken
 * @throws ProblemError where the file cannot be read or the cluster does not answer
 */
export const inspectManagement = async (path: string, ask = kubectl): Promise<ExistingManagement> => {
  const answer = async (args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await ask(["--kubeconfig", path, "--request-timeout=10s", ...args]);
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
  // The control plane provider may be missing, or half deleted: then nothing can be said of versions.
  const planes = await ask(["--kubeconfig", path, "get", kinds, "--all-namespaces", "--output=json"]);
  const managed = await ask(["--kubeconfig", path, "--request-timeout=10s", ...managedClustersQuery]);
  return {
    kubeconfig,
    uid: items.find(({ metadata }) => metadata.name === "kube-system")?.metadata.uid ?? "",
    namespaces: Object.fromEntries(
      items.map(({ metadata }) => [metadata.name, metadata.annotations?.[ownerLabel] ?? ""]),
    ),
    hasClusterApi,
    running: planes.code === 0 ? readControlPlanes(planes.stdout) : {},
    ...(managed.code === 0 ? { managed: readManagedClusters(managed.stdout) } : {}),
  };
};

/** Whether a namespace is there and not this stack's: then it is neither made nor ever deleted. */
export const isForeignNamespace = (
  { namespaces }: Pick<ExistingManagement, "namespaces">,
  name: string,
  owner: string,
): boolean => Object.hasOwn(namespaces, name) && namespaces[name] !== owner;

/**
 * What stands against installing providers into a cluster, or against not doing so.
 *
 * @param installs the manifests that would be installed; none where the providers are said to be there
 */
export const existingManagementProblems = (
  found: Pick<ExistingManagement, "namespaces" | "hasClusterApi">,
  installs: readonly Manifest[],
  { installProviders, owner }: { installProviders: boolean; owner: string },
): Problem[] => {
  const key = "installProviders";
  if (!installProviders) {
    const rule = "true where the management cluster has no Cluster API (no CRD clusters.cluster.x-k8s.io)";
    return found.hasClusterApi ? [] : [{ key, received: false, rule, remedy: "Remove it, or run clusterctl init" }];
  }
  return installs
    .flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Namespace"))
    .filter(({ metadata }) => isForeignNamespace(found, metadata.name, owner))
    .map(({ metadata: { name } }) => ({
      key,
      received: true,
      rule: `false where the management cluster has a namespace ${name} that this stack did not create`,
      remedy: "Set it to false and keep what is installed, or remove that installation first",
    }));
};

/** A manifest whose namespaces say whose they are. */
export const withOwner = (manifest: Manifest, owner: string): Manifest => ({
  ...manifest,
  objects: manifest.objects.map((object) =>
    object.kind === "Namespace" ? withAnnotations(object, { [ownerLabel]: owner }) : object,
  ),
});
