import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { stableJson, valueAt } from "../../lib/base/json";
import { stateFolder, crdFile } from "../../lib/base/paths";
import { renderPlaced } from "../../lib/cluster/template/render";
import type { PlacedObject } from "../../lib/kubernetes/identity";
import { type CrdRow, type Manifest, placedManifest } from "../../lib/kubernetes/manifest";
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

const readParsed = async <T>(file: string): Promise<T[] | undefined> => {
  const bytes = await readIfThere(file);
  try {
    return bytes && (JSON.parse(bytes.toString("utf8")) as T[]);
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
export const parsedOnce = async <T extends KubernetesObject | PlacedObject>(
  from: readonly string[],
  parse: () => T[],
  folder = parsedFolder,
): Promise<T[]> => {
  await cleanFolder(folder);
  const file = join(folder, `v${version}-${sha256Of(JSON.stringify(from))}.json`);
  const kept = await readParsed<T>(file);
  if (kept) return kept;
  const objects = parse();
  if (!objects.some((one) => holdsSecrets(objectOf(one))))
    writeAtomically(file, JSON.stringify(objects), { private: true });
  return objects;
};

/** Every object has an apiVersion, and a placed object has none. */
const isPlaced = (one: KubernetesObject | PlacedObject): one is PlacedObject => !("apiVersion" in one);

const objectOf = (one: KubernetesObject | PlacedObject): KubernetesObject => (isPlaced(one) ? one.object : one);

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
  /** True for a manifest that the user chose: its workloads keep their probes. @default false */
  asWritten?: boolean;
}

/** Reads a manifest and writes its CRDs to files. The state refers to the files by their checksums. */
export const readManifest = async (source: ManifestSource): Promise<Manifest> => {
  const { text } = await loadManifest(source.location, manifestStore(source.setting));
  const { variables, secrets = {} } = source;
  const place = `${source.setting} ${source.location}`;
  const parse = (): PlacedObject[] =>
    variables
      ? renderPlaced(text, place, { variables, secrets, setting: "featureGates" })
      : placedManifest(text, place);
  const parsed = Object.keys(secrets).length > 0 ? parse() : await parsedOnceAt(place, text, variables ?? null, parse);
  const placed = source.providerLabel ? labelled(parsed, source.providerLabel) : parsed;
  return {
    name: source.name,
    ...setCrdsAside(placed.map(({ object }) => object)),
    placed,
    ...(source.asWritten ? { asWritten: true } : {}),
  };
};

const labelled = (placed: readonly PlacedObject[], label: string): PlacedObject[] => {
  const objects = clusterctlLabels(
    placed.map(({ object }) => object),
    label,
  );
  return placed.map(({ place }, index) => ({ object: objects[index]!, place }));
};

/** Keeps the parsed objects without the name of the manifest: two settings may name files with equal texts. */
const parsedOnceAt = async (
  source: string,
  text: string,
  variables: ManifestSource["variables"] | null,
  parse: () => PlacedObject[],
): Promise<PlacedObject[]> => {
  const suffix = ` of ${source}`;
  const parseHere = (): PlacedObject[] =>
    parse().map(({ object, place }) => ({ object, place: place.slice(0, place.length - suffix.length) }));
  const parsed = await parsedOnce(["placed", text, stableJson(variables)], parseHere);
  return parsed.map(({ object, place }) => ({ object, place: `${place}${suffix}` }));
};

/** Separates CRDs from other objects and writes each CRD to a file that is named by its checksum. */
export const setCrdsAside = (objects: KubernetesObject[]): Pick<Manifest, "crds" | "objects"> => ({
  crds: objects.filter(isCrd).map((crd) => {
    // JSON is valid YAML, and writing it takes a tenth of the time.
    const text = `${stableJson(crd)}\n`;
    const sha256 = createHash("sha256").update(text).digest("hex");
    writeOnce(crdFile(sha256), text);
    return { name: crd.metadata.name, sha256, ...servedBy(crd) };
  }),
  objects: objects.filter((object) => !isCrd(object)),
});

/** Returns the kind of a CRD's objects, and the service that converts the objects. */
const servedBy = (crd: KubernetesObject): Pick<CrdRow, "kind" | "conversion"> => {
  const kind = valueAt(crd, "spec", "names", "kind");
  const service = (field: string) => valueAt(crd, "spec", "conversion", "webhook", "clientConfig", "service", field);
  const [namespace, name] = [service("namespace"), service("name")];
  const isConverted = valueAt(crd, "spec", "conversion", "strategy") === "Webhook";
  return {
    ...(typeof kind === "string" ? { kind } : {}),
    ...(isConverted && typeof namespace === "string" && typeof name === "string"
      ? { conversion: `${namespace}/${name}` }
      : {}),
  };
};

const writeOnce = (file: string, text: string): void => {
  if (!existsSync(file)) writeAtomically(file, text, { private: true });
};
