import * as pulumi from "@pulumi/pulumi";
import { needsNodeFiles, type NodeAccess, nodeFiles } from "../../lib/cluster/nodeFiles";
import { createStep, step } from "./step";

/** A cluster whose nodes are containers of this machine's Docker. */
export interface NodeFilesArgs {
  /** Value of kind's label at the nodes' containers. */
  readonly cluster: string;
  readonly access: NodeAccess;
  /** A change of a value means other nodes. */
  readonly triggers?: pulumi.Input<unknown>[];
}

/**
 * Writes the files of `lib/cluster/nodeFiles.ts` into all running nodes of a cluster, in place. New nodes of a workload cluster
 * get the same from the objects of Cluster API.
 *
 * @returns the resource; undefined if nodes need no file
 */
export const configureNodes = (
  name: string,
  { cluster, access, triggers }: NodeFilesArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource | undefined =>
  needsNodeFiles(access)
    ? createStep(
        `${name}-node-files`,
        {
          ...step("configure-nodes", { delete: "restore-nodes" }),
          environment: { CLUSTER: cluster },
          // The URL of a proxy may have a password.
          stdin: pulumi.secret(JSON.stringify(nodeFiles(access))),
          ...(triggers === undefined ? {} : { triggers }),
          addPreviousOutputInEnv: false,
        },
        { ...opts, additionalSecretOutputs: ["stdin"] },
      )
    : undefined;
