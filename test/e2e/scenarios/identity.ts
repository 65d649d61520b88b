import { check, type Step } from "../harness";
import { differenceOf, type Inventory } from "../inventory";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** The cluster's own containers and objects; the Docker provider's are named capd too. */
const ofCluster = /^(container capd-|clusterapi \w+ default\/capd\b)/;

const podCidr = "10.64.0.0/16";

const steps = (stack: TestStack): Step[] => {
  let before: Inventory = {};
  return [
    {
      name: "another podCidr is shown as replaced, with what is lost: exit code 3",
      run: () => {
        before = stack.inventory([]);
        stack.write("dev", { podCidr });
        const parts = stack.expectPlan({ "cluster capd": "replaced" }, 3);
        const capd = parts.find(({ part }) => part === "cluster capd")!;
        check(
          capd.reasons.some((reason) => /podCidr 192\.168\.0\.0\/16 → 10\.64\.0\.0\/16/.test(reason)),
          `podCidr before and after among the reasons, got ${capd.reasons.join("; ")}`,
        );
        check(
          capd.lost.some((text) => /2 nodes.*everything in it/.test(text)),
          `what is lost, got ${capd.lost.join("; ")}`,
        );
        const { code, stdout } = stack.slipway("plan");
        check(code === 3 && stdout.includes("LOST: "), `LOST in the table, got ${code}\n${stdout}`);
        stack.expectDifference(before, [], {});
      },
    },
    {
      name: "up makes another cluster in its place; management cluster and providers stay",
      run: () => {
        stack.up();
        const { added, removed, exchanged, edited } = differenceOf(before, stack.inventory([]));
        const stray = [...added, ...removed, ...exchanged, ...edited].filter((key) => !ofCluster.test(key));
        check(stray.length === 0, `changes of the cluster capd only, got ${stray.join(", ")}`);
        check(
          exchanged.includes("clusterapi Cluster default/capd"),
          `another Cluster object, got ${exchanged.join(", ")}`,
        );
        const containers = (keys: string[]): number => keys.filter((key) => key.startsWith("container ")).length;
        // Two nodes under new names, and the load balancer of the API under the old one.
        check(containers(added) === 2 && containers(removed) === 2, `two nodes for two, got ${added.join(", ")}`);
        check(exchanged.includes("container capd-lb"), `another load balancer, got ${exchanged.join(", ")}`);
      },
    },
    {
      name: "the new cluster answers and has pods of the new network",
      run: async () => {
        await stack.answers(stack.outputs().url ?? "no URL");
        const args = [
          "--namespace",
          "default",
          "--selector",
          "app=nginx",
          "--output",
          "jsonpath={.items[*].status.podIP}",
        ];
        const address = stack.kubectl("capd", "get", "pods", ...args);
        check(address.startsWith("10.64."), `an address of ${podCidr}, got ${address}`);
        stack.upChangesNothing();
      },
    },
  ];
};

/** A setting that makes another cluster. */
export const identity: Scenario = {
  name: "identity",
  title: "another pod network replaces the cluster, said in the plan with what is lost",
  base: "dev",
  start: {},
  steps,
};
