import { expect, test } from "@jest/globals";
import { calicoFor } from "../../lib/calico";
import type { KubernetesObject } from "../../lib/manifests";

const daemonSet = (env?: object[]): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "calico-node", namespace: "kube-system" },
  spec: {
    template: {
      spec: {
        containers: [
          { name: "calico-node", image: "i", ...(env ? { env } : {}) },
          { name: "other", env: [] },
        ],
      },
    },
  },
});
const other: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "calico-config" } };
const pool = { name: "CALICO_IPV4POOL_CIDR", value: "10.0.0.0/16" };

test.each([
  ["no environment", undefined, [pool]],
  ["other variables", [{ name: "A", value: "b" }], [{ name: "A", value: "b" }, pool]],
  ["another pool", [{ ...pool, value: "192.168.0.0/16" }], [pool]],
])("sets the pool where there is %s", (_, env, expected) => {
  const before = daemonSet(env);
  const [first, second] = calicoFor([other, before], "10.0.0.0/16");
  expect(first).toBe(other);
  expect(second).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            { name: "calico-node", image: "i", env: expected },
            { name: "other", env: [] },
          ],
        },
      },
    },
  });
  expect(before).toEqual(daemonSet(env));
});

test("refuses a manifest of something else, naming the setting", () => {
  expect(() => calicoFor([other], "10.0.0.0/16")).toThrow(/cniManifest .*calico-node/);
});
