import * as pulumi from "@pulumi/pulumi";
import { type NodeAccess, type NodeFile, nodeFiles } from "../../lib/cluster/nodeFiles";
import { createStep, step } from "./step";

/** A cluster whose nodes are containers of this machine's Docker. */
export interface NodeFilesArgs {
  /** Value of kind's label at the nodes' containers. */
  readonly cluster: string;
  readonly access: NodeAccess;
  /** Number of nodes to wait for, if Cluster API gives new nodes no files. @default - only nodes that run now */
  readonly nodes?: number;
  /** A change of a value means other nodes. */
  readonly triggers?: pulumi.Input<unknown>[];
}

/** Ends of the resources' names, by the reader of the file. */
const suffixes: Readonly<Record<NodeFile["reader"], string>> = {
  containerd: "node-files",
  authorities: "node-authorities",
  kubelet: "node-logins",
};

/**
 * Writes the files of `lib/cluster/nodeFiles.ts` into all running nodes of a cluster, in place. New nodes of a workload cluster
 * get the same from the objects of Cluster API. Each file is a resource, whose deletion removes the file.
 *
 * @returns the resources, each after the one before; none if nodes need no file
 */
export const configureNodes = (
  name: string,
  { cluster, access, nodes, triggers }: NodeFilesArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource[] =>
  nodeFiles(access).reduce<pulumi.CustomResource[]>((earlier, file) => {
    const dependsOn = [...([opts.dependsOn ?? []].flat() as pulumi.Resource[]), ...earlier];
    // Cluster API's Docker provider gives the proxy to all new nodes.
    const isAwaited = nodes !== undefined && file.reader !== "containerd";
    const resource = createStep(
      `${name}-${suffixes[file.reader]}`,
      {
        ...step("configure-nodes", { delete: "restore-nodes" }),
        environment: { CLUSTER: cluster, ...(isAwaited ? { NODES: String(nodes) } : {}) },
        // The URL of a proxy may have a password, as the logins of registries do.
        stdin: pulumi.secret(JSON.stringify([file])),
        ...(triggers === undefined ? {} : { triggers }),
        addPreviousOutputInEnv: false,
      },
      { ...opts, ...(dependsOn.length === 0 ? {} : { dependsOn }), additionalSecretOutputs: ["stdin"] },
    );
    return [...earlier, resource];
  }, []);
