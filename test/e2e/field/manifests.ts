// Users' manifests on real clusters. Each `.yaml` beside this file is one input; other inputs are written for the run.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceManifest } from "../../../lib/base/paths";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { loadManifest, manifestStore } from "../../../preflight/manifests/store";
import { listedClusters, type StackSettings } from "../stackFile";

const folder = ".slipway/e2e-field";

/** Returns the path of a file beside this one. */
export const input = (name: string): string => join("test", "e2e", "field", name);

/** Returns the path of a file that exists only during the run. */
const written = (name: string): string => join(folder, name);

/** The cluster with one file for each thing, and the cluster with one file for everything. */
export const clusters = { apart: "field-apart", joined: "field-joined" } as const;

/** Files for a cluster's `manifests`. An object that needs another file comes before that file. */
const apart = [
  input("twice.yaml"),
  input("issuer.yaml"),
  written("cert-manager.yaml"),
  input("pool.yaml"),
  input("probe.yaml"),
  written("edited.yaml"),
];

/** Settings with both clusters. */
export const fieldSettings = (
  more: readonly string[] = [],
  { application = false, earlier = [] }: { application?: boolean; earlier?: readonly string[] } = {},
): StackSettings => ({
  ...listedClusters([
    { name: clusters.apart, application, manifests: [...earlier, ...apart, ...more] },
    {
      name: clusters.joined,
      loadBalancer: "none",
      manifests: [written("joined.yaml"), input("pool.yaml"), written("metallb.yaml")],
    },
  ]),
});

/** Writes the manifest that the run edits: a Role, which the plugin updates in place. */
export const writeEdited = (verb: string): void =>
  writeFileSync(
    written("edited.yaml"),
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: edited, namespace: default}\n" +
      `rules: [{apiGroups: [""], resources: [configmaps], verbs: [${verb}]}]\n`,
  );

/** Writes the files of the run: an operator alone, and cert-manager behind an issuer in one file. */
export const writeInputs = async (): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const { manifests } = readSettings({ config: {}, pins });
  const textOf = async (name: string, url: string): Promise<string> => {
    const built = sourceManifest(name);
    return (await loadManifest(existsSync(built) ? built : url, manifestStore(name))).text;
  };
  const certManager = await textOf("cert-manager", manifests.certManager);
  writeFileSync(written("metallb.yaml"), await textOf("metallb", manifests.loadBalancer));
  writeFileSync(written("cert-manager.yaml"), certManager);
  writeFileSync(written("joined.yaml"), `${readFileSync(input("issuer.yaml"), "utf8")}---\n${certManager}`);
  writeEdited("get");
};

/** Deletes the files of the run. */
export const deleteInputs = (): void => rmSync(folder, { recursive: true, force: true });
