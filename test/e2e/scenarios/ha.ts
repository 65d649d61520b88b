import { etcdMembers } from "../etcdMembers";
import { check, type Step } from "../harness";
import { type Inventory } from "../inventory";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const machine = [
  /^container ha-control-plane-\w{5}$/,
  /^clusterapi Machine default\/ha-control-plane-\w{5}$/,
  /^clusterapi DevMachine default\/ha-control-plane-\w{5}$/,
  /^ha Node ha-control-plane-\w{5}$/,
];
const controlPlane = [/^clusterapi KubeadmControlPlane default\/ha-control-plane$/];

const steps = (stack: TestStack): Step[] => {
  let before: Inventory = {};
  const controlPlaneNodes = (): string[] => {
    const args = [
      "--selector",
      "node-role.kubernetes.io/control-plane",
      "--output",
      "jsonpath={.items[*].metadata.name}",
    ];
    return stack
      .kubectl("ha", "get", "nodes", ...args)
      .split(" ")
      .sort();
  };
  const members = (count: number): void => {
    const nodes = controlPlaneNodes();
    check(nodes.length === count, `${count} control plane nodes, got ${nodes.join(", ")}`);
    const names = etcdMembers(nodes[0]!);
    check(
      JSON.stringify(names) === JSON.stringify(nodes),
      `the etcd members ${nodes.join(", ")}, got ${names.join(", ")}`,
    );
  };
  const scale = (from: number, to: number): Step => ({
    name: `control plane ${from} to ${to}: in place, and etcd has ${to} ${to === 1 ? "member" : "members"}`,
    run: async () => {
      before = stack.inventory(["ha"]);
      stack.write("ha", { controlPlaneReplicas: to });
      stack.expectPlan({ "cluster ha": "in place" }, 2);
      stack.up();
      const machines = Array.from({ length: Math.abs(to - from) }, () => machine).flat();
      stack.expectDifference(before, ["ha"], { [to > from ? "added" : "removed"]: machines, edited: controlPlane });
      members(to);
      await stack.answers(stack.outputs().url ?? "no URL");
    },
  });
  return [
    {
      name: "three control planes, three etcd members, two workers, and it answers",
      run: async () => {
        members(3);
        check(stack.outputs().clusters[0]!.nodes.length === 5, "5 nodes");
        await stack.answers(stack.outputs().url ?? "no URL");
      },
    },
    scale(3, 1),
    scale(1, 3),
    { name: "another up changes nothing", run: () => stack.upChangesNothing() },
  ];
};

/** A control plane of several machines. */
export const ha: Scenario = {
  name: "ha",
  title: "three control planes and two workers; the control plane shrinks and grows with its etcd",
  base: "ha",
  start: {},
  steps,
};
