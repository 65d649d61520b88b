import { describe, expect, test } from "@jest/globals";
import { autoscaledVariable, isAutoscaled, replicaOptions } from "../../../lib/base/autoscaler";

const annotation = (end: string) => ({ [`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${end}-size`]: "1" });
const ignored = { ignoreChanges: ["spec.replicas"] };

describe("replicas", () => {
  test.each(["min", "max"])("belong to the autoscaler with an annotation for the %s size", (end) => {
    expect(isAutoscaled(annotation(end))).toBe(true);
    expect(replicaOptions("a", annotation(end), {})).toEqual(ignored);
  });

  test("belong to the autoscaler with annotations in the cluster, which the command line reads", () => {
    const environment = { [autoscaledVariable]: "east/MachineDeployment/default/a,b" };
    expect(replicaOptions("b", undefined, environment)).toEqual(ignored);
    expect(replicaOptions("a", undefined, environment)).toEqual({});
  });

  test("belong to the stack without annotations", () => {
    expect(replicaOptions("a", { note: "x" }, {})).toEqual({});
  });
});
