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
 * Artifacts of every stack, in the order for free workers. Artifacts that wait for the network come first. Images come
 * before Go programs, so that one worker builds images during a compilation.
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

/** Artifacts that need minutes and only some stacks use. They are built if a stack's settings name them. */
export const onDemand: readonly Artifact[] = [
  ...source.otherKubernetes.map(kubernetesImages).flatMap(({ node, kubeadm }) => [node, ...kubeadm]),
  ...otherKubernetesPrograms,
  ...flannelArtifacts,
];

/**
 * Returns the artifacts of the source route for a stack.
 *
 * @param named images and manifests in the stack's settings, see namedBySettings
 */
export const sourceArtifacts = (named: readonly string[] = []): Artifact[] => [...always, ...demanded(onDemand, named)];
