import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesProvider } from "../kubernetes/provider";
import { step } from "../kubernetes/step";

/** A management cluster that someone else made and keeps. */
export interface ExistingManagementClusterArgs {
  /** Kubeconfig of one context, files embedded; holds a key. */
  kubeconfig: pulumi.Input<string>;
  /** UID of its namespace kube-system: another one is another cluster. */
  uid: string;
}

/** The way into a management cluster that the stack did not make, and that stays when the stack goes. */
export class ExistingManagementCluster extends pulumi.ComponentResource {
  /** Without a lifetime: what the stack makes in the cluster is really deleted, one by one. */
  public readonly handle: ClusterHandle;
  /** The kubeconfig for this host; secret. */
  public readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ExistingManagementClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExistingManagementCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    const file = kubeconfigFile(pulumi.getStack(), name);
    // A copy: the user's own file may name another current context by the time something is deleted.
    const written = new local.Command(
      `${name}-kubeconfig`,
      {
        ...step("write-kubeconfig", { delete: "forget-kubeconfig" }),
        environment: { KUBECONFIG_FILE: file },
        stdin: this.kubeconfig,
        triggers: [args.uid],
        logging: local.Logging.None,
        addPreviousOutputInEnv: false,
      },
      // The old copy leads to the old cluster until everything in it is deleted.
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
