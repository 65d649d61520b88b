import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import { kindConfig } from "../../lib/providers/kindConfig";
import { KindCluster } from "../../provider/kind";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesProvider } from "../kubernetes/provider";
import { step } from "../kubernetes/step";

/** The kind cluster that Cluster API runs in. */
export interface ManagementClusterArgs {
  /** kind's name of the cluster; its one node is `<name>-control-plane`. */
  name: string;
  /** Image of the node, with tag. */
  nodeImage: string;
  /** Images of the host's Docker that the node has from its start: content id by reference. */
  images: Readonly<Record<string, string>>;
  /** Whether it has IPv6 besides IPv4; default: no. */
  dualStack?: boolean;
  /** What the node's container waits for. */
  network: pulumi.Resource[];
}

/** A kind cluster with Docker's socket mounted, its kubeconfig and the provider for what goes into it. */
export class ManagementCluster extends pulumi.ComponentResource {
  public readonly handle: ClusterHandle;
  /** The kubeconfig for this host; secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** When this one goes, the cluster is gone. */
  public readonly kind: pulumi.CustomResource;
  /** Id of the node's container: another id is another cluster. */
  public readonly nodeId: pulumi.Output<string>;
  /** Name of the node's container. */
  public readonly nodeName: string;
  /** What means that the node runs pods. */
  public readonly nodeReady: pulumi.Resource[];

  constructor(name: string, args: ManagementClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ManagementCluster", name, {}, opts);
    this.nodeName = `${args.name}-control-plane`;
    const kind = new KindCluster(
      // Not by the setting: another name is then a change of this cluster, which is refused, and not one more cluster.
      "management-kind",
      {
        name: args.name,
        image: args.nodeImage,
        config: kindConfig(args.dualStack),
        images: args.images,
        // The engine would make other Cluster objects, and then delete those of the old ones' names.
        keep: "set it back; or make destroy with the settings as they were, then make up, which loses every cluster",
      },
      {
        parent: this,
        dependsOn: args.network,
        // Two clusters of one name cannot stand side by side; the default order would also delete the new one.
        deleteBeforeReplace: true,
        customTimeouts: { create: "15m", update: "15m" },
        // What it was in earlier versions: without this the old one, which is the same cluster, would be deleted last.
        aliases: [{ name: `${name}-kind` }, { name: `${name}-kind`, type: "command:local:Command" }],
      },
    );
    this.kind = kind;
    this.nodeId = kind.nodeId;
    const file = kubeconfigFile(pulumi.getStack(), args.name);
    const kubeconfig = new local.Command(
      `${name}-kubeconfig`,
      {
        ...step("kind-kubeconfig", { update: "kind-kubeconfig", delete: "forget-kubeconfig" }),
        environment: { CLUSTER: args.name, KUBECONFIG_FILE: file },
        triggers: [kind.nodeId],
        logging: local.Logging.None,
        addPreviousOutputInEnv: false,
      },
      { parent: this, additionalSecretOutputs: ["stdout"], deleteBeforeReplace: true },
    );
    this.kubeconfig = pulumi.secret(kubeconfig.stdout);
    const provider = new KubernetesProvider(
      name,
      // A static identifier: a kubeconfig that is still unknown must not look like another cluster.
      { kubeconfig: this.kubeconfig, clusterIdentifier: `kind-${args.name}` },
      { parent: this },
    );
    // A wait of its own: what the first pods need only the API for goes ahead.
    const nodeReady = new local.Command(
      `${name}-ready`,
      {
        ...step("wait-for-management-node"),
        environment: { NODE: this.nodeName, KUBECONFIG: file, TIMEOUT: "300s" },
        triggers: [kind.nodeId],
      },
      {
        parent: this,
        dependsOn: [kubeconfig],
        deletedWith: kind,
        replaceWith: [kind],
        customTimeouts: { create: "10m" },
      },
    );
    this.nodeReady = [nodeReady];
    this.handle = { provider, kubeconfigFile: file, apiReady: [kubeconfig], lifetime: kind };
    this.registerOutputs({});
  }
}
