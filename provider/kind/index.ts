// The program's side of the plugin kind: one class for each type. main.ts lists the implementations in this folder.
import * as pulumi from "@pulumi/pulumi";
import { keepMark } from "../plugin/resourceKind";

/** Inputs of a kind cluster. */
export interface KindClusterArgs {
  /** kind's name of the cluster. Its only node is `<name>-control-plane`. Another name replaces the cluster. */
  name: pulumi.Input<string>;
  /** Node image with a tag. Another image replaces the cluster: kind changes nothing in place. */
  image: pulumi.Input<string>;
  /** kind's configuration of one node, as YAML. Another configuration replaces the cluster. */
  config: pulumi.Input<string>;
  /** Images of the host's Docker that the node has from its start: content id by reference; default: none. */
  images?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Advice for the user. If set, an update refuses to replace this cluster, and the error ends with this advice; a
   * preview does not refuse.
   * @default - the cluster is replaced, and its contents are lost
   */
  keep?: string;
}

/**
 * A kind cluster that the engine reads before each preview and update. The next up starts a stopped node. It replaces a
 * missing cluster, together with all resources that are `deletedWith` the cluster. The id is the cluster's name, so an
 * existing cluster can be imported: `pulumi import kind:index:KindCluster NAME CLUSTER`. Implemented in kindCluster.ts.
 *
 * @throws Error, also in a preview, if Docker does not answer: then the cluster's state is unknown
 */
export class KindCluster extends pulumi.CustomResource {
  /** Id of the node's container. Another id means another cluster. */
  declare public readonly nodeId: pulumi.Output<string>;
  declare public readonly running: pulumi.Output<boolean>;
  /** Host port of the API server. */
  declare public readonly apiPort: pulumi.Output<number>;

  constructor(name: string, { keep, ...args }: KindClusterArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { nodeId: undefined, running: undefined, apiPort: undefined };
    // The plugin removes this key from the inputs again: only the program can distinguish an update from a preview.
    const mark = keep === undefined || pulumi.runtime.isDryRun() ? {} : { [keepMark]: keep };
    super("kind:index:KindCluster", name, { ...args, ...outputs, ...mark }, opts);
  }
}

/** Inputs of images in a kind node. */
export interface ImageLoadArgs {
  /** Name of the node's container. */
  node: pulumi.Input<string>;
  /** Id of the node's container. A new node gets all images again. */
  nodeId: pulumi.Input<string>;
  /** Content id on the host by image reference. Another id under the same tag is loaded again. */
  images: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Loads images of the host's Docker into a kind node, and loads images again that the node lost. Implemented in
 * imageLoad.ts.
 */
export class NodeImages extends pulumi.CustomResource {
  /** The node's digests by image reference. */
  declare public readonly loaded: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ImageLoadArgs, opts?: pulumi.CustomResourceOptions) {
    super("kind:index:ImageLoad", name, { ...args, loaded: undefined }, opts);
  }
}

/** Inputs of a node image. */
export interface NodeImageArgs {
  /** Name and tag. The tag is a checksum of the image's contents. */
  image: pulumi.Input<string>;
  base: pulumi.Input<string>;
  /** Id of the base image. A base that was rebuilt under its tag makes another image. */
  baseId: pulumi.Input<string>;
  /** Content ids, by reference, of the images inside the node image. */
  images: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Builds a node image that contains images. A pruned image is built again; destroy keeps it. Implemented in
 * nodeImage.ts.
 */
export class BuiltNodeImage extends pulumi.CustomResource {
  declare public readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: NodeImageArgs, opts?: pulumi.CustomResourceOptions) {
    super("kind:index:NodeImage", name, { ...args, imageId: undefined }, opts);
  }
}

/** Inputs of the check of a workload cluster's containers. */
export interface ClusterContainersArgs {
  cluster: pulumi.Input<string>;
  /** Namespace of the cluster's objects. */
  namespace: pulumi.Input<string>;
  /** Path of the management cluster's kubeconfig. */
  kubeconfig: pulumi.Input<string>;
}

/**
 * Reads a workload cluster's containers. The next up repairs containers that were stopped, removed or moved.
 * Implemented in containers/resource.ts.
 */
export class ClusterContainers extends pulumi.CustomResource {
  /** Machines without a container. */
  declare public readonly missing: pulumi.Output<string[]>;
  /** Containers that do not run. */
  declare public readonly stopped: pulumi.Output<string[]>;
  /** Containers that run with an address other than the known one. */
  declare public readonly moved: pulumi.Output<string[]>;
  /** Addresses by which the cluster knows its containers. */
  declare public readonly addresses: pulumi.Output<Record<string, string[]>>;

  constructor(name: string, args: ClusterContainersArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { missing: undefined, stopped: undefined, moved: undefined, addresses: undefined };
    super("kind:index:ClusterContainers", name, { ...args, ...outputs }, opts);
  }
}
