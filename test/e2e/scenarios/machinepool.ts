import { check, command, eventually, type Step } from "../harness";
import { refuses } from "../refusal";
import { containersOfCluster } from "../restarts";
import type { Scenario } from "../scenario";
import type { StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const base = "dev";
const name = "capd-mp-0";

/** Label by which the ClusterResourceSet selects the cluster. */
const labels = { "example.org/greeting": "enabled" };

/** Settings with one pool, a MachinePool unless the fields say otherwise. */
const withPool = (fields: object, cluster: object = {}, stack: object = {}): StackSettings => ({
  clusters: [{ name: "capd", labels, workers: [{ name: "mp-0", type: "machinePool", ...fields }], ...cluster }],
  managementManifests: ["test/e2e/field/resourceSet.yaml"],
  ...stack,
});

/** A cluster without workers has neither an application nor a load balancer. */
const bare = { application: false, loadBalancer: "none" };

const steps = (stack: TestStack): Step[] => {
  const machines = (): string[] => containersOfCluster("capd").filter((container) => container.includes("-worker-"));
  const replicas = (): string =>
    stack.kubectl("clusterapi", "get", "machinepool", name, "--output", "jsonpath={.spec.replicas}").trim();
  const expectNodes = (workers: number): void => {
    const { nodes } = stack.outputs().clusters[0]!;
    check(nodes.length === workers + 1, `${workers + 1} nodes, got ${nodes.join(", ")}`);
  };
  const answers = (): Promise<void> => stack.answers(stack.outputs().url ?? "no URL");
  /** Applies settings whose plan is a change in place, and claims the number of workers. */
  const apply = (settings: StackSettings, workers: number): void => {
    stack.write(base, settings);
    stack.expectPlan({ "cluster capd": "in place" }, 2);
    stack.up();
    expectNodes(workers);
    stack.expectPlan({}, 0);
  };
  return [
    {
      name: "the page answers from a node of the MachinePool, and nothing is left to do",
      run: async () => {
        await answers();
        check(machines().length === 1, `one machine of the pool, got ${machines().join(", ")}`);
        stack.expectPlan({}, 0);
        stack.upChangesNothing();
      },
    },
    {
      name: "a ClusterResourceSet in the management cluster applies its objects in the cluster with its label",
      run: () =>
        eventually("the ConfigMap of the ClusterResourceSet", 60, () => {
          const { stdout, stderr } = command(
            "kubectl",
            ["get", "configmap", "greeting", "--output", "jsonpath={.data.text}"],
            { env: stack.kubeconfig("capd") },
          );
          return stdout.trim() === "hello" || `${stdout}${stderr}`;
        }),
    },
    {
      name: "one replica more is one machine more, and the first machine stays",
      run: async () => {
        const [first] = machines();
        apply(withPool({ replicas: 2 }), 2);
        check(machines().includes(first!), `${first} among ${machines().join(", ")}`);
        await answers();
      },
    },
    {
      name: "a cluster with an application is not scaled to zero",
      run: () =>
        refuses(stack, {
          base,
          settings: withPool({ replicas: 0 }),
          says: [/clusters\[0\]\.workers: expected 1 or more where loadBalancer is metallb/],
          clusters: ["capd"],
        }),
    },
    {
      name: "a pool is scaled to zero and back",
      run: async () => {
        apply(withPool({ replicas: 0 }, bare), 0);
        check(machines().length === 0, `no machine, got ${machines().join(", ")}`);
        apply(withPool({ replicas: 1 }), 1);
        await answers();
      },
    },
    {
      name: "between the bounds of an autoscaler, others scale the pool without a change in the plan",
      run: () => {
        apply(withPool({ minReplicas: 1, maxReplicas: 3 }), 1);
        stack.kubectl("clusterapi", "scale", "machinepool", name, "--replicas=2");
        stack.expectPlan({}, 0);
        stack.upChangesNothing();
        check(replicas() === "2", `two replicas, got ${replicas()}`);
      },
    },
    {
      name: "other bounds leave the number of nodes alone, and a higher minimum raises it",
      run: () => {
        apply(withPool({ minReplicas: 0, maxReplicas: 3 }, bare), 2);
        apply(withPool({ minReplicas: 3, maxReplicas: 3 }), 3);
        check(replicas() === "3", `three replicas, got ${replicas()}`);
        apply(withPool({ replicas: 1 }), 1);
      },
    },
    {
      name: "another node image replaces the machines of the pool",
      run: async () => {
        if (stack.route !== "source") return console.log("         nodes of the release route pull their images");
        const image = "example.org/machinepool:e2e";
        const { code, stderr } = command("docker", ["tag", "registry.k8s.io/pause:3.10.1", image]);
        check(code === 0, `a tag, got ${stderr}`);
        const [first] = machines();
        stack.write(base, withPool({ replicas: 1 }, {}, { extraImages: [image] }));
        stack.expectPlan({ "cluster capd": "rolling", ...stack.otherNodeImages }, 2);
        stack.up();
        command("docker", ["image", "rm", image]);
        check(!machines().includes(first!), `another machine than ${first}`);
        await answers();
      },
    },
    {
      name: "a pool becomes a MachineDeployment under its name",
      run: async () => {
        stack.write(base, withPool({ type: "machineDeployment" }));
        stack.up();
        expectNodes(1);
        check(machines().length === 0, `no machine of the MachinePool, got ${machines().join(", ")}`);
        await answers();
        stack.expectPlan({}, 0);
      },
    },
  ];
};

/** A pool of a MachinePool: its number of nodes, an autoscaler's bounds, a rollout, and another kind of pool. */
export const machinepool: Scenario = {
  name: "machinepool",
  title:
    "a MachinePool is scaled by the settings and by others, to zero and back, and rolls; a ClusterResourceSet applies",
  base,
  // A stack of its own, since it ends with another kind of pool.
  first: () => [],
  start: withPool({}),
  steps,
};
