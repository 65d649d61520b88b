import { join } from "node:path";
import type { KubernetesObject } from "./kubernetesObject";
import { readIfThere, sumOf, writeAtomically } from "./manifestLock";
import { stateFolder } from "./paths";

/** Of the way in which texts become objects: another one makes nothing of what was kept before. */
const version = 1;

/** Where parsed manifests are kept; may be deleted at any time. */
export const parsedFolder = join(stateFolder, "parsed");

const readKept = async (file: string): Promise<KubernetesObject[] | undefined> => {
  const bytes = await readIfThere(file);
  try {
    return bytes && (JSON.parse(bytes.toString("utf8")) as KubernetesObject[]);
  } catch {
    return undefined; // damaged: it is parsed and kept anew
  }
};

/**
 * The objects of a manifest, parsed at most once: megabytes of YAML at every start are half a second of its CPU time, as
 * JSON a tenth of that. Not for what holds secrets, since it is kept in a file.
 *
 * @param from all that the objects follow from: the manifest's text, and the values filled in
 * @param parse makes the objects; what it throws is not kept
 */
export const parsedOnce = async (
  from: readonly string[],
  parse: () => KubernetesObject[],
  folder = parsedFolder,
): Promise<KubernetesObject[]> => {
  const file = join(folder, `${sumOf(JSON.stringify([version, ...from]))}.json`);
  const kept = await readKept(file);
  if (kept) return kept;
  const objects = parse();
  await writeAtomically(file, JSON.stringify(objects));
  return objects;
};
