import { Container } from "@pulumi/docker/container";
import * as pulumi from "@pulumi/pulumi";
import { containerName } from "../../lib/addons/cloudProviderKind";
import { ownerLabel } from "../../lib/base/labels";

/** Arguments of cloud-provider-kind in this machine's Docker. */
export interface CloudProviderKindArgs {
  /** Image with tag. Docker pulls the image if it is missing. */
  image: string;
  /** The network kind, on which cloud-provider-kind creates a container for each service of type LoadBalancer. */
  network: pulumi.Resource[];
  /** Value of the label that identifies the container as this stack's. */
  owner: string;
}

/** Runs cloud-provider-kind, which creates load balancers as containers for every kind cluster of this machine. */
export class CloudProviderKind extends pulumi.ComponentResource {
  /** Resources that services wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: CloudProviderKindArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:CloudProviderKind", name, {}, opts);
    const container = new Container(
      name,
      {
        name: containerName,
        image: args.image,
        // Host network: a cluster's API server certificate covers the port that Docker publishes on 127.0.0.1. It does
        // not cover the name of the load balancer on the network kind.
        networkMode: "host",
        restart: "unless-stopped",
        volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
        labels: [{ label: ownerLabel, value: args.owner }],
        // On SIGTERM it deletes the containers that it created. The network cannot be deleted while they are attached
        // to it.
        stopTimeout: 60,
        destroyGraceSeconds: 60,
      },
      // A container name is unique in Docker.
      { parent: this, dependsOn: args.network, deleteBeforeReplace: true },
    );
    this.ready = [container];
    this.registerOutputs({});
  }
}
