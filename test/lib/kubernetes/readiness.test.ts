import { expect, test } from "@jest/globals";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { withQuickReadiness } from "../../../lib/kubernetes/readinessProbes";

const deployment = (readinessProbe?: object, kind = "Deployment", more: object = {}): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "one", namespace: "two" },
  spec: {
    template: {
      spec: { containers: [{ name: "c", image: "i", ...(readinessProbe ? { readinessProbe } : {}), ...more }] },
    },
  },
});

test.each([
  [
    "asks over HTTP every second, at once",
    { httpGet: { path: "/readyz", port: 1 }, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 3 },
    { httpGet: { path: "/readyz", port: 1 }, periodSeconds: 1, failureThreshold: 3 },
  ],
  ["asks a port every second", { tcpSocket: { port: 1 } }, { tcpSocket: { port: 1 }, periodSeconds: 1 }],
])("%s", (_name, before, after) => {
  expect(withQuickReadiness(deployment(before))).toEqual(deployment(after));
});

test("runs a program every second until it first succeeds, and then as the manifest has it", () => {
  const readinessProbe = { exec: { command: ["x"] }, initialDelaySeconds: 5, periodSeconds: 10 };
  const startupProbe = { exec: { command: ["x"] }, periodSeconds: 1, failureThreshold: 600 };
  expect(withQuickReadiness(deployment(readinessProbe))).toEqual(
    deployment(readinessProbe, "Deployment", { startupProbe }),
  );
});

test("leaves a startup probe of the manifest alone", () => {
  const object = deployment({ exec: { command: ["x"] } }, "Deployment", { startupProbe: { tcpSocket: { port: 1 } } });
  expect(withQuickReadiness(object)).toEqual(object);
});

test("leaves what it was given as it was", () => {
  const probe = { httpGet: { port: 1 }, initialDelaySeconds: 10 };
  const object = deployment(probe);
  withQuickReadiness(object);
  expect(object).toEqual(deployment({ httpGet: { port: 1 }, initialDelaySeconds: 10 }));
});

test.each([deployment(), { apiVersion: "v1", kind: "Service", metadata: { name: "s" } }])(
  "%j has nothing to ask",
  (object) => expect(withQuickReadiness(object)).toEqual(object),
);
