import { ownerOf } from "../../lib/base/labels";
import { readManifests } from "../../preflight/manifests/stack";
import { checkSources, type CheckedSource } from "../../preflight/sources/checkSources";
import { mergeSources, type Source, stackSources } from "../../preflight/sources/stackSources";
import { fetchTemplates, readStackFile, stackName } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { print, printAside } from "../pulumi/target";
import { pickRoute } from "../toolchain";
import { toolSources } from "../toolchain/sources";

const stateOf = (source: Source | CheckedSource): string => {
  if (!("state" in source)) return "";
  return source.reason === undefined ? `${source.state}  ` : `${source.state} (${source.reason})  `;
};

/** Returns one line for each source. */
export const sourceLines = (sources: readonly (Source | CheckedSource)[]): string[] =>
  sources.map((source) => `${stateOf(source)}${source.location}  (${source.neededFor.join(", ")})`);

/** Prints the sources of a stack. Exit code 1: the settings are wrong, or with --check a source is not there. */
export const sources: Action = async ({ options: { json, check } }) => {
  const route = await pickRoute({ checkout: root, print: json ? printAside : print });
  const stack = stackName(route);
  await fetchTemplates(root, stack);
  const { settings, problems: wrong } = readStackFile(root, stack, route);
  if (settings === undefined) throw new Error(wrong ?? `Pulumi.${stack}.yaml: expected settings, got none.`);
  const fetched = await stackSources(settings, () => readManifests(settings, ownerOf(stack)));
  const list = mergeSources([...(await toolSources(route)), ...fetched.sources]);
  const shown = check ? await checkSources(list) : list;
  if (json) print(JSON.stringify({ route, stack, sources: shown, problems: fetched.problems }, null, 2));
  else for (const line of sourceLines(shown)) print(line);
  if (fetched.problems.length > 0) printAside("images of manifests are unknown:");
  for (const problem of fetched.problems) printAside(`  ${problem}`);
  const isWhole = shown.every((source) => !("state" in source) || source.state === "there");
  return fetched.problems.length === 0 && isWhole ? 0 : 1;
};
