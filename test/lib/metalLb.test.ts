import { expect, test } from "@jest/globals";
import type { KubernetesObject } from "../../lib/manifests";
import { withEarlyController } from "../../lib/metalLb";

const workload = (kind: string, name: string, pod: object): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace: "metallb-system" },
  spec: { template: { spec: pod } },
});
const toleration = { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" };

test.each([
  [{ containers: [] }, [toleration]],
  [{ containers: [], tolerations: [{ key: "own" }] }, [{ key: "own" }, toleration]],
])("MetalLB's controller with %j may run on control plane nodes", (pod, tolerations) => {
  const before = workload("Deployment", "controller", pod);
  const untouched = structuredClone(before);
  expect(withEarlyController([before])).toEqual([workload("Deployment", "controller", { ...pod, tolerations })]);
  expect(before).toEqual(untouched);
});

test("everything else of MetalLB stays as its manifest has it", () => {
  const others = [workload("DaemonSet", "speaker", {}), { ...workload("Deployment", "other", {}) }];
  expect(withEarlyController(others)).toEqual(others);
});
