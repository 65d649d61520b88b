import { check, command, must, type Step } from "../harness";
import { etcdMembers } from "../etcdMembers";
import { PausedStack } from "../pausedStack";
import { canRestartDaemon, restartDaemon } from "../restarts";
import type { Scenario } from "../scenario";
import { listedClusters } from "../stackFile";
import { TestStack } from "../testStack";
import { dualStack } from "./families";

const steps = (stack: TestStack): Step[] => {
  const paused = new PausedStack(stack, "capd");
  return [
    {
      name: "stop stops every container, in order, and Docker does not start one again",
      run: () => {
        paused.remember();
        const text = paused.run("stop");
        paused.expectStopped();
        const order = text.split("\n").filter((line) => line.startsWith("stopping "));
        check(
          order[0]!.includes(paused.worker()) && order.at(-1)!.includes(paused.managementNode),
          `the order, got ${order.join("; ")}`,
        );
        const kept = Object.values(paused.policies()).filter((policy) => !policy.includes('"no"'));
        check(kept.length === 0, `no restart policy, got ${kept.join()}`);
      },
    },
    {
      name: "a second stop is harmless; status says that the stack is stopped, and plan refuses",
      run: () => {
        check(/was stopped already/.test(paused.run("stop")), "a stop that has nothing to do");
        check(/is stopped since .*make start starts it/.test(paused.run("status")), "a status that says stopped");
        paused.expectRefused("plan", /expected running clusters, got a stopped stack .*Run make start first/);
      },
    },
    {
      name: "start brings the same containers and objects back at the same addresses, and the page answers",
      run: async () => {
        paused.start();
        await paused.expectSame();
      },
    },
    {
      name: "a second start is harmless",
      run: () => check(/run already/.test(paused.run("start")), "nothing to start"),
    },
    {
      name: "a stopped stack stays stopped over a restart of Docker whose run state is deleted, and starts again",
      run: async () => {
        paused.run("stop");
        // A machine with systemd has its own way to restart Docker, which a test does not use.
        if (canRestartDaemon()) await restartDaemon({ deletesRunState: true });
        paused.expectStopped();
        paused.start();
        await paused.expectSame();
      },
    },
    {
      name: "start finishes half a stop by hand, and a stop that was half undone",
      run: async () => {
        must("docker", ["stop", paused.worker()]);
        check(/stopped in part/.test(paused.run("status")), "a status that says stopped in part");
        paused.run("start");
        await paused.expectSame();
        paused.run("stop");
        must("docker", ["start", paused.worker()]); // without the others it may get the address of another container
        check(/stopped in part since/.test(paused.run("status")), "a status that says stopped in part");
        paused.run("start");
        await paused.expectSame();
      },
    },
    {
      name: "a taken address is refused before anything is started",
      run: () => {
        paused.run("stop");
        const image = must("docker", ["inspect", "--format", "{{.Image}}", paused.worker()]).trim();
        const address = ["--ip", paused.addressOf(paused.worker())];
        const other = ["run", "--detach", "--name", "e2e-in-the-way", "--network", "kind", ...address];
        must("docker", [...other, "--entrypoint", "sleep", image, "600"]);
        try {
          const rule = /expected its address .* at container e2e-in-the-way\. Run docker stop e2e-in-the-way/;
          paused.expectRefused("start", rule);
          paused.expectStopped();
        } finally {
          must("docker", ["rm", "--force", "--volumes", "e2e-in-the-way"]);
        }
      },
    },
    {
      name: "a gone container is refused with the remedy; destroy of the stopped stack follows",
      run: () => {
        must("docker", ["rm", "--force", "--volumes", paused.worker()]);
        paused.expectRefused("start", /no such container\. Run make up/);
        paused.expectStopped();
        check(command("test", ["-f", `.slipway/stopped/${stack.name}.json`]).code === 0, "a record of the stop");
      },
    },
  ];
};

/** A stack that is stopped in the evening and started in the morning. */
export const pause: Scenario = {
  name: "pause",
  title: "a stopped stack starts again with the same containers, objects and addresses",
  base: "dev",
  start: {},
  steps,
};

