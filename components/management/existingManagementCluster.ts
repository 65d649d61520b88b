import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesProvider } from "../kubernetes/provider";
import { createStep, step } from "../kubernetes/step";

/** A management cluster that the stack did not create and does not delete. */
export interface ExistingManagementClusterArgs {
  /** Kubeconfig of one context with embedded files; contains a private key. */
  kubeconfig: pulumi.Input<string>;
  /** UID of the namespace kube-system. Another UID means another cluster. */
  uid: string;
}

/** Opens a management cluster that the stack did not create, and that outlives the stack. */
export class ExistingManagementCluster extends pulumi.ComponentResource {
  /** Handle without a lifetime, so objects of the stack in this cluster are deleted one by one. */
  public readonly handle: ClusterHandle;
  /** Kubeconfig for this host; secret. */
  public readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ExistingManagementClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExistingManagementCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    const file = kubeconfigFile(pulumi.getStack(), name);
    // Copy of the kubeconfig: the user's file may have another current context when objects are deleted.
    const written = createStep(
      `${name}-kubeconfig`,
      {
        ...step("write-kubeconfig", { delete: "forget-kubeconfig" }),
        environment: { KUBECONFIG_FILE: file },
        stdin: this.kubeconfig,
        triggers: [args.uid],
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      // The old copy gives access to the old cluster until all its objects are deleted.
      { parent: this, additionalSecretOutputs: ["stdin"], deleteBeforeReplace: true },
    );
    const provider = new KubernetesProvider(
      name,
      { kubeconfig: this.kubeconfig, clusterIdentifier: `${name}-${args.uid}` },
      { parent: this },
    );
    this.handle = { provider, kubeconfigFile: file, apiReady: [written], identity: written };
    this.registerOutputs({});
  }
}
