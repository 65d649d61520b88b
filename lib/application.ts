import { waitForAnnotation } from "./rollout";

const labels = { app: "nginx" };
const metadata = { name: "nginx", namespace: "default", labels };

/** Seconds in which a pod that has to go still answers: another one starts elsewhere, and its node is announced. */
const lingerSeconds = 15;

/** One pod of a web server on port 80. */
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
        containers: [
          {
            name: "nginx",
            image,
            imagePullPolicy: "IfNotPresent",
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
 * Its Service; created means that a load balancer has given it an address.
 *
 * @param part of the entry that is waited for: `.ip`, or empty for whatever a cloud gives
 */
export const serviceObject = (part = ".ip") => ({
  apiVersion: "v1" as const,
  kind: "Service" as const,
  metadata: { ...metadata, annotations: { [waitForAnnotation]: `jsonpath={.status.loadBalancer.ingress[0]${part}}` } },
  spec: {
    type: "LoadBalancer" as const,
    // Only nodes with a pod announce the address: it moves when a node is drained, and not when one is missed.
    externalTrafficPolicy: "Local" as const,
    selector: labels,
    ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
  },
});
