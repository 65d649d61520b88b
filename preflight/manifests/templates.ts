import { type Problem, ProblemError, problemsOf } from "../../lib/base/problem";
import { allOf } from "../../lib/base/settleAll";
import type { ClusterParts } from "../../lib/cluster/parts";
import { templateParts } from "../../lib/cluster/template/parts";
import type { Settings } from "../../lib/settings/types";
import { loadManifest, manifestStore } from "./store";

/**
 * Returns the objects of each cluster that uses a template, by the cluster's name.
 *
 * @throws ProblemError with the problems of all templates
 */
export const readTemplates = async ({
  clusters,
  templateSecrets: secrets,
}: Pick<Settings, "clusters" | "templateSecrets">): Promise<Record<string, ClusterParts>> => {
  const parts: Record<string, ClusterParts> = {};
  const problems: Problem[] = [];
  const store = manifestStore("template");
  const texts = await allOf(
    clusters.map(async ({ template }) => (template ? await loadManifest(template.location, store) : undefined)),
  );
  for (const [index, cluster] of clusters.entries()) {
    const text = texts[index]?.text;
    if (text === undefined || cluster.template === undefined) continue;
    const { location, variables } = cluster.template;
    const values = { variables, secrets, setting: `templateVariables of cluster ${cluster.name}` };
    problems.push(
      ...problemsOf(() => {
        parts[cluster.name] = templateParts(text, location, cluster, values);
      }),
    );
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return parts;
};
