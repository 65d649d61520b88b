import { check, eventually, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { stackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

interface Entry {
  name: string;
  workerReplicas: number;
}

const steps = (stack: TestStack): Step[] => {
  const clusters = stackSettings("many")["clusters"] as Entry[];
  const machines = clusters.reduce((total, { workerReplicas }) => total + 1 + workerReplicas, 0);
  const count = (kind: string, path: string, value: string): number =>
    stack
      .kubectl(
        "clusterapi",
        "get",
        kind,
        "--all-namespaces",
        "--output",
        `jsonpath={range .items[*]}${path}{"\\n"}{end}`,
      )
      .split("\n")
      .filter((line) => line === value).length;
  return [
    {
      name: `all ${clusters.length} clusters and their ${machines} machines run`,
      run: async () => {
        const { resources } = (JSON.parse(stack.pulumi("stack", "export")) as { deployment: { resources: unknown[] } })
          .deployment;
        console.log(`         ${resources.length} resources in the state`);
        await eventually(`${clusters.length} clusters Available`, 300, () => {
          const available = '{.status.conditions[?(@.type=="Available")].status}';
          const ready = count("clusters.cluster.x-k8s.io", available, "True");
          return ready === clusters.length || ready;
        });
        await eventually(`${machines} machines Running`, 300, () => {
          const running = count("machines.cluster.x-k8s.io", "{.status.phase}", "Running");
          return running === machines || running;
        });
      },
    },
    { name: "another up changes nothing", run: () => stack.upChangesNothing() },
    {
      name: "the plan names every cluster, unchanged",
      run: () => {
        const parts = stack.expectPlan({}, 0).filter(({ part }) => part.startsWith("cluster "));
        check(parts.length === clusters.length, `${clusters.length} clusters in the plan, got ${parts.length}`);
      },
    },
  ];
};

/** A rehearsal of scale. */
export const many: Scenario = {
  name: "many",
  title: "fifty simulated clusters from one stack",
  base: "many",
  start: {},
  steps,
};