/** Three control plane nodes, whose etcd must have the same members afterwards. */
export const pauseHa: Scenario = {
  name: "pause-ha",
  title: "three control plane nodes stop one after the other, and start with the same etcd members",
  base: "ha",
  start: { workerReplicas: 1 },
  steps: (stack) => {
    const paused = new PausedStack(stack, "ha");
    let members: string[] = [];
    return [
      {
        name: "stop stops the control plane nodes one after the other, and the load balancer after them",
        run: () => {
          paused.remember();
          const nodes = paused.controlPlane();
          check(nodes.length === 3, `three control plane nodes, got ${nodes.join(", ")}`);
          members = etcdMembers(nodes[0]!);
          const lines = paused.run("stop").split("\n");
          const groups = lines.flatMap((line) => /^stopping (.*)$/.exec(line)?.[1]?.split(", ") ?? []);
          const expected = [paused.worker(), ...nodes, "ha-lb", paused.managementNode];
          check(
            lines.filter((line) => line.startsWith("stopping ")).length === expected.length,
            "one name in each line",
          );
          check(
            JSON.stringify(groups) === JSON.stringify(expected),
            `the order ${expected.join(", ")}, got ${groups.join(", ")}`,
          );
          paused.expectStopped();
        },
      },
      {
        name: "start brings the same nodes and the same etcd members back",
        run: async () => {
          paused.start();
          const now = etcdMembers(paused.controlPlane()[0]!);
          check(
            members.length === 3 && now.join() === members.join(),
            `the members ${members.join(", ")}, got ${now.join(", ")}`,
          );
          await paused.expectSame();
        },
      },
    ];
  },
};

/** Two address families. */
export const pauseDualStack: Scenario = {
  name: "pause-dual-stack",
  title: "a stopped stack with two address families starts again at the same addresses",
  base: dualStack.base,
  start: dualStack.start,
  steps: (stack) => {
    const paused = new PausedStack(stack, "capd");
    return [
      {
        name: "stop and start keep the IPv4 and IPv6 addresses",
        run: async () => {
          paused.remember();
          const addresses = Object.values(paused.addresses());
          const isDual = addresses.every((text) => /^[\d.]+ [\da-f:]+$/.test(text));
          check(isDual, `two addresses of each container, got ${addresses.join("; ")}`);
          paused.run("stop");
          paused.expectStopped();
          paused.start();
          await paused.expectSame();
        },
      },
    ];
  },
};

/** Two stacks on one network, the second with an in-memory cluster too. */
export const pauseTwo: Scenario = {
  name: "pause-two",
  title: "of two stacks on one network, one stops and starts beside the other, and both stop and start",
  base: "dev",
  start: {},
  steps: (stack) => {
    const first = new PausedStack(stack, "capd");
    const second = new PausedStack(new TestStack("e2e-pause-second", stack.route), "next-door", "neighbour");
    const clusters = [
      { name: "next-door", workerReplicas: 0, application: false, loadBalancer: "none" },
      { name: "simulated", backend: "inMemory", application: false },
    ];
    return [
      {
        name: "the second stack comes up beside the first",
        run: () => {
          const settings = { ...listedClusters(clusters), managementCluster: "neighbour", adoptNetwork: true };
          second.stack.write("dev", settings);
          second.stack.up();
          first.remember();
        },
      },
      {
        name: "the first stack stops and starts beside the second",
        run: async () => {
          const running = second.running();
          first.run("stop");
          first.expectStopped();
          check(second.running().join() === running.join(), `the containers ${running.join(", ")} to run`);
          second.stack.expectPlan({}, 0);
          first.start();
          await first.expectSame();
        },
      },
      {
        name: "both stop, and start in the other order",
        run: async () => {
          second.run("stop");
          first.run("stop");
          first.expectStopped();
          second.expectStopped();
          second.start();
          first.start();
          await first.expectSame();
          second.stack.expectPlan({}, 0);
        },
      },
      {
        name: "Cluster API simulates the in-memory cluster's machines again",
        run: () => {
          const path = 'jsonpath={.status.conditions[?(@.type=="Available")].status}';
          const wait = ["wait", "clusters.cluster.x-k8s.io/simulated", "--for=condition=Available", "--timeout=300s"];
          second.stack.kubectl("neighbour", ...wait);
          const state = second.stack.kubectl("neighbour", "get", "clusters.cluster.x-k8s.io", "simulated", "-o", path);
          check(state.trim() === "True", `an Available cluster, got ${state}`);
        },
      },
      {
        name: "destroy of the second stack",
        always: true,
        run: () => {
          second.stack.destroy();
          second.stack.remove();
        },
      },
    ];
  },
};
