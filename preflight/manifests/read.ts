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

/** Version of the parser. Files of another version are deleted. */
const version = 2;

/** Folder of parsed manifests, which may be deleted at any time. */
export const parsedFolder = join(stateFolder, "parsed");

const isCurrent = (name: string): boolean => name.startsWith(`v${version}-`);

const cleaned = new Map<string, Promise<void>>();

/** Deletes the files of earlier versions once for each folder. They contain the data of Secrets in clear text. */
const cleanFolder = (folder: string): Promise<void> => {
  const done = cleaned.get(folder) ?? deleteOldVersions(folder);
  cleaned.set(folder, done);
  return done;
};

const deleteOldVersions = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => !isCurrent(name)).map((name) => rm(join(folder, name), { force: true })));
};

const readParsed = async (file: string): Promise<KubernetesObject[] | undefined> => {
  const bytes = await readIfThere(file);
  try {
    return bytes && (JSON.parse(bytes.toString("utf8")) as KubernetesObject[]);
  } catch {
    return undefined; // a damaged file is replaced
  }
};

/**
 * Returns the objects of a manifest, from a JSON file if possible. Parsing YAML at every start takes half a second of CPU
 * time; reading JSON takes a tenth of it. Manifests with secrets are always parsed, because the file is in clear text.
 *
 * @param from inputs of the objects: the manifest's text, and the values that are filled in
 * @param parse creates the objects; its errors are not stored
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
  /** Prefix of the names of the manifest's resources. */
  name: string;
  /** Setting that contains the location, for errors. */
  setting: string;
  /** URL or path. */
  location: string;
  /** Values of the variables `${VAR}` in clusterctl's manifests; without them the text is not a template. */
  variables?: Readonly<Record<string, string>>;
  /** Secret values of variables, which are marked in the objects. */
  secrets?: Readonly<Record<string, string>>;
  /** clusterctl's label of the provider, by which clusterctl's commands find the objects. */
  providerLabel?: string;
}

/** Reads a manifest and writes its CRDs to files. The state refers to the files by their checksums. */
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

/** Separates CRDs from other objects and writes each CRD to a file that is named by its checksum. */
export const setCrdsAside = (objects: KubernetesObject[]): Omit<Manifest, "name"> => ({
  crds: objects.filter(isCrd).map((crd) => {
    // JSON is valid YAML, and writing it takes a tenth of the time.
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
