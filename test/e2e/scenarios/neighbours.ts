import { check, dockerInventory, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { StackSettings } from "../stackFile";
import { TestStack } from "../testStack";

/** A second stack beside the one of the scenario, on the same network; a small one. */
const settings: StackSettings = {
  managementCluster: "neighbour",
  clusterName: "next-door",
  adoptNetwork: true,
  workerReplicas: 0,
  application: false,
};

const kinds = "clusters.cluster.x-k8s.io,machines.cluster.x-k8s.io,devmachines.infrastructure.cluster.x-k8s.io";

/** What must stay of a stack: ids and starts of its containers, and uids of Cluster API's objects. */
const fingerprint = (stack: TestStack, management: string, cluster: string): string => {
  const ids = [management, cluster].flatMap((name) =>
    must("docker", ["ps", "--all", "--quiet", "--filter", `label=io.x-k8s.kind.cluster=${name}`])
      .split("\n")
      .filter(Boolean),
  );
  const containers = must("docker", ["inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", ...ids]);
  const path = "{range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{'\\n'}{end}".replaceAll("'", '"');
  const uids = stack.kubectl(management, "get", kinds, "--all-namespaces", "--output", `jsonpath=${path}`);
  const nodes = stack.kubectl(cluster, "get", "nodes", "--output", `jsonpath=${path}`);
  check(uids.includes("Machine ") && nodes.includes("Node "), `machines and nodes, got\n${uids}${nodes}`);
  return [containers, uids, nodes].join("\n");
};

const steps = (first: TestStack): Step[] => {
  const second = new TestStack("e2e-neighbour", first.route);
  const ofFirst = (): string => fingerprint(first, "clusterapi", "capd");
  const ofSecond = (): string => fingerprint(second, "neighbour", "next-door");
  const untouched = (before: string, after: string): void =>
    check(before === after, `the other stack as it was\n${before}\ngot\n${after}`);
  let before = "";
  return [
    {
      name: "a stack with the names of the other is refused, and nothing is made",
      run: () => {
        before = ofFirst();
        second.write("dev", { adoptNetwork: true });
        const { code, stdout, stderr } = second.slipway("up");
        check(code !== 0 && /rename the clusters/.test(stdout + stderr), `a refusal, got ${code}\n${stdout}${stderr}`);
        untouched(before, ofFirst());
      },
    },
    {
      name: "a stack that would replace the network is refused, with the way to share it",
      run: () => {
        second.write("dev", { ...settings, adoptNetwork: undefined });
        const { code, stdout, stderr } = second.slipway("up");
        check(
          code !== 0 && /set adoptNetwork to true/.test(stdout + stderr),
          `how to share it, got ${code}\n${stdout}${stderr}`,
        );
      },
    },
    {
      name: "with other names it comes up beside the first, which answers, with other addresses",
      run: async () => {
        second.write("dev", settings);
        second.up();
        untouched(before, ofFirst());
        await first.answers(first.outputs().url ?? "no URL");
        const [one, other] = [first, second].map((stack) => stack.outputs().loadBalancerRange);
        check(one !== undefined && other !== undefined && one !== other, `two ranges, got ${one} and ${other}`);
      },
    },
    {
      name: "destroy of the second leaves the first as it was",
      run: async () => {
        second.destroy();
        untouched(before, ofFirst());
        await first.answers(first.outputs().url ?? "no URL");
        check(!dockerInventory().containers.some((name) => /^(neighbour|next-door)-/.test(name)), "nothing of it left");
      },
    },
    {
      name: "the reverse: destroy of the first leaves the second, and the network that it uses",
      run: () => {
        second.up();
        const there = ofSecond();
        const { code, stdout, stderr } = first.slipway("destroy");
        check(
          code === 0 && /network kind stays, since others use it: .*neighbour-control-plane/.test(stdout),
          `a destroy that says what stays, got ${code}\n${stdout}${stderr}`,
        );
        untouched(there, ofSecond());
        second.upChangesNothing();
      },
    },
    {
      name: "destroy of the second",
      always: true,
      run: () => {
        second.destroy();
        second.remove();
      },
    },
  ];
};

/** Two stacks on one Docker host. */
export const neighbours: Scenario = {
  name: "neighbours",
  title: "two stacks on one Docker host and network: up and destroy of one leave the other as it was",
  base: "dev",
  start: {},
  steps,
};
