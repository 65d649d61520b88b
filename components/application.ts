import { local } from "@pulumi/command";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { deploymentObject, serviceObject } from "../lib/application";
import { type AddressRange, contains } from "../lib/addresses";
import { objectKey } from "../lib/manifests";
import { inside, lifeIn, type ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";
import { step } from "./step";

/** The application that proves the cluster. */
export interface ApplicationArgs {
  cluster: ClusterHandle;
  /** Image of a web server that listens on port 80. */
  image: string;
  /** Range or network in which the service's address must lie; absent: whatever the cluster's own infrastructure gives. */
  within?: AddressRange | string;
  /** What its pod waits for: one that comes to a node before the pod network does is held back for ten seconds. */
  podsCanRun: pulumi.Resource[];
  /** What the request through the load balancer waits for. */
  loadBalancerReady: pulumi.Resource[];
}

/** nginx behind a Service of type LoadBalancer, and the answer to a request sent to its address. */
export class Application extends pulumi.ComponentResource {
  public readonly url: pulumi.Output<string>;
  /** What the page said. */
  public readonly answer: pulumi.Output<string>;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Application", name, {}, opts);
    const { cluster } = args;
    const deployment = deploymentObject(args.image);
    const running = new KubernetesResource(`${name}/${objectKey(deployment)}`, deployment, {
      ...inside(cluster, this, args.podsCanRun),
      customTimeouts: { create: "20m", update: "20m" },
    });
    const { within } = args;
    const object = serviceObject(within === undefined ? "" : ".ip");
    const service = new Service(`${name}/${objectKey(object)}`, object, {
      ...inside(cluster, this),
      customTimeouts: { create: "20m", update: "20m" },
    });
    const address = service.status.apply((status) => {
      const { ip, hostname } = status.loadBalancer?.ingress?.[0] ?? {};
      // A cloud may give a name instead of an address.
      const given = within === undefined ? (ip ?? hostname) : ip;
      if (given === undefined || (within !== undefined && !contains(within, given))) {
        const range = typeof within === "string" ? within : (within?.text ?? "");
        const where = within === undefined ? "" : `, which lies outside ${range}`;
        throw new pulumi.ResourceError(`the service got ${given ?? "no address"}${where}`, this, true);
      }
      return given;
    });
    this.url = pulumi.interpolate`http://${address}/`;
    this.answer = new local.Command(
      `${name}-request`,
      { ...step("http-request"), environment: { URL: this.url, TIMEOUT_SECONDS: "180" } },
      { parent: this, dependsOn: [running, ...args.loadBalancerReady], ...lifeIn(cluster) },
    ).stdout;
    this.registerOutputs({});
  }
}
