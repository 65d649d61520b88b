import { expect, test } from "@jest/globals";
import { withCapdImage } from "../../../lib/kubernetes/images";
import { imagesOf, type KubernetesObject } from "../../../lib/kubernetes/object";

const deployment = (...images: string[]): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "d" },
  spec: {
    template: { spec: { containers: images.map((image) => ({ name: "c", image, imagePullPolicy: "Always" })) } },
  },
});

test.each([
  ["gcr.io/k8s-staging-cluster-api/capd-manager:v1", true],
  ["capd-manager@sha256:0", true],
  ["localhost:5000/capd-manager:dev", true],
  ["registry.k8s.io/cluster-api/cluster-api-controller:v1", false],
  ["example.org/not-capd-manager:v1", false],
])("%s is replaced: %s", (image, replaced) => {
  const before = deployment(image, "sidecar:v1");
  const after = withCapdImage([before], "mine:v2");
  expect(imagesOf(after)).toEqual([replaced ? "mine:v2" : image, "sidecar:v1"].sort());
  expect(JSON.stringify(after).includes("IfNotPresent")).toBe(replaced);
  expect(before).toEqual(deployment(image, "sidecar:v1"));
});

test("other kinds stay as they are", () => {
  const service: KubernetesObject = { apiVersion: "v1", kind: "Service", metadata: { name: "s" } };
  expect(withCapdImage([service], "mine:v2")[0]).toBe(service);
});
