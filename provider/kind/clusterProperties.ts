import {
  boolean,
  type Declared,
  integer,
  list,
  map,
  type ResourceDeclaration,
  string,
  stringLike,
  stringMap,
} from "../plugin/property";
import { networking } from "./networkProperties";
import { kubeadmPatches, node } from "./nodeProperties";

/** Inputs that together replace the raw configuration, under the names of kind's configuration v1alpha4. */
const structured: Declared = {
  nodes: {
    description:
      "Nodes of the cluster. kind names them `NAME-control-plane`, `NAME-control-plane2`, `NAME-worker` and so on, in " +
      "the order of the list. Several control plane nodes also get a load balancer.",
    type: list(node),
    default: { means: "one control plane node" },
    replaces: true,
  },
  networking: {
    description: "Network settings.",
    type: networking,
    default: { means: "kind's defaults" },
    replaces: true,
  },
  featureGates: {
    description: "Feature gates of all Kubernetes components.",
    type: map(boolean),
    default: { means: "Kubernetes' defaults" },
    replaces: true,
  },
  runtimeConfig: {
    description: 'Values of the API server\'s flag `--runtime-config`, such as `api/alpha: "true"`.',
    type: stringMap,
    default: { means: "Kubernetes' defaults" },
    replaces: true,
  },
  ...Object.fromEntries(Object.entries(kubeadmPatches).map(([name, patch]) => [name, { ...patch, replaces: true }])),
  containerdConfigPatches: {
    description: "Merge patches of containerd's configuration on every node, as TOML.",
    type: list(string),
    default: { means: "no patches" },
    replaces: true,
  },
  containerdConfigPatchesJSON6902: {
    description: "Patches (RFC 6902) of containerd's configuration on every node, as YAML or JSON.",
    type: list(string),
    default: { means: "no patches" },
    replaces: true,
  },
};

/** Names of the inputs that the raw configuration excludes. */
export const structuredNames = Object.keys(structured);

/** Inputs and outputs of a kind cluster. */
export const clusterDeclaration: ResourceDeclaration = {
  description:
    "A [kind](https://kind.sigs.k8s.io) cluster: a Kubernetes cluster whose nodes are Docker containers. The engine " +
    "reads it before each preview and update. An update starts stopped nodes. A node that was deleted replaces the " +
    "cluster, because kind changes nothing in place. Set `deletedWith` to the cluster at all resources inside it.",
  inputs: {
    name: {
      description: "kind's name of the cluster.",
      type: stringLike("lower-case letters, digits, dots and hyphens", (text) => /^[a-z0-9.-]+$/.test(text)),
      replaces: true,
    },
    image: { description: "Image of the nodes, with a tag.", type: string, replaces: true },
    config: {
      description:
        "kind's configuration (v1alpha4) as YAML, instead of `nodes` and the other structured inputs, which it " +
        "excludes.",
      type: string,
      default: { means: "the structured inputs" },
      replaces: true,
    },
    ...structured,
    images: {
      description:
        "Images of the host's Docker that every node has from its start: content id by reference. Another id under the " +
        "same reference is loaded again.",
      type: stringMap,
      default: { means: "no images" },
    },
  },
  outputs: {
    nodeId: {
      description: "Id of the first control plane node's container. Another id means another cluster.",
      type: string,
    },
    running: { description: "Whether all nodes run.", type: boolean },
    apiPort: {
      description: "Port of the host that leads to the API server.",
      type: integer(0, 65535),
      unit: "port number",
    },
    nodeIds: {
      description:
        "Ids of the containers of all nodes, and of a load balancer, by name. The id of a deleted one is empty.",
      type: stringMap,
    },
    imported: {
      description:
        "Whether the cluster was imported and not updated since. The configuration of the program then counts as the " +
        "cluster's own as far as Docker does not know it.",
      type: boolean,
      default: { means: "absent in a cluster that was created" },
    },
  },
};
