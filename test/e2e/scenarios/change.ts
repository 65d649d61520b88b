import { check, eventually, type Step } from "../harness";
import type { Expectation, Inventory } from "../inventory";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const label = "node.cluster.x-k8s.io/tier";
const taint = (value: string) => ({ key: "example.org/batch", value, effect: "NoSchedule" });
const batch = (tier: string, value: string) => ({ name: "batch", labels: { [label]: tier }, taints: [taint(value)] });
const general = (replicas: number) => ({ name: "md-0", replicas });

interface NodeList {
  items: { spec: { taints?: { key: string; value?: string }[] } }[];
}

/** Settings in the long form, in place of those of the short one. */
const listed = (cluster: object): StackSettings => listedClusters([{ name: "capd", loadBalancerSlot: 0, ...cluster }]);

/** What comes or goes with one machine of a pool. */
const machine = (pool: string): RegExp[] =>
  [
    `^container capd-${pool}-\\w{5}-\\w{5}$`,
    `^clusterapi Machine default/capd-${pool}-\\w{5}-\\w{5}$`,
    `^clusterapi DevMachine default/capd-${pool}-\\w{5}-\\w{5}$`,
    `^capd Node capd-${pool}-\\w{5}-\\w{5}$`,
  ].map((text) => new RegExp(text));

const machineSet = (pool: string): RegExp => new RegExp(`^clusterapi MachineSet default/capd-${pool}-\\w{5}$`);
const deployment = (pool: string): RegExp => new RegExp(`^clusterapi MachineDeployment default/capd-${pool}$`);
const bootstrapTemplate = (pool: string): RegExp =>
  new RegExp(`^clusterapi KubeadmConfigTemplate default/capd-${pool}-\\w+$`);
const machineTemplate = (pool: string): RegExp =>
  new RegExp(`^clusterapi DevMachineTemplate default/capd-${pool}-\\w+$`);

/** What comes or goes with a pool of one machine. */
const pool = (name: string): RegExp[] => [
  ...machine(name),
  machineSet(name),
  deployment(name),
  bootstrapTemplate(name),
  machineTemplate(name),
];

const application = [/^capd Deployment default\/nginx$/, /^capd Service default\/nginx$/];

const steps = (stack: TestStack): Step[] => {
  let before: Inventory = {};
  /** A change with its class in the plan, and all that it may do. */
  const change = (
    name: string,
    cluster: object,
    planned: "in place" | "rolling",
    expected: Expectation,
    afterwards: () => Promise<void> | void = () => undefined,
  ): Step => ({
    name: `${name}: ${planned}, and nothing else is touched`,
    run: async () => {
      stack.write("dev", listed(cluster));
      stack.expectPlan({ "cluster capd": planned }, 2);
      stack.up();
      before = stack.expectDifference(before, ["capd"], expected);
      await afterwards();
    },
  });
  const labelled = (value: string) => () =>
    eventually(`one node with ${label}=${value}`, 60, () => {
      const names = stack.kubectl("capd", "get", "nodes", "--selector", `${label}=${value}`, "--output", "name");
      return names.trim().split("\n").filter(Boolean).length === 1 || names;
    });

  return [
    {
      name: "the same settings as a list of one cluster: unchanged, exit code 0",
      run: () => {
        before = stack.inventory(["capd"]);
        stack.write("dev", listed({}));
        stack.expectPlan({}, 0);
      },
    },
    change("workers 1 to 2", { workers: [general(2)] }, "in place", {
      added: machine("md-0"),
      edited: [deployment("md-0"), machineSet("md-0")],
    }),
    change("workers 2 to 1", { workers: [general(1)] }, "in place", {
      removed: machine("md-0"),
      edited: [deployment("md-0"), machineSet("md-0")],
    }),
    change(
      "a worker pool more",
      { workers: [general(1), batch("slow", "yes")] },
      "in place",
      { added: pool("batch") },
      labelled("slow"),
    ),
    change(
      "labels of the pool",
      { workers: [general(1), batch("fast", "yes")] },
      "in place",
      { edited: [deployment("batch"), machineSet("batch")] },
      labelled("fast"),
    ),
    change(
      "taints of the pool",
      { workers: [general(1), batch("fast", "no")] },
      "rolling",
      {
        added: [...machine("batch"), machineSet("batch"), bootstrapTemplate("batch")],
        removed: [...machine("batch"), machineSet("batch"), bootstrapTemplate("batch")],
        edited: [deployment("batch")],
      },
      () => {
        const json = stack.kubectl("capd", "get", "nodes", "--selector", `${label}=fast`, "--output", "json");
        const [node] = (JSON.parse(json) as NodeList).items;
        const taints = (node?.spec.taints ?? []).map(({ key, value }) => `${key}=${value}`);
        check(taints.includes("example.org/batch=no"), `the new taint on the node, got ${taints.join(", ")}`);
      },
    ),
    change("a worker pool less", { workers: [general(1)] }, "in place", { removed: pool("batch") }, () => {
      const args = ["--field-selector", "reason=SuccessfulDrainNode", "--output", "jsonpath={.items[*].message}"];
      const drained = stack.kubectl("clusterapi", "get", "events", ...args);
      // One for the machine that the taints exchanged, one for the pool's last.
      const count = drained.match(/capd-batch-/g)?.length ?? 0;
      check(count === 2, `two drained nodes of the pool, got ${drained}`);
    }),
    change("the application off", { application: false }, "in place", { removed: application }),
    change("the application on", { application: true }, "in place", { added: application }, () =>
      stack.answers(stack.outputs().url ?? "no URL"),
    ),
    {
      name: "another up changes nothing, and the plan says so",
      run: () => {
        stack.upChangesNothing();
        stack.expectPlan({}, 0);
      },
    },
  ];
};

/** Everything that changes while a cluster lives, one after the other. */
export const change: Scenario = {
  name: "change",
  title: "scale, worker pools, labels, taints and the application, on one cluster in place",
  base: "dev",
  start: {},
  steps,
};
