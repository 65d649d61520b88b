import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { balancedAddress, deploymentObject, serviceObject, urlOf } from "../../lib/addons/application";
import { objectKey } from "../../lib/kubernetes/object";
import type { IpFamily } from "../../lib/network/address";
import type { AddressRange } from "../../lib/network/addressRange";
import type { Cidr } from "../../lib/network/cidr";
import { resourceOptions, lifecycleOptions, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource } from "../kubernetes/manifestObjects";
import { createStep, step } from "../kubernetes/step";

/** Arguments of the application that proves that the cluster works. */
export interface ApplicationArgs {
  cluster: ClusterHandle;
  /** Image of a web server that listens on port 80. */
  image: string;
  /**
   * Ranges or networks that must contain the service's addresses.
   * @default - any address that the cluster's infrastructure assigns
   */
  within?: readonly (AddressRange | Cidr)[];
  /** Address families of the cluster, the primary family first; default: IPv4. */
  families?: readonly IpFamily[];
  /**
   * Resources that the pod waits for. A pod that reaches a node before the pod network does is held back for ten
   * seconds.
   */
  podsCanRun: pulumi.Resource[];
  /** Resources that provide the load balancer's address. */
  loadBalancerReady: pulumi.Resource[];
  /**
   * Containers that send the request: variables of steps/http-request.
   * @default - this host sends the request
   */
  requestFrom?: { readonly FROM: string } | { readonly CLUSTER: string } | undefined;
}

/** Runs nginx behind a Service of type LoadBalancer, and sends a request to the Service's address. */
export class Application extends pulumi.ComponentResource {
  public readonly url: pulumi.Output<string>;
  /** Summary of the page that answered. */
  public readonly answer: pulumi.Output<string>;
  /** URL and answer at the address of the secondary family, if the cluster is dual-stack. */
  public readonly second?: { url: pulumi.Output<string>; answer: pulumi.Output<string> };

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Application", name, {}, opts);
    const { cluster } = args;
    const deployment = deploymentObject(args.image);
    const running = new KubernetesResource(`${name}/${objectKey(deployment)}`, deployment, {
      ...resourceOptions(cluster, this, args.podsCanRun),
      customTimeouts: { create: "20m", update: "20m" },
    });
    const { within, families = ["ipv4"] } = args;
    const object = serviceObject(within === undefined ? "" : ".ip", families);
    const service = new Service(`${name}/${objectKey(object)}`, object, {
      // The plugin waits for an address, not for pods: after a failure, what gives an address would not be started any more.
      ...resourceOptions(cluster, this, args.loadBalancerReady),
      customTimeouts: { create: "20m", update: "20m" },
    });
    const urlIn = (family: IpFamily): pulumi.Output<string> =>
      service.status.apply((status) => {
        try {
          return urlOf(balancedAddress(status.loadBalancer?.ingress ?? [], within, family));
        } catch (error) {
          throw new pulumi.ResourceError((error as Error).message, this, true);
        }
      });
    const request = (url: pulumi.Output<string>, suffix: string): pulumi.Output<string> =>
      createStep(
        `${name}-request${suffix}`,
        { ...step("http-request"), environment: { URL: url, TIMEOUT_SECONDS: "180", ...args.requestFrom } },
        { parent: this, dependsOn: [running, ...args.loadBalancerReady], ...lifecycleOptions(cluster) },
      ).stdout;
    const [primary = "ipv4", second] = families;
    this.url = urlIn(primary);
    this.answer = request(this.url, "");
    if (second !== undefined) {
      const url = urlIn(second);
      this.second = { url, answer: request(url, `-${second}`) };
    }
    this.registerOutputs({});
  }
}
