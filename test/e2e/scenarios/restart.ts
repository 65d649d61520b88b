import { isDeepStrictEqual } from "node:util";
import { check, command, eventually, must, type Step } from "../harness";
import { addressesOf, canRestartDaemon, containersOfCluster, restartContainers, restartDaemon } from "../restarts";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const management = "clusterapi-control-plane";

/** What has to be the same after a restart: nodes by uid, containers by address. */
interface Before {
  nodes: string;
  addresses: Record<string, string>;
}

const steps = (stack: TestStack, cluster: string): Step[] => {
  let before: Before = { nodes: "", addresses: {} };
  const all = (): string[] => [management, ...containersOfCluster(cluster)];
  const nodes = (): string => {
    const path = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}';
    return stack.kubectl(cluster, "get", "nodes", "--sort-by", ".metadata.name", "--output", path);
  };
  const addresses = (): Record<string, string> => addressesOf(containersOfCluster(cluster));
  const comesBack = async (): Promise<void> => {
    stack.up();
    const [now, nodesNow] = [addresses(), nodes()];
    check(
      isDeepStrictEqual(now, before.addresses),
      `addresses as before\n${JSON.stringify(before.addresses)}, got\n${JSON.stringify(now)}`,
    );
    check(nodesNow === before.nodes, `the same nodes\n${before.nodes}, got\n${nodesNow}`);
    await eventually("the page to answer", 180, () =>
      stack.answers(stack.outputs().url ?? "no URL").then(
        () => true,
        (error: unknown) => String(error),
      ),
    );
    stack.expectPlan({}, 0);
  };
  /** Those that come back by themselves, the last one first: each gets the address of another. */
  const otherOrder = (): string[] =>
    all()
      .filter((name) => !name.endsWith("-lb"))
      .reverse();
  const restart = (): void => restartContainers(all(), otherOrder());
  const controlPlane = (): string => containersOfCluster(cluster).find((name) => name.includes("-control-plane-"))!;
  return [
    {
      name: "a restart in another order, by containers: the plan shows what moved and what is stopped",
      run: async () => {
        before = { nodes: nodes(), addresses: addresses() };
        restart();
        // A preview waits for nobody: what cannot be read yet would end it.
        await eventually("the management cluster to answer", 180, () => {
          const { code, stderr } = command("kubectl", ["get", "--raw", "/readyz"], {
            env: stack.kubeconfig("clusterapi"),
          });
          return code === 0 || stderr;
        });
        console.log(`         before ${JSON.stringify(before.addresses)}`);
        console.log(`         now    ${JSON.stringify(addressesOf(all()))}`);
        const [part] = stack
          .expectPlan({ [`cluster ${cluster}`]: "in place" }, 2)
          .filter(({ reasons }) => reasons.length);
        check(/moved.*stopped|stopped.*moved/.test(part!.reasons.join()), `what moved, got ${part!.reasons.join()}`);
      },
    },
    { name: "up gives addresses back, and the same cluster answers", run: comesBack },
    {
      name: "after that, a restart in another order moves nobody",
      run: () => {
        restart();
        const now = addresses();
        const moved = Object.entries(now).filter(
          ([name, address]) => address !== "" && address !== before.addresses[name],
        );
        check(moved.length === 0, `no other address, got ${JSON.stringify(moved)}`);
      },
    },
    { name: "up starts the load balancer, and the same cluster answers", run: comesBack },
    {
      name: canRestartDaemon()
        ? "Docker itself is restarted, with a control plane node killed; up brings all of it back"
        : "all containers are restarted (Docker itself is not ours to restart), a control plane node killed; up brings all of it back",
      run: async () => {
        const killed = controlPlane();
        must("docker", ["kill", killed]);
        if (canRestartDaemon()) await restartDaemon();
        else
          restartContainers(
            all(),
            otherOrder().filter((name) => name !== killed),
          );
        await comesBack();
      },
    },
  ];
};

/** A restart of Docker or of the machine. */
export const restart: Scenario = {
  name: "restart",
  title: "after Docker was restarted up gives every container its address back, and the same cluster answers",
  base: "dev",
  start: {},
  steps: (stack) => steps(stack, "capd"),
};

/** The same with three control plane nodes, and one of them removed at the end. */
export const restartHa: Scenario = {
  name: "restart-ha",
  title: "the same with three control plane nodes, one of which is removed in the end",
  base: "ha",
  start: { workerReplicas: 1 },
  steps: (stack) => [
    ...steps(stack, "ha"),
    {
      name: "a control plane node's container is removed: up has Cluster API make another",
      run: async () => {
        const before = containersOfCluster("ha");
        const gone = before.find((name) => name.includes("-control-plane-"))!;
        must("docker", ["rm", "--force", "--volumes", gone]);
        stack.expectPlan({ "cluster ha": "in place" }, 2);
        stack.up();
        await eventually("three control plane nodes Ready, without the one that was removed", 600, () => {
          const args = ["--selector", "node-role.kubernetes.io/control-plane", "--output"];
          const path =
            'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
          const lines = stack
            .kubectl("ha", "get", "nodes", ...args, path)
            .trim()
            .split("\n");
          return (
            (lines.length === 3 && lines.every((line) => line.endsWith(" True") && !line.startsWith(gone))) || lines
          );
        });
        await stack.answers(stack.outputs().url ?? "no URL");
        stack.expectPlan({}, 0);
      },
    },
  ],
};
