import { check, eventually, must, type Step } from "./harness";
import type { TestStack } from "./testStack";

const condition = (status: string): object => ({ type: "Ready", status, timeoutSeconds: 30 });

/** The cluster of Pulumi.dev.yaml as an entry of `clusters`, with a health check that does not wait for long. */
const checked = {
  clusters: [
    {
      name: "capd",
      loadBalancerSlot: 0,
      healthCheck: { unhealthyNodeConditions: [condition("Unknown"), condition("False")] },
    },
  ],
};

/** A health check is asked for, a worker dies for good, and Cluster API takes another in its place without an up. */
export const healthSteps = (
  stack: TestStack,
  { worker, ready }: { worker: () => string; ready: () => Promise<void> },
): Step[] => [
  {
    name: "healthCheck makes a MachineHealthCheck and touches no machine",
    run: () => {
      const before = stack.inventory(["capd"]);
      stack.write("dev", checked);
      stack.expectPlan({ "cluster capd": "in place" }, 2);
      stack.up();
      stack.expectDifference(before, ["capd"], {});
      const args = ["get", "machinehealthchecks.cluster.x-k8s.io", "--output", "jsonpath={.items[*].metadata.name}"];
      const output = stack.kubectl("clusterapi", ...args);
      check(output === "capd-md-0", `the check capd-md-0, got ${output}`);
    },
  },
  {
    name: "a worker that is stopped is replaced by Cluster API; the plan has nothing to say of it afterwards",
    run: async () => {
      const gone = worker();
      must("docker", ["stop", gone]);
      await eventually(`another worker than ${gone}`, 900, () => {
        const path = 'jsonpath={range .items[*]}{.metadata.name} {.status.phase}{"\\n"}{end}';
        const args = ["--selector", "cluster.x-k8s.io/deployment-name=capd-md-0", "--output", path];
        const lines = stack.kubectl("clusterapi", "get", "machines.cluster.x-k8s.io", ...args).trim();
        return (lines.endsWith(" Running") && !lines.includes(gone)) || lines;
      });
      await ready();
      stack.expectPlan({}, 0);
    },
  },
  {
    name: "without healthCheck the MachineHealthCheck goes",
    run: () => {
      stack.write("dev");
      stack.expectPlan({ "cluster capd": "in place" }, 2);
      stack.up();
      stack.expectPlan({}, 0);
    },
  },
];
