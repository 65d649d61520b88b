import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { KubernetesObject } from "../../lib/manifests";
import { applyOrder, typeToken, withWait } from "../../lib/rollout";

const object = (apiVersion: string, kind: string, name = "x"): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
});

test.each([
  ["v1", "Namespace", "namespaces"],
  ["cert-manager.io/v1", "Issuer", "issuers"],
  ["cert-manager.io/v1", "ClusterIssuer", "issuers"],
  ["cert-manager.io/v1", "Certificate", "certificates"],
  ["acme.cert-manager.io/v1", "Order", "plain"],
  ["apps/v1", "DaemonSet", "daemonSets"],
  ["batch/v1", "Job", "workloads"],
  ["v1", "Service", "plain"],
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "plain"],
])("%s %s goes with %s", (apiVersion, kind, stage) => {
  expect(applyOrder([object(apiVersion, kind)])).toMatchObject({ [stage]: [object(apiVersion, kind)] });
});

test("every object is in one stage, in the manifest's order", () => {
  const kinds = fc.constantFrom("Namespace", "Deployment", "Service", "Certificate");
  fc.assert(
    fc.property(fc.array(kinds), (list) => {
      const objects = list.map((kind, index) =>
        object(kind === "Certificate" ? "cert-manager.io/v1" : "v1", kind, String(index).padStart(3, "0")),
      );
      const stages = Object.values(applyOrder(objects)) as KubernetesObject[][];
      const names = (some: KubernetesObject[]): string[] => some.map(({ metadata }) => metadata.name);
      for (const stage of stages) expect(names(stage)).toEqual(names(stage).sort());
      expect(names(stages.flat()).sort()).toEqual(names(objects));
    }),
  );
});

test.each([
  ["v1", "Service", "kubernetes:core/v1:Service"],
  ["apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"],
  ["cluster.x-k8s.io/v1beta2", "Cluster", "kubernetes:cluster.x-k8s.io/v1beta2:Cluster"],
])("the type of %s %s is %s", (apiVersion, kind, expected) => {
  expect(typeToken(object(apiVersion, kind))).toBe(expected);
});

test.each([
  ["cert-manager.io/v1", "Certificate", { "pulumi.com/waitFor": "condition=Ready" }],
  ["v1", "Service", { "pulumi.com/skipAwait": "true" }],
  ["cert-manager.io/v1", "Issuer", { "pulumi.com/waitFor": "condition=Ready" }],
  ["networking.istio.io/v1", "Service", undefined],
  ["apps/v1", "Deployment", undefined],
])("the wait of %s %s is %j", (apiVersion, kind, expected) => {
  expect(withWait(object(apiVersion, kind)).metadata.annotations).toEqual(expected);
});
