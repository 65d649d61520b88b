import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Manifest } from "./manifest";
import { clusterctlLabels } from "./clusterctl";
import { isCrd, type KubernetesObject } from "./kubernetesObject";
import { parseManifest } from "./manifests";
import { stableJson } from "./stableJson";
import { loadManifest, manifestStore } from "./manifestStore";
import { parsedOnce } from "./parsedManifests";
import { crdFile } from "./paths";
import { renderTemplate } from "./renderTemplate";

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
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, file);
};
