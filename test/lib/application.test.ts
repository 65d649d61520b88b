import { expect, test } from "@jest/globals";
import { deploymentObject, serviceObject } from "../../lib/application";

test("a pod that is evicted still answers while another starts, and ends before it is killed", () => {
  const { template } = deploymentObject("nginx:1").spec;
  const [container] = template.spec.containers;
  const seconds = container!.lifecycle.preStop.sleep.seconds;
  expect(seconds).toBeGreaterThanOrEqual(10);
  // Kubernetes' own grace period, which the sleep is part of.
  expect(seconds).toBeLessThan(30);
});

test("the service is announced by nodes that have a pod, and selects the deployment's", () => {
  const { spec } = serviceObject();
  expect(spec.externalTrafficPolicy).toBe("Local");
  expect(deploymentObject("nginx:1").spec.template.metadata.labels).toMatchObject(spec.selector);
});
