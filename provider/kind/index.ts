import * as pulumi from "@pulumi/pulumi";
import { keepMark } from "../plugin/resourceKind";

/** Inputs of a kind cluster. */
export interface KindClusterArgs {
  /** kind's name of the cluster; its one node is `<name>-control-plane`. Another is another cluster. */
  name: pulumi.Input<string>;
  /** Image of the node, by a tag. Another is another cluster: kind changes nothing in place. */
  image: pulumi.Input<string>;
  /** kind's configuration as YAML, of one node. Another is another cluster. */
  config: pulumi.Input<string>;
  /** Images of the host's Docker that the node has from its start: content id by reference; default: none. */
  images?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Refuses what would make another cluster in the place of this one, in an update and not in a preview, with this text
   * as the way out; default: it is replaced, and what was in it is lost.
   */
  keep?: string;
}

/**
 * A kind cluster that is read before each preview and update. A node that is stopped is started by the next up; a
 * cluster that is gone is replaced, with what is `deletedWith` it. Its id is its name, by which one that is there is
 * imported: `pulumi import kind:index:KindCluster NAME CLUSTER`.
 *
 * @throws in a preview too where Docker does not answer: whether the cluster is there cannot be told then
 */
export class KindCluster extends pulumi.CustomResource {
  /** Id of the node's container: another id is another cluster. */
  declare public readonly nodeId: pulumi.Output<string>;
  declare public readonly running: pulumi.Output<boolean>;
  /** The host's port of the API server. */
  declare public readonly apiPort: pulumi.Output<number>;

  constructor(name: string, { keep, ...args }: KindClusterArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { nodeId: undefined, running: undefined, apiPort: undefined };
    // No property of the cluster, which the plugin forgets again: it alone cannot tell an update from a preview.
    const kept = keep === undefined || pulumi.runtime.isDryRun() ? {} : { [keepMark]: keep };
    super("kind:index:KindCluster", name, { ...args, ...outputs, ...kept }, opts);
  }
}

/** Inputs of images in a kind node. */
export interface ImageLoadArgs {
  /** Name of the node's container. */
  node: pulumi.Input<string>;
  /** Id of the node's container: another node gets its images anew. */
  nodeId: pulumi.Input<string>;
  /** Content id on the host by image reference: another id under the same tag is loaded again. */
  images: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Images of the host's Docker in a kind node; those that the node lost are loaded again. */
export class NodeImages extends pulumi.CustomResource {
  /** The node's own digest by reference. */
  declare public readonly loaded: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ImageLoadArgs, opts?: pulumi.CustomResourceOptions) {
    super("kind:index:ImageLoad", name, { ...args, loaded: undefined }, opts);
  }
}

/** Inputs of a node image. */
export interface NodeImageArgs {
  /** Name and tag, a sum of all that is in it. */
  image: pulumi.Input<string>;
  base: pulumi.Input<string>;
  /** Id of the base: one that was rebuilt under its tag makes another image. */
  baseId: pulumi.Input<string>;
  /** Content id by reference of the images that it holds. */
  images: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A node image with images in it; one that was pruned is made again. Kept at destroy. */
export class BuiltNodeImage extends pulumi.CustomResource {
  declare public readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: NodeImageArgs, opts?: pulumi.CustomResourceOptions) {
    super("kind:index:NodeImage", name, { ...args, imageId: undefined }, opts);
  }
}

/** Inputs of the look at a workload cluster's containers. */
export interface ClusterContainersArgs {
  cluster: pulumi.Input<string>;
  /** Namespace of the cluster's objects. */
  namespace: pulumi.Input<string>;
  /** Path of the management cluster's kubeconfig. */
  kubeconfig: pulumi.Input<string>;
}

/** What Docker has of a workload cluster; containers that were stopped, removed or moved are repaired by the next up. */
export class ClusterContainers extends pulumi.CustomResource {
  /** Machines that have no container. */
  declare public readonly missing: pulumi.Output<string[]>;
  /** Containers that do not run. */
  declare public readonly stopped: pulumi.Output<string[]>;
  /** Containers that run with another address than the one by which the cluster knows them. */
  declare public readonly moved: pulumi.Output<string[]>;
  /** The addresses by which the cluster knows its containers. */
  declare public readonly addresses: pulumi.Output<Record<string, string[]>>;

  constructor(name: string, args: ClusterContainersArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { missing: undefined, stopped: undefined, moved: undefined, addresses: undefined };
    super("kind:index:ClusterContainers", name, { ...args, ...outputs }, opts);
  }
}
