import { join } from "node:path";

/** Folder for a stack's files beside its state; ignored by git, relative to the program. */
export const stateFolder = ".slipway";

/** Returns the path of the kubeconfig file of a stack's cluster. */
export const kubeconfigFile = (stack: string, cluster: string): string =>
  join(stateFolder, "kubeconfigs", stack, `${cluster}.yaml`);

/** Returns the path of a CRD's text, which the step reads. The checksum of the text names the file. */
export const crdFile = (sha256: string): string => join(stateFolder, "crds", `${sha256.slice(0, 16)}.yaml`);

/** Returns the path of a manifest that the source route builds, from the checkout. */
export const sourceManifest = (name: string): string => `.tools/manifests/${name}.yaml`;
