import { expect, test } from "@jest/globals";
import { webhookCertificate, withEarlyController } from "../../../lib/addons/metalLb";
import type { KubernetesObject } from "../../../lib/kubernetes/object";

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
  const unrelated = [workload("DaemonSet", "speaker", {}), { ...workload("Deployment", "other", {}) }];
  expect(withEarlyController(unrelated)).toEqual(unrelated);
});

const controllerWith = (pod: object): KubernetesObject => ({
  ...workload("Deployment", "controller", pod),
  spec: { selector: { matchLabels: { app: "metallb", component: "controller" } }, template: { spec: pod } },
});

test("the webhook's certificate is in the Secret that the controller mounts", () => {
  const pod = { volumes: [{ emptyDir: {} }, { name: "cert", secret: { secretName: "webhook-cert" } }] };
  expect(webhookCertificate([workload("DaemonSet", "speaker", pod), controllerWith(pod)])).toEqual({
    secret: "metallb-system/webhook-cert",
    pods: "app=metallb,component=controller",
  });
});

test.each([[{}], [{ volumes: [{ emptyDir: {} }] }]])("a controller with %j mounts no certificate", (pod) => {
  expect(webhookCertificate([controllerWith(pod)])).toBeUndefined();
});
