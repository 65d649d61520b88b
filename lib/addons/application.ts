import { waitForAnnotation } from "../kubernetes/waits";
import { familyNames, type IpFamily } from "../network/address";
import { type AddressRange, contains } from "../network/addressRange";
import type { Cidr } from "../network/cidr";
import { addressOf, familyOf } from "../network/parse";

const labels = { app: "nginx" };
const metadata = { name: "nginx", namespace: "default", labels };

/** Capabilities that a web server needs if it starts as root: port 80, its own files, workers of another user. */
const serverCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/**
 * Seconds in which a terminating pod still answers. Meanwhile a new pod starts on another node, whose pod network may
 * just start, and MetalLB announces that node. The value is below the 30 seconds that Kubernetes gives a pod to end.
 */
const lingerSeconds = 25;

/**
 * Returns a Deployment with one pod of a web server on port 80, without a token of the cluster. The pod meets the level
 * baseline of the Pod Security Standards. The level restricted would forbid root, which images of web servers need to
 * open port 80 and to write their configuration. (nginx's own image writes it to listen on IPv6.)
 */
export const deploymentObject = (image: string) => ({
  apiVersion: "apps/v1" as const,
  kind: "Deployment" as const,
  metadata,
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "nginx",
            image,
            imagePullPolicy: "IfNotPresent",
            // A process that drops root for its own user needs none of the forbidden rights.
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"], add: serverCapabilities },
            },
            ports: [{ containerPort: 80 }],
            lifecycle: { preStop: { sleep: { seconds: lingerSeconds } } },
            readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});

/**
 * Returns the Service of the application. It counts as created when a load balancer has assigned an address of each
 * family.
 *
 * @param part - field of the address entry to wait for: `.ip`, or empty for any entry of a cloud; default: `.ip`
 * @param families - families of the cluster, the primary family first; default: IPv4
 */
export const serviceObject = (part = ".ip", families: readonly IpFamily[] = ["ipv4"]) => ({
  apiVersion: "v1" as const,
  kind: "Service" as const,
  metadata: {
    ...metadata,
    annotations: { [waitForAnnotation]: `jsonpath={.status.loadBalancer.ingress[${families.length - 1}]${part}}` },
  },
  spec: {
    type: "LoadBalancer" as const,
    // Only nodes with a pod announce the address: it moves when a node is drained, and not when a node fails unnoticed.
    externalTrafficPolicy: "Local" as const,
    selector: labels,
    ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
    ...(families.length > 1
      ? { ipFamilyPolicy: "RequireDualStack", ipFamilies: families.map((family) => familyNames[family]) }
      : {}),
  },
});

/** An entry of a Service's `status.loadBalancer.ingress`. */
export interface Ingress {
  ip?: string;
  hostname?: string;
}

/**
 * Returns the address of one family that a load balancer assigned.
 *
 * @param within - ranges or networks that must contain the address, one of each family; default: any address or host
 * name of a cloud
 * @throws Error with the address that was assigned instead
 */
export const balancedAddress = (
  ingress: readonly Ingress[],
  within: readonly (AddressRange | Cidr)[] | undefined,
  family: IpFamily,
): string => {
  if (within === undefined) {
    const assigned = ingress[0]?.ip ?? ingress[0]?.hostname;
    if (assigned !== undefined) return assigned;
    throw new Error(
      "service nginx: expected an address, got none. Run make status, which shows what blocks the load balancer.",
    );
  }
  const assigned =
    ingress.map(({ ip }) => ip).find((ip) => ip !== undefined && familyOf(ip) === family) ?? ingress[0]?.ip;
  const ranges = within.filter((range) => range.family === family);
  const address = addressOf(assigned ?? "");
  if (assigned !== undefined && ranges.some((range) => contains(range, address))) return assigned;
  const expected = ranges.map(({ text }) => text).join(", ");
  throw new Error(
    `service nginx: expected an address of ${expected}, got ${assigned ?? "none"}. ` +
      "Run make status, which shows the load balancer's addresses.",
  );
};

/** Returns the URL of an address or host name, with an IPv6 address in brackets. */
export const urlOf = (address: string): string =>
  addressOf(address)?.family === "ipv6" ? `http://[${address}]/` : `http://${address}/`;
