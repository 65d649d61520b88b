import { Container } from "@pulumi/docker/container";
import * as pulumi from "@pulumi/pulumi";
import { containerName } from "../../lib/addons/cloudProviderKind";
import { ownerLabel } from "../../lib/base/labels";

/** cloud-provider-kind on this machine's Docker. */
export interface CloudProviderKindArgs {
  /** Image with tag; pulled where Docker lacks it. */
  image: string;
  /** The network kind, on which it makes a container for each service of type LoadBalancer. */
  network: pulumi.Resource[];
  /** Value of the label by which a later run knows the container as this stack's. */
  owner: string;
}

/** Load balancers as containers, for every kind cluster of this machine. */
export class CloudProviderKind extends pulumi.ComponentResource {
  /** What services wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: CloudProviderKindArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:CloudProviderKind", name, {}, opts);
    const container = new Container(
      name,
      {
        name: containerName,
        image: args.image,
        // The host's network: a cluster's API server is certified for the port Docker publishes on 127.0.0.1, not for
        // the name its load balancer has on the network kind.
        networkMode: "host",
        restart: "unless-stopped",
        volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
        labels: [{ label: ownerLabel, value: args.owner }],
        // When asked to stop it takes away the containers it made; the network could not go with them on it.
        stopTimeout: 60,
        destroyGraceSeconds: 60,
      },
      // A container of this name can exist once only.
      { parent: this, dependsOn: args.network, deleteBeforeReplace: true },
    );
    this.ready = [container];
    this.registerOutputs({});
  }
}
