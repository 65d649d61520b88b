import { Network } from "@pulumi/docker/network";
import * as pulumi from "@pulumi/pulumi";
import { networkName } from "../../lib/base/container";
import { ownerLabel } from "../../lib/base/labels";
import type { Address } from "../../lib/network/address";
import { dockerRange } from "../../lib/network/dockerSubnet";
import { mtuOption } from "../../lib/network/mtu";
import type { Networks } from "../../lib/network/networks";
import { adoptedSubnetOutput } from "../../lib/network/stateNetwork";

/** Arguments of the network that kind and Cluster API's Docker provider attach their containers to. */
export interface DockerNetworkArgs {
  /** An IPv4 subnet, and an IPv6 subnet if clusters use IPv6. The upper half of each is reserved for load balancers. */
  subnets: Networks;
  /** Address of the bridge. */
  gateway: Address;
  /** IPv6 address of the bridge, if the network has IPv6. */
  ipv6?: { gateway: Address };
  /** Value of the label that identifies the network as this stack's. */
  owner: string;
  /** In bytes. */
  mtu: number;
  /** Use the existing network and keep it on destroy. */
  adopt: boolean;
}

/** Creates the Docker network `kind` with a subnet that is known before any resource exists. */
export class DockerNetwork extends pulumi.ComponentResource {
  /** Resources that containers wait for. */
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
            // Set explicitly: values that Docker fills in by itself would show as a change and replace the network.
            ipamConfigs: args.subnets.list.map((subnet) => ({
              subnet: subnet.text,
              gateway: (subnet.family === "ipv4" ? args.gateway : args.ipv6?.gateway)?.text,
              ipRange: dockerRange(subnet).text,
            })),
            ...(args.ipv6 ? { ipv6: true } : {}),
            options: {
              "com.docker.network.bridge.enable_ip_masquerade": "true",
              [mtuOption]: String(args.mtu),
            },
            labels: [{ label: ownerLabel, value: args.owner }],
          },
          // Two bridges of this name cannot exist at the same time. Docker adds options of its own
          // (`default-network-opts`), and any other option would replace the network under running clusters.
          { parent: this, deleteBeforeReplace: true, ignoreChanges: ["options"] },
        );
    this.ready = network ? [network] : [];
    // The next run reads from the state that the stack uses a network that it did not create.
    this.registerOutputs(args.adopt && args.subnets.ipv4 ? { [adoptedSubnetOutput]: args.subnets.ipv4.text } : {});
  }
}
