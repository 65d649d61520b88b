import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "./kubernetesObject";
import { readIfThere, sumOf, writeAtomically } from "./manifestLock";
import { stateFolder } from "./paths";
import { holdsSecrets } from "./secrets/markObject";

/** Version of the way in which texts become objects. Files of another version are deleted. */
const version = 2;

/** Where parsed manifests are kept; may be deleted at any time. */
export const parsedFolder = join(stateFolder, "parsed");

const isCurrent = (name: string): boolean => name.startsWith(`v${version}-`);

const cleaned = new Map<string, Promise<void>>();

/** Deletes files of earlier versions, once a folder: they hold the data of Secrets in clear. */
const cleanFolder = (folder: string): Promise<void> => {
  const done = cleaned.get(folder) ?? deleteOthers(folder);
  cleaned.set(folder, done);
  return done;
};

const deleteOthers = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => !isCurrent(name)).map((name) => rm(join(folder, name), { force: true })));
};

const readKept = async (file: string): Promise<KubernetesObject[] | undefined> => {
  const bytes = await readIfThere(file);
  try {
    return bytes && (JSON.parse(bytes.toString("utf8")) as KubernetesObject[]);
  } catch {
    return undefined; // damaged: parsed and kept again
  }
};

/**
 * The objects of a manifest, parsed at most once: megabytes of YAML at every start are half a second of its CPU time, as
 * JSON a tenth of that. A manifest that holds secrets is parsed at every start, since the file would hold them in clear.
 *
 * @param from all that the objects follow from: the manifest's text, and the values filled in
 * @param parse makes the objects; what it throws is not kept
 */
export const parsedOnce = async (
  from: readonly string[],
  parse: () => KubernetesObject[],
  folder = parsedFolder,
): Promise<KubernetesObject[]> => {
  await cleanFolder(folder);
  const file = join(folder, `v${version}-${sumOf(JSON.stringify(from))}.json`);
  const kept = await readKept(file);
  if (kept) return kept;
  const objects = parse();
  if (!objects.some(holdsSecrets)) await writeAtomically(file, JSON.stringify(objects), { private: true });
  return objects;
};
