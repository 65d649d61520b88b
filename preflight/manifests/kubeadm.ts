import { valueAt } from "../../lib/base/json";
import { crdFile } from "../../lib/base/paths";
import type { Problem } from "../../lib/base/problem";
import { partsOfSpec } from "../../lib/cluster/parts";
import { clusterSpec, type KubeadmSettings } from "../../lib/cluster/spec";
import { type CrdSchema, fieldSchema, schemaProblems } from "../../lib/kubernetes/crdSchema";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { secretVariablesIn } from "../../lib/settings/rules/kubeadmSecrets";
import type { ClusterSettings, Settings } from "../../lib/settings/types";
import { readIfThere } from "../../system/files";
import { installed, type StackManifests } from "./stack";

/** The CRDs that contain the schema of kubeadm's settings, and the path of the settings in the CRD's objects. */
const sources = {
  cluster: { crd: "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io", path: ["spec", "kubeadmConfigSpec"] },
  pool: { crd: "kubeadmconfigtemplates.bootstrap.cluster.x-k8s.io", path: ["spec", "template", "spec"] },
} as const;

/** Names of the CRDs that contain the schema of kubeadm's settings. */
export const kubeadmCrds: readonly string[] = Object.values(sources).map(({ crd }) => crd);

/** Returns true if the settings of kubeadm are used, so that their schemas are needed. */
export const usesKubeadm = (clusters: readonly ClusterSettings[]): boolean =>
  clusters.some(({ kubeadm, workerPools }) => kubeadm !== undefined || workerPools.some((pool) => pool.kubeadm));

/** Settings of kubeadm with their place, and the object that Slipway makes of them. */
interface KubeadmSource {
  readonly source: keyof typeof sources;
  readonly key: string;
  readonly kubeadm: KubeadmSettings;
  /** The settings joined with Slipway's own. */
  readonly rendered: unknown;
}

const placesOf = (cluster: ClusterSettings, index: number): KubeadmSource[] => {
  if (cluster.backend === "template" || cluster.template) return [];
  const { controlPlane, workers } = partsOfSpec(clusterSpec(cluster, cluster.backend));
  const key = `clusters[${index}]`;
  const ofCluster = {
    source: "cluster",
    key: `${key}.kubeadm`,
    rendered: valueAt(controlPlane.owner, ...sources.cluster.path),
  };
  const pools = cluster.workerPools.map(({ kubeadm }, pool) => {
    const bootstrap = workers[pool]?.templates.find(({ kind }) => kind.startsWith("KubeadmConfig"));
    // A MachinePool has a KubeadmConfig, whose spec is that of a template's objects.
    const path = bootstrap?.kind === "KubeadmConfig" ? ["spec"] : sources.pool.path;
    return { source: "pool", key: `${key}.workers[${pool}].kubeadm`, kubeadm, rendered: valueAt(bootstrap, ...path) };
  });
  return [{ ...ofCluster, kubeadm: cluster.kubeadm }, ...pools].flatMap((place) =>
    place.kubeadm === undefined ? [] : [place as KubeadmSource],
  );
};

/**
 * Reads the CRDs of the manifests that the stack installs.
 *
 * @throws Error if a CRD's file is damaged
 */
export const readKubeadmCrds = async (manifests: StackManifests): Promise<KubernetesObject[]> => {
  const rows = installed(manifests).flatMap(({ crds }) => crds.filter(({ name }) => kubeadmCrds.includes(name)));
  const texts = await Promise.all(rows.map(({ sha256 }) => readIfThere(crdFile(sha256))));
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text.toString("utf8")) as KubernetesObject]));
};

/**
 * Returns the problems of settings of kubeadm with the schemas of the installed CRDs, and variables without a value in
 * `templateSecrets`. Slipway's own items may exceed a limit that the settings keep, so the joined settings are checked too.
 */
export const kubeadmProblems = (
  { clusters, templateSecrets }: Pick<Settings, "clusters" | "templateSecrets">,
  crds: readonly KubernetesObject[],
): Problem[] =>
  clusters.flatMap((cluster, index) =>
    placesOf(cluster, index).flatMap(({ source, key, kubeadm, rendered }) => {
      const schema = schemaOf(source, crds);
      const problems = schema ? schemaProblems(kubeadm, schema, key) : [missingSchema(source, key)];
      const joined =
        schema && problems.length === 0 ? schemaProblems(rendered, schema, `${key} with Slipway's fields`) : [];
      return [...problems, ...joined, ...missingSecrets(kubeadm, key, templateSecrets)];
    }),
  );

const schemaOf = (source: keyof typeof sources, crds: readonly KubernetesObject[]): CrdSchema | undefined => {
  const { crd: name, path } = sources[source];
  const crd = crds.find(({ metadata }) => metadata.name === name);
  return crd && fieldSchema(crd, "v1beta2", ...path);
};

const missingSchema = (source: keyof typeof sources, key: string): Problem => ({
  key,
  rule: `a management cluster whose CRD ${sources[source].crd} serves v1beta2`,
  got: "none",
  remedy: "Install Cluster API 1.11 or later, or remove kubeadm",
});

/** Finds variables in places of secrets whose names templateSecrets lacks. Elsewhere a script may define them. */
const missingSecrets = (kubeadm: KubeadmSettings, key: string, secrets: Settings["templateSecrets"]): Problem[] =>
  secretVariablesIn(kubeadm)
    .filter((name) => !Object.hasOwn(secrets, name))
    .map((name) => ({
      key: "templateSecrets",
      rule: `a value of ${name}, which ${key} uses for a secret`,
      got: "none",
      remedy: `Set it with pulumi config set --secret --path 'slipway:templateSecrets.${name}'`,
    }));
