import { isAbsolute } from "node:path";
import {
  boolean,
  type Declared,
  integer,
  list,
  type PropertyType,
  string,
  stringLike,
  stringMap,
} from "../plugin/property";
import { listenAddress } from "./networkProperties";

// The names are those of kind's configuration v1alpha4.

const absolutePath = stringLike("an absolute path", isAbsolute);

const mount: PropertyType = {
  is: "object",
  name: "Mount",
  description: "A file or folder of the host that a node sees.",
  fields: {
    hostPath: {
      description: "Absolute path on the host. Docker creates a missing folder.",
      type: absolutePath,
    },
    containerPath: { description: "Absolute path in the node.", type: absolutePath },
    readOnly: { description: "Whether the node cannot write to it.", type: boolean, default: false },
    selinuxRelabel: { description: "Whether Docker relabels the files for SELinux.", type: boolean, default: false },
    propagation: {
      description: "Which later mounts below the path the other side sees.",
      type: {
        is: "choice",
        name: "MountPropagation",
        description: "Propagation of mounts between the host and a node.",
        values: {
          None: "Later mounts stay on their side.",
          HostToContainer: "The node sees later mounts of the host.",
          Bidirectional: "The node and the host see later mounts of each other.",
        },
      },
      default: "None",
    },
  },
};

const portMapping: PropertyType = {
  is: "object",
  name: "PortMapping",
  description: "A port of the host that leads to a port of a node.",
  fields: {
    containerPort: {
      description: "Port of the node, for example the node port of a Service.",
      type: integer(1, 65535),
      unit: "port number",
    },
    hostPort: {
      description: "Port of the host. With 0, kind takes a free port when it creates the node.",
      type: integer(0, 65535),
      unit: "port number",
      default: 0,
    },
    listenAddress: {
      description: "Address of the host on which Docker listens.",
      type: listenAddress,
      default: { means: "`0.0.0.0`, or `::` in a cluster with the IP family ipv6" },
    },
    protocol: {
      description: "Protocol of the port.",
      type: {
        is: "choice",
        name: "PortProtocol",
        description: "Protocol of a port mapping.",
        values: { TCP: "Transmission control protocol.", UDP: "User datagrams.", SCTP: "Stream control transmission." },
      },
      default: "TCP",
    },
  },
};

const patchJson6902: PropertyType = {
  is: "object",
  name: "KubeadmPatch",
  description: "A patch of kubeadm's configuration in the form of RFC 6902.",
  fields: {
    group: { description: "API group of the object, such as `kubeadm.k8s.io`.", type: string },
    version: { description: "API version of the object, such as `v1beta4`.", type: string },
    kind: { description: "Kind of the object, such as `ClusterConfiguration`.", type: string },
    patch: { description: "The list of operations, as YAML or JSON.", type: string },
  },
};

/** Patches of kubeadm's configuration, which a cluster and a node can have. */
export const kubeadmPatches: Declared = {
  kubeadmConfigPatches: {
    description: "Merge patches (RFC 7386) of kubeadm's configuration, each as YAML with the object's `kind`.",
    type: list(string),
    default: { means: "no patches" },
  },
  kubeadmConfigPatchesJSON6902: {
    description: "Patches (RFC 6902) of kubeadm's configuration.",
    type: list(patchJson6902),
    default: { means: "no patches" },
  },
};

/** Type of a node of a cluster. */
export const node: PropertyType = {
  is: "object",
  name: "Node",
  description: "A node of a kind cluster.",
  fields: {
    role: {
      description: "Role of the node. A cluster has at least one control plane node.",
      type: {
        is: "choice",
        name: "NodeRole",
        description: "Role of a node.",
        values: { "control-plane": "Runs the control plane.", worker: "Runs pods only." },
      },
      default: "control-plane",
    },
    image: {
      description: "Node image with a tag.",
      type: string,
      default: { means: "the cluster's `image`" },
    },
    labels: {
      description: "Labels of the Kubernetes Node object.",
      type: stringMap,
      default: { means: "kubeadm's labels only" },
    },
    extraMounts: {
      description: "Files and folders of the host that the node sees.",
      type: list(mount),
      default: { means: "no extra mounts" },
    },
    extraPortMappings: {
      description: "Ports of the host that lead to the node.",
      type: list(portMapping),
      default: { means: "no extra ports" },
    },
    ...kubeadmPatches,
  },
};
