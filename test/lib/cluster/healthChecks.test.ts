import { describe, expect, test } from "@jest/globals";
import { healthChecks } from "../../../lib/cluster/healthChecks";
import { partsOfSpec } from "../../../lib/cluster/parts";
import { clusterSpec } from "../../../lib/cluster/spec";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";

const read = (healthCheck: unknown, more: object = {}) => {
  const clusters = [{ name: "one", ...(healthCheck === undefined ? {} : { healthCheck }), ...more }];
  const [cluster] = readSettings({ config: { clusters: JSON.stringify(clusters) }, pins }).clusters;
  return cluster!;
};
const checksFor = (healthCheck: unknown, more: object = {}) =>
  healthChecks(clusterSpec(read(healthCheck, more), "docker"));

describe("healthCheck", () => {
  test("makes nothing where it is absent", () => {
    expect(checksFor(undefined)).toEqual([]);
    expect(partsOfSpec(clusterSpec(read(undefined), "docker")).healthChecks).toEqual([]);
  });

  test("is one for each pool with the usual conditions, and one for a control plane of several nodes", () => {
    const workers = [{ name: "a" }, { name: "b" }];
    expect(checksFor({}, { workers }).map(({ metadata }) => metadata.name)).toEqual(["one-a", "one-b"]);
    const [controlPlane, pool] = checksFor({}, { controlPlaneReplicas: 3 });
    expect(controlPlane).toMatchObject({
      metadata: { name: "one-control-plane", namespace: "default" },
      spec: { selector: { matchLabels: { "cluster.x-k8s.io/control-plane": "" } } },
    });
    expect(pool).toEqual({
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "MachineHealthCheck",
      metadata: { name: "one-md-0", namespace: "default" },
      spec: {
        clusterName: "one",
        selector: {
          matchLabels: {
            "cluster.x-k8s.io/cluster-name": "one",
            "cluster.x-k8s.io/deployment-name": "one-md-0",
          },
        },
        checks: {
          nodeStartupTimeoutSeconds: 600,
          unhealthyNodeConditions: [
            { type: "Ready", status: "Unknown", timeoutSeconds: 300 },
            { type: "Ready", status: "False", timeoutSeconds: 300 },
          ],
        },
      },
    });
  });

  test.each([
    ["40%", "40%"],
    ["1", 1],
  ])("takes %s for at most %s", (healthCheck, unhealthyLessThanOrEqualTo) => {
    const conditions = [{ type: "DiskPressure", status: "True", timeoutSeconds: 60 }];
    const [check] = checksFor({ unhealthyLessThanOrEqualTo: healthCheck, unhealthyNodeConditions: conditions });
    expect(check).toMatchObject({
      spec: {
        checks: { unhealthyNodeConditions: conditions },
        remediation: { triggerIf: { unhealthyLessThanOrEqualTo } },
      },
    });
  });

  test.each<[unknown, RegExp]>([
    [{ maxUnhealthy: "40%" }, /clusters\[0\]\.healthCheck\.maxUnhealthy: expected a known field\. Remove it/],
    [{ unhealthyLessThanOrEqualTo: "140%" }, /healthCheck\.unhealthyLessThanOrEqualTo: .*percentage.*, got "140%"/],
    [
      { unhealthyNodeConditions: [{ status: "Bad" }] },
      /unhealthyNodeConditions\[0\]\.status: expected one of .*, got "Bad"/,
    ],
    [{ unhealthyNodeConditions: [{ timeoutSeconds: 0 }] }, /unhealthyNodeConditions\[0\]\.timeoutSeconds: .*, got 0/],
    ["yes", /clusters\[0\]\.healthCheck: expected a map, got "yes"/],
  ])("refuses %j", (healthCheck, error) => expect(() => read(healthCheck)).toThrow(error));

  test("is left out beside a template", () => {
    expect(() => read({}, { template: "aws.yaml" })).toThrow(/healthCheck: expected no value beside template/);
  });
});
