import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFile } from "../../lib/base/paths";
import type { NodeAccess } from "../../lib/cluster/nodeFiles";
import { type KindNode, kindConfig } from "../../lib/providers/kindConfig";
import { KindCluster } from "../../provider/kind";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { kindIdentifier, KubernetesProvider } from "../kubernetes/provider";
import { configureNodes } from "../kubernetes/nodeFiles";
import { createStep, step } from "../kubernetes/step";

/** Arguments of the kind cluster in which Cluster API runs. */
export interface ManagementClusterArgs extends KindNode {
  /** kind's name of the cluster. Its only node is `<name>-control-plane`. */
  name: string;
  /** Node image with tag. */
  nodeImage: string;
  /** Images of the host's Docker that the node has from its start: content id by reference. */
  images: Readonly<Record<string, string>>;
  /** Resources that the node's container waits for. */
  network: pulumi.Resource[];
  /**
   * Whether this process runs in a container, whose 127.0.0.1 has no port of the host. Then the kubeconfig has the name of the
   * node's container.
   */
  isInContainer?: boolean;
  /** What the node needs to pull images. @default - nothing */
  nodeAccess?: NodeAccess;
}

/** Creates a kind cluster with Docker's socket mounted, its kubeconfig and the provider for its contents. */
export class ManagementCluster extends pulumi.ComponentResource {
  public readonly handle: ClusterHandle;
  /** Kubeconfig for this host; secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Resource whose deletion deletes the cluster. */
  public readonly kind: pulumi.CustomResource;
  /** Id of the node's container. Another id means another cluster. */
  public readonly nodeId: pulumi.Output<string>;
  /** Name of the node's container. */
  public readonly nodeName: string;
  /** Resources that mean that the node runs pods. */
  public readonly nodeReady: pulumi.Resource[];

  constructor(name: string, args: ManagementClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ManagementCluster", name, {}, opts);
    this.nodeName = `${args.name}-control-plane`;
    const kind = new KindCluster(
      // Not named after the setting: another name is then a refused change of this cluster, not a second cluster.
      "management-kind",
      {
        name: args.name,
        image: args.nodeImage,
        config: kindConfig(args),
        images: args.images,
        // A replacement would make the engine create new Cluster objects, and then delete the old ones by the same
        // names.
        keep: "set it back; or make destroy with the settings as they were, then make up, which loses every cluster",
      },
      {
        parent: this,
        dependsOn: args.network,
        // Two clusters of one name cannot exist at the same time; the default order would also delete the new one.
        deleteBeforeReplace: true,
        // kind pulls the node image if nobody pulled it before.
        customTimeouts: { create: "45m", update: "45m" },
        // Names and types of earlier versions. Without these aliases the engine would delete the old resource last,
        // which is the same cluster.
        aliases: [{ name: `${name}-kind` }, { name: `${name}-kind`, type: "command:local:Command" }],
      },
    );
    this.kind = kind;
    this.nodeId = kind.nodeId;
    const nodeFiles = configureNodes(
      name,
      { cluster: args.name, access: args.nodeAccess ?? {}, triggers: [kind.nodeId] },
      { parent: this, deletedWith: kind, replaceWith: [kind] },
    );
    const file = kubeconfigFile(pulumi.getStack(), args.name);
    const kubeconfig = createStep(
      `${name}-kubeconfig`,
      {
        ...step("kind-kubeconfig", { update: "kind-kubeconfig", delete: "forget-kubeconfig" }),
        environment: { CLUSTER: args.name, KUBECONFIG_FILE: file, ...(args.isInContainer ? { INTERNAL: "true" } : {}) },
        triggers: [kind.nodeId],
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, additionalSecretOutputs: ["stdout"], deleteBeforeReplace: true },
    );
    this.kubeconfig = pulumi.secret(kubeconfig.stdout);
    const provider = new KubernetesProvider(
      name,
      // Static identifier: a kubeconfig that is still unknown must not look like another cluster.
      { kubeconfig: this.kubeconfig, clusterIdentifier: kindIdentifier(args.name) },
      { parent: this },
    );
    // A separate wait: the first objects need only the API, so they are created meanwhile.
    const nodeReady = createStep(
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
    this.handle = {
      provider,
      kubeconfigFile: file,
      apiReady: [kubeconfig, ...nodeFiles],
      lifetime: kind,
    };
    this.registerOutputs({});
  }
}
