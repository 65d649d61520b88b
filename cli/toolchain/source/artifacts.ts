import { pins } from "../../../lib/versions/pins";
import type { Artifact } from "../build/artifact";
import { flannelArtifacts } from "./flannel";
import { debianRootfs, docker } from "./images/debian";
import { goArtifacts, otherKubernetesPrograms } from "./images/golang";
import { kubernetesImages, nodeBase } from "./images/node";
import { calicoImages, debianProgramImages } from "./images/programs";
import { controllerImages, staticBase } from "./images/static";
import { manifests } from "./manifests";
import { demanded } from "./onDemand";

const { source } = pins;
const pinned = kubernetesImages(source);

/**
 * What every stack needs, in the order in which free workers should take it: first what waits for the network, then
 * each image as soon as its programs are compiled, so that one worker builds images beside a compile.
 */
const always: readonly Artifact[] = [
  debianRootfs,
  docker,
  ...debianProgramImages,
  staticBase,
  nodeBase,
  pinned.node,
  ...pinned.kubeadm,
  manifests,
  ...controllerImages,
  ...calicoImages,
  ...goArtifacts,
];

/** What takes minutes and only some stacks need: made where a stack's settings name it. */
export const onDemand: readonly Artifact[] = [
  ...source.otherKubernetes.map(kubernetesImages).flatMap(({ node, kubeadm }) => [node, ...kubeadm]),
  ...otherKubernetesPrograms,
  ...flannelArtifacts,
];

/**
 * All that the source route makes for a stack.
 *
 * @param named images and manifests that the stack's settings name, see namedBySettings
 */
export const sourceArtifacts = (named: readonly string[] = []): Artifact[] => [...always, ...demanded(onDemand, named)];
