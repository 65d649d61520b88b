import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../../lib/kubernetes/manifest";
import { isCrd, type KubernetesObject } from "../../lib/kubernetes/object";
import { readSettings } from "../../lib/settings/settings";
import { pins } from "../../lib/versions/pins";
import { loadManifest } from "../../preflight/manifests/store";

const root = join(__dirname, "..", "..");

/** Time for a test that may have to fetch the manifests first, in milliseconds. */
export const fetchTimeout = 60_000;

/** One try: without internet the tests do without these manifests. */
const retries = { tries: 1, pauseMs: 0, stallMs: fetchTimeout / 2 };

/**
 * Manifests as they are installed, text by file name: those that `make tools` made on the source route, else the
 * pinned release's, fetched once as the program does. Fails where neither is to be had.
 */
export const realManifests = async (): Promise<Record<string, string>> => {
  const built = filesIn(join(root, ".tools", "manifests"));
  return Object.keys(built).length > 0 ? built : (once ??= fetched());
};

/** Those of Cluster API and its Docker provider. */
export const realComponents = async (): Promise<[file: string, text: string][]> =>
  Object.entries(await realManifests()).filter(([file]) => file.endsWith("-components.yaml"));

/** The CRDs of Cluster API and its Docker provider. */
export const realCrds = async (): Promise<KubernetesObject[]> =>
  (await realComponents()).flatMap(([file, text]) => parseManifest(text, file).filter(isCrd));

/** One attempt is enough, above all where it fails. */
let once: Promise<Record<string, string>> | undefined;

const filesIn = (folder: string): Record<string, string> => {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml") && file !== "metadata.yaml"); // clusterctl's own, no object of Kubernetes
    return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
};

const fetched = async (): Promise<Record<string, string>> => {
  const { manifests } = readSettings({ config: {}, pins });
  const files = {
    "cert-manager.yaml": manifests.certManager,
    "core-components.yaml": manifests.core,
    "bootstrap-components.yaml": manifests.bootstrap,
    "control-plane-components.yaml": manifests.controlPlane,
    "infrastructure-components.yaml": manifests.infrastructure,
    "calico.yaml": manifests.cni,
    "metallb.yaml": manifests.loadBalancer,
  };
  const options = { lockFile: join(root, "manifests.lock.json"), cacheDir: join(root, ".slipway", "manifests") };
  const load = async ([name, location]: [string, string]) => {
    const { text } = await loadManifest(location, { ...options, name, retryPolicy: retries });
    return [name, text] as const;
  };
  try {
    return Object.fromEntries(await Promise.all(Object.entries(files).map(load)));
  } catch (error) {
    throw new Error(`.tools/manifests is missing, and so is the release: run make tools (${(error as Error).message})`);
  }
};
