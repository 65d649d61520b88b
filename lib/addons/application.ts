import { waitForAnnotation } from "../kubernetes/waits";
import { addressOf, familyNames, familyOf, type IpFamily } from "../network/address";
import { type AddressRange, contains, rangeFamily } from "../network/addressRange";
import type { Cidr } from "../network/cidr";

const labels = { app: "nginx" };
const metadata = { name: "nginx", namespace: "default", labels };

/** What a web server that starts as root uses: port 80, files of its own, workers of another user. */
const serverCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/**
 * Seconds in which a pod that has to go still answers: another one starts elsewhere, on a node whose pod network may just
 * begin, and that node is announced. Less than the 30 that Kubernetes gives a pod to end.
 */
const lingerSeconds = 25;

/**
 * One pod of a web server on port 80, which has no token of the cluster. It keeps to the level baseline of the Pod
 * Security Standards: restricted would forbid root, as which images of web servers open port 80 and write their
 * configuration (nginx's own image to listen on IPv6).
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
            // Dropping root for a user of its own needs none of what this forbids.
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
 * Its Service; created means that a load balancer has given it an address, of each family that it is to have.
 *
 * @param part of the entry that is waited for: `.ip`, or empty for whatever a cloud gives
 * @param families of the cluster, the primary one first; one alone is what the Service has by itself
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
    // Only nodes with a pod announce the address: it moves when a node is drained, and not when one is missed.
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
 * The address of one family that a load balancer gave.
 *
 * @param within ranges or networks it must lie in, one of each family; absent: whatever a cloud gives, a name included
 * @throws Error that says what was given instead
 */
export const balancedAddress = (
  ingress: readonly Ingress[],
  within: readonly (AddressRange | Cidr)[] | undefined,
  family: IpFamily,
): string => {
  if (within === undefined) {
    const given = ingress[0]?.ip ?? ingress[0]?.hostname;
    if (given !== undefined) return given;
    throw new Error("the service got no address");
  }
  const given = ingress.map(({ ip }) => ip).find((ip) => ip !== undefined && familyOf(ip) === family) ?? ingress[0]?.ip;
  const ranges = within.filter((range) => rangeFamily(range) === family);
  if (given !== undefined && ranges.some((range) => contains(range, given))) return given;
  throw new Error(
    `the service got ${given ?? "no address"}, which lies outside ${ranges.map(({ text }) => text).join(", ")}`,
  );
};

/** The URL of an address or name; an IPv6 address stands in brackets. */
export const urlOf = (address: string): string =>
  addressOf(address)?.family === "ipv6" ? `http://[${address}]/` : `http://${address}/`;
