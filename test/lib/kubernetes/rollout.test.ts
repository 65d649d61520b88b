import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { applyOrder, beforeCertificates, typeToken } from "../../../lib/kubernetes/installOrder";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { withWait } from "../../../lib/kubernetes/waits";

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
  ["v1", "Pod", "workloads"],
  ["v1", "ReplicationController", "workloads"],
  ["apps/v1", "ReplicaSet", "workloads"],
  ["batch/v1", "CronJob", "plain"],
  ["networking.k8s.io/v1", "Ingress", "ingresses"],
  ["networking.istio.io/v1", "Ingress", "plain"],
  ["v1", "PersistentVolumeClaim", "plain"],
  ["v1", "Secret", "plain"],
  ["v1", "Service", "plain"],
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "plain"],
])("%s %s goes with %s", (apiVersion, kind, stage) => {
  expect(applyOrder([object(apiVersion, kind)])).toMatchObject({ [stage]: [object(apiVersion, kind)] });
});

test("a Secret that gets a token of a ServiceAccount comes after the accounts", () => {
  const token = { ...object("v1", "Secret"), type: "kubernetes.io/service-account-token" };
  expect(applyOrder([token]).tokens).toEqual([token]);
});

const annotated = (apiVersion: string, kind: string, annotations: Record<string, string>): KubernetesObject => ({
  ...object(apiVersion, kind),
  metadata: { name: "x", annotations },
});

test("an Ingress that nobody waits for comes early, and an object that its author waits for comes with the pods", () => {
  const ingress = annotated("networking.k8s.io/v1", "Ingress", { "pulumi.com/skipAwait": "true" });
  const annotatedObject = annotated("example.org/v1", "Database", { "pulumi.com/waitFor": "condition=Ready" });
  const service = annotated("v1", "Service", { "pulumi.com/waitFor": "jsonpath={.status}" });
  expect(applyOrder([ingress, annotatedObject, service])).toMatchObject({
    plain: [ingress, service],
    workloads: [annotatedObject],
  });
});

test("what mounts a certificate of a manifest with cert-manager comes after it, all else that runs comes before", () => {
  const pods = (name: string, spec: object): KubernetesObject => ({
    ...object("apps/v1", "Deployment", name),
    spec: { template: { spec: { containers: [], ...spec } } },
  });
  const certificate = { ...object("cert-manager.io/v1", "Certificate"), spec: { secretName: "tls" } };
  const webhook = pods("webhook", {});
  const mounts = pods("mounts", { volumes: [{ name: "a", secret: { secretName: "tls" } }] });
  const reads = pods("reads", {
    containers: [{ env: [{ name: "A", valueFrom: { secretKeyRef: { name: "tls", key: "a" } } }] }],
  });
  const projects = pods("projects", { volumes: [{ projected: { sources: [{ secret: { name: "tls" } }] } }] });
  expect(beforeCertificates([mounts, certificate, webhook, reads, projects])).toEqual([webhook]);
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
  ["v1", "PersistentVolumeClaim", { "pulumi.com/skipAwait": "true" }],
  ["networking.istio.io/v1", "Service", undefined],
  ["apps/v1", "Deployment", undefined],
])("the wait of %s %s is %j", (apiVersion, kind, expected) => {
  expect(withWait(object(apiVersion, kind)).metadata.annotations).toEqual(expected);
});

const ownWaits: Record<string, string>[] = [
  { "pulumi.com/waitFor": "jsonpath={.status.phase}=Bound" },
  { "pulumi.com/skipAwait": "true" },
];

test.each(ownWaits)("a claim keeps the wait that its author wrote: %j", (annotations) => {
  expect(withWait(annotated("v1", "PersistentVolumeClaim", annotations)).metadata.annotations).toEqual(annotations);
});
