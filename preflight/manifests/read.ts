import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { stableJson } from "../../lib/base/json";
import { stateFolder, crdFile } from "../../lib/base/paths";
import { renderTemplate } from "../../lib/cluster/template/render";
import { type Manifest, parseManifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, isCrd } from "../../lib/kubernetes/object";
import { holdsSecrets } from "../../lib/kubernetes/secrets/markObject";
import { clusterctlLabels } from "../../lib/providers/clusterctl";
import { readIfThere, writeAtomically } from "../../system/files";
import { sha256Of } from "./lock";
import { loadManifest, manifestStore } from "./store";

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

const readParsed = async (file: string): Promise<KubernetesObject[] | undefined> => {
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
  const file = join(folder, `v${version}-${sha256Of(JSON.stringify(from))}.json`);
  const kept = await readParsed(file);
  if (kept) return kept;
  const objects = parse();
  if (!objects.some(holdsSecrets)) writeAtomically(file, JSON.stringify(objects), { private: true });
  return objects;
};

/** One manifest to install. */
export interface ManifestSource {
  /** Prefix of its resources' names. */
  name: string;
  /** The setting that gives the location, for errors. */
  setting: string;
  /** URL or path. */
  location: string;
  /** Values for the `${VAR}`s of clusterctl's manifests; without it the text is taken as it is. */
  variables?: Readonly<Record<string, string>>;
  /** Values for them that are marked in the objects. */
  secrets?: Readonly<Record<string, string>>;
  /** clusterctl's label of the provider, which makes its commands find the objects. */
  providerLabel?: string;
}

/** Reads a manifest and sets its CRDs aside as files that the state knows by their sums. */
export const readManifest = async (source: ManifestSource): Promise<Manifest> => {
  const { text } = await loadManifest(source.location, manifestStore(source.setting));
  const { variables, secrets = {} } = source;
  const place = `${source.setting} ${source.location}`;
  const parse = (): KubernetesObject[] =>
    variables
      ? renderTemplate(text, place, { variables, secrets, setting: "featureGates" })
      : parseManifest(text, place);
  const parsed =
    Object.keys(secrets).length > 0 ? parse() : await parsedOnce([text, stableJson(variables ?? null)], parse);
  const objects = source.providerLabel ? clusterctlLabels(parsed, source.providerLabel) : parsed;
  return { name: source.name, ...setCrdsAside(objects) };
};

/** Splits CRDs from the rest and writes each into the file of its sum. */
export const setCrdsAside = (objects: KubernetesObject[]): Omit<Manifest, "name"> => ({
  crds: objects.filter(isCrd).map((crd) => {
    // JSON is YAML, and written in a tenth of the time.
    const text = `${stableJson(crd)}\n`;
    const sha256 = createHash("sha256").update(text).digest("hex");
    writeOnce(crdFile(sha256), text);
    return { name: crd.metadata.name, sha256 };
  }),
  objects: objects.filter((object) => !isCrd(object)),
});

const writeOnce = (file: string, text: string): void => {
  if (!existsSync(file)) writeAtomically(file, text, { private: true });
};
