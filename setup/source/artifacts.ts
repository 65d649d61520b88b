import type { Artifact } from "../artifact";
import { flannelArtifacts } from "./flannel";
import { debianRootfs, docker } from "./images/debian";
import { goArtifacts } from "./images/golang";
import { nodeImages } from "./images/node";
import { calicoImages, debianProgramImages, kubeProxyImage } from "./images/programs";
import { controllerImages, controlPlaneImages, staticBase } from "./images/static";
import { manifests } from "./manifests";
import { demanded } from "./onDemand";

/**
 * What every stack needs, in the order in which free workers should take it: first what waits for the network, then
 * each image as soon as its programs are compiled, so that one worker builds images beside a compile.
 */
const always: readonly Artifact[] = [
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

/** What takes minutes and only some stacks need: made where a stack's settings name it. */
export const onDemand: readonly Artifact[] = [...flannelArtifacts];

/**
 * All that the source route makes for a stack.
 *
 * @param named images and manifests that the stack's settings name, see namedBySettings
 */
export const sourceArtifacts = (named: readonly string[] = []): Artifact[] => [...always, ...demanded(onDemand, named)];
