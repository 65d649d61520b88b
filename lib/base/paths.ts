import { join } from "node:path";

/** Folder for what a stack keeps beside its state; git-ignored, relative to the program. */
export const stateFolder = ".slipway";

/** The kubeconfig file of a stack's cluster, by the cluster's name. */
export const kubeconfigFile = (stack: string, cluster: string): string =>
  join(stateFolder, "kubeconfigs", stack, `${cluster}.yaml`);

/** Where the text of a CRD waits for its step, by the sum of the text. */
export const crdFile = (sha256: string): string => join(stateFolder, "crds", `${sha256.slice(0, 16)}.yaml`);

/** Returns the path of a manifest that the source route builds, from the checkout. */
export const sourceManifest = (name: string): string => `.tools/manifests/${name}.yaml`;
