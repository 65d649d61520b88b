import { Network } from "@pulumi/docker/network";
import * as pulumi from "@pulumi/pulumi";
import { networkName } from "../../lib/base/container";
import { ownerLabel } from "../../lib/base/labels";
import { dockerRange } from "../../lib/network/dockerSubnet";
import type { Networks } from "../../lib/network/networks";

/** The one network that kind and Cluster API's Docker provider put their containers on. */
export interface DockerNetworkArgs {
  /** An IPv4 subnet, and an IPv6 one where clusters have IPv6; the upper half of each is kept for load balancers. */
  subnets: Networks;
  /** The bridge's own address. */
  gateway: string;
  /** Its IPv6 address, where the network has IPv6. */
  ipv6?: { gateway: string };
  /** Value of the label by which a later run knows the network as this stack's. */
  owner: string;
  /** Use the network that is there and leave it there at destroy. */
  adopt: boolean;
}

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
            ipamConfigs: args.subnets.list.map((subnet) => ({
              subnet: subnet.text,
              gateway: subnet.family === "ipv4" ? args.gateway : args.ipv6?.gateway,
              ipRange: dockerRange(subnet),
            })),
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
