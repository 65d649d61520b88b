import { join } from "node:path";

/** Folder for what a stack keeps beside its state; git-ignored, relative to the program. */
export const stateFolder = ".slipway";

/** The kubeconfig file of a cluster, by the cluster's name; unique, since one Docker holds one cluster of a name. */
export const kubeconfigFile = (cluster: string): string => join(stateFolder, "kubeconfigs", `${cluster}.yaml`);

/** Where the text of a CRD waits for its step, by the sum of the text. */
export const crdFile = (sha256: string): string => join(stateFolder, "crds", `${sha256.slice(0, 16)}.yaml`);
