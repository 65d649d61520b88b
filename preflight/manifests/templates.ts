import { resolve } from "node:path";
import { type Problem, ProblemError, problemsOf, refuse } from "../../lib/base/problem";
import { allOf } from "../../lib/base/settleAll";
import { decodeText } from "../../lib/base/textFile";
import { type ClusterParts, hasTopology } from "../../lib/cluster/parts";
import { backendOf } from "../../lib/cluster/template/docker";
import { templateParts } from "../../lib/cluster/template/parts";
import { identityOf } from "../../lib/kubernetes/identity";
import type { NodeImageRecipe } from "../../lib/kubernetes/images";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import { templateLocations } from "../../lib/settings/schema/entries";
import { type TemplateTexts, workersOf } from "../../lib/settings/schema/templateFields";
import type { ClusterSettings, Settings } from "../../lib/settings/types";
import { readRegularFile } from "../../system/regularFile";
import { isUrl } from "./lock";
import { loadManifest, manifestStore, storedFile } from "./store";

const store = manifestStore("template");

/** The configuration of a stack, by key without a namespace. */
type Config = Readonly<Record<string, unknown>>;

/**
 * Reads the templates in a stack's configuration. A template that cannot be read is missing in the result, because
 * `readTemplates` reports it together with all other problems.
 */
export const loadTemplates = async (config: Config): Promise<TemplateTexts> => {
  const texts = await Promise.all(
    templateLocations(config).map(async (location) => {
      const text = await loadManifest(location, store).then((manifest) => manifest.text, ignoreProblems);
      return text === undefined ? [] : [[location, text] as const];
    }),
  );
  return new Map(texts.flat());
};

const ignoreProblems = (error: unknown): undefined => {
  if (error instanceof ProblemError) return undefined;
  throw error;
};

/**
 * Reads the templates in a stack's configuration without the internet: files, and URLs that an earlier run downloaded.
 * Commands that only look at a stack call it.
 */
export const storedTemplates = (config: Config, checkout: string): TemplateTexts =>
  new Map(
    templateLocations(config).flatMap((location) => {
      const file = isUrl(location) ? storedFile(location, store) : location;
      const reading = readRegularFile(resolve(checkout, file));
      return "bytes" in reading ? [[location, decodeText(reading.bytes)] as const] : [];
    }),
  );

/** Node images that Slipway builds, by the cluster's name. */
type Recipes = Readonly<Record<string, readonly NodeImageRecipe[]>>;

/**
 * Returns the objects of each cluster that uses a template, by the cluster's name.
 *
 * @param recipes - images that machines get instead of those of the template; default: none
 * @throws ProblemError with the problems of all templates
 */
export const readTemplates = async (
  { clusters, templateSecrets: secrets }: Pick<Settings, "clusters" | "templateSecrets">,
  recipes: Recipes = {},
): Promise<Record<string, ClusterParts>> => {
  const parts: Record<string, ClusterParts> = {};
  const problems: Problem[] = [];
  const texts = await allOf(
    clusters.map(async ({ template }) =>
      template ? (template.text ?? (await loadManifest(template.location, store)).text) : undefined,
    ),
  );
  for (const [index, cluster] of clusters.entries()) {
    const text = texts[index];
    if (text === undefined || cluster.template === undefined) continue;
    problems.push(
      ...problemsOf(() => {
        parts[cluster.name] = partsOf(cluster, text, secrets, recipes[cluster.name] ?? []);
      }),
    );
  }
  problems.push(...sharedObjects(clusters, parts));
  if (problems.length > 0) throw new ProblemError(problems);
  return parts;
};

/** Returns the problems of Docker clusters whose templates define one object, which the end of one cluster would delete. */
const sharedObjects = (
  clusters: readonly ClusterSettings[],
  parts: Readonly<Record<string, ClusterParts>>,
): Problem[] => {
  const owners = new Map<string, string>();
  return clusters.flatMap(({ name, template }) =>
    (template?.facts && parts[name] ? objectsOf(parts[name]) : []).flatMap((object) => {
      const identity = identityOf(object);
      const owner = owners.get(identity);
      if (owner === undefined) owners.set(identity, name);
      if (owner === undefined || owner === name) return [];
      const rule = `no object of cluster ${owner}`;
      const remedy = "Write ${CLUSTER_NAME} into the object's name, or set another namespace";
      return [{ key: `template of cluster ${name}`, got: objectKey(object), rule, remedy }];
    }),
  );
};

const objectsOf = (parts: ClusterParts): KubernetesObject[] => {
  // Clusters share the class in a template.
  if (hasTopology(parts)) return [parts.cluster, ...parts.supporting];
  const { cluster, infrastructure, controlPlane, workers, supporting } = parts;
  const owners = [controlPlane, ...workers].flatMap(({ owner, templates }) => [owner, ...templates]);
  return [cluster, infrastructure, ...owners, ...supporting];
};

const partsOf = (
  cluster: ClusterSettings,
  text: string,
  secrets: Settings["templateSecrets"],
  recipes: readonly NodeImageRecipe[],
): ClusterParts => {
  const { location = "", variables = {}, workerReplicas = 0, facts } = cluster.template ?? {};
  const values = { variables, secrets, setting: `templateVariables of cluster ${cluster.name}` };
  const built = Object.fromEntries(recipes.map(({ base, image }) => [base, image]));
  const machines = facts?.backend === "docker" ? { defaults: cluster, built } : undefined;
  // The pools of the settings are those of the template, which the variable would count twice.
  const filled = facts === undefined ? cluster : { ...cluster, workerPools: workersOf(workerReplicas) };
  const parts = templateParts(text, location, filled, values, machines);
  // The settings were checked for another backend if the template was not readable with them.
  const backend = hasTopology(parts) ? cluster.backend : backendOf(parts.infrastructure);
  if (backend !== cluster.backend) {
    const rule = "the content that it had when the settings were read";
    refuse({ key: `template ${location}`, rule, got: `a cluster with backend ${backend}`, remedy: "Run it again" });
  }
  return parts;
};
