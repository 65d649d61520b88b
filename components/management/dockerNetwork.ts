import { Network } from "@pulumi/docker/network";
import * as pulumi from "@pulumi/pulumi";
import { dockerRange, ipv6DockerRange } from "../../lib/network/dockerSubnet";

/** The one network that kind and Cluster API's Docker provider put their containers on. */
export interface DockerNetworkArgs {
  /** IPv4 subnet in CIDR form; the upper half is kept for load balancers. */
  subnet: string;
  /** The bridge's own address. */
  gateway: string;
  /** IPv6 besides, alike. */
  ipv6?: { subnet: string; gateway: string };
  /** Value of the label by which a later run knows the network as this stack's. */
  owner: string;
  /** Use the network that is there and leave it there at destroy. */
  adopt: boolean;
}

/** Up to v1.14 Cluster API's Docker provider knows no other name. */
export const networkName = "kind";

/** The label that marks what a stack owns in Docker. */
export const ownerLabel = "dev.slipway.stack";

/** Docker network `kind` with a subnet known before anything exists. */
export class DockerNetwork extends pulumi.ComponentResource {
  /** What containers wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: DockerNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:DockerNetwork", name, {}, opts);
    const network = args.adopt
      ? undefined
      : new Network(
          name,
          {
            name: networkName,
            driver: "bridge",
            // Stated in full: what Docker fills in by itself would show as a change and replace the network.
            ipamConfigs: [
              { subnet: args.subnet, gateway: args.gateway, ipRange: dockerRange(args.subnet) },
              ...(args.ipv6 ? [{ ...args.ipv6, ipRange: ipv6DockerRange(args.ipv6.subnet) }] : []),
            ],
            ...(args.ipv6 ? { ipv6: true } : {}),
            options: {
              "com.docker.network.bridge.enable_ip_masquerade": "true",
              "com.docker.network.driver.mtu": "1500",
            },
            labels: [{ label: ownerLabel, value: args.owner }],
          },
          // A bridge of this name can exist once only.
          { parent: this, deleteBeforeReplace: true },
        );
    this.ready = network ? [network] : [];
    this.registerOutputs({});
  }
}
