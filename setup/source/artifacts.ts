import type { Artifact } from "../artifact";
import { debianRootfs, docker } from "./images/debian";
import { goArtifacts } from "./images/golang";
import { nodeImages } from "./images/node";
import { calicoImages, debianProgramImages, kubeProxyImage } from "./images/programs";
import { controllerImages, controlPlaneImages, staticBase } from "./images/static";
import { manifests } from "./manifests";

/**
 * All that the source route makes, in the order in which free workers should take it: first what waits for the
 * network, then each image as soon as its programs are compiled, so that one worker builds images beside a compile.
 */
export const sourceArtifacts = (): Artifact[] => [
  debianRootfs,
  docker,
  ...debianProgramImages,
  staticBase,
  ...nodeImages,
  ...controlPlaneImages,
  kubeProxyImage,
  manifests,
  ...controllerImages,
  ...calicoImages,
  ...goArtifacts,
];
