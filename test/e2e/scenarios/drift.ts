import { check, command, eventually, must, type Step } from "../harness";
import { healthSteps } from "../healthSteps";
import { management, managementGone, managementSteps } from "../managementSteps";
import { containersOfCluster, imageInNode } from "../restarts";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** An image that the stack loads into the management cluster's node; none where that pulls all by itself. */
const loadedImage = (stack: TestStack): string | undefined => {
  const { deployment } = JSON.parse(stack.pulumi("stack", "export")) as {
    deployment: { resources: { type: string; inputs?: { node?: string; images?: Record<string, string> } }[] };
  };
  const loads = deployment.resources.filter(({ type }) => type === "kind:index:ImageLoad");
  return loads.flatMap(({ inputs }) => Object.keys(inputs?.images ?? {}))[0];
};

const steps = (stack: TestStack): Step[] => {
  const worker = (): string => containersOfCluster("capd").find((name) => name.includes("-md-0-"))!;
  const ready = (): Promise<void> =>
    eventually("two nodes Ready and the page to answer", 300, async () => {
      const path = 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}';
      const args = ["get", "nodes", "--request-timeout=5s", "--output", path];
      const { stdout, stderr } = command("kubectl", args, { env: stack.kubeconfig("capd") });
      if (stdout.trim() !== "True True") return `${stdout}${stderr}`;
      return stack.answers(stack.outputs().url ?? "no URL").then(
        () => true,
        (error: unknown) => String(error),
      );
    });
  /** The plan shows this of one part and of nothing else, and up mends it. */
  const mended = async (finding: RegExp, part = "cluster capd"): Promise<void> => {
    const [changed] = stack.expectPlan({ [part]: "in place" }, 2).filter(({ reasons }) => reasons.length > 0);
    check(finding.test(changed!.reasons.join()), `${finding.source} in the plan, got ${changed!.reasons.join()}`);
    stack.up();
    await ready();
  };
  return [
    {
      name: "nothing that runs again by itself shows as a change: deployments and daemons that were restarted by hand",
      run: async () => {
        for (const [namespace, object] of [
          ["kube-system", "daemonset/calico-node"],
          ["kube-system", "deployment/coredns"],
          ["metallb-system", "deployment/controller"],
          ["default", "deployment/nginx"],
        ] as const) {
          stack.kubectl("capd", "--namespace", namespace, "rollout", "restart", object);
          stack.kubectl("capd", "--namespace", namespace, "rollout", "status", object, "--timeout=300s");
        }
        stack.kubectl("clusterapi", "--namespace", "capi-system", "rollout", "restart", "deployment");
        const args = ["rollout", "status", "deployment/capi-controller-manager", "--timeout=300s"];
        stack.kubectl("clusterapi", "--namespace", "capi-system", ...args);
        await ready();
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "nor does a control plane node that was restarted",
      run: async () => {
        must("docker", ["restart", containersOfCluster("capd").find((name) => name.includes("-control-plane-"))!]);
        await ready();
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a worker and the load balancer that were stopped are started",
      run: async () => {
        must("docker", ["stop", worker(), "capd-lb"]);
        await mended(/stopped/);
      },
    },
    {
      name: "a worker whose container was removed is made again by Cluster API",
      run: async () => {
        const gone = worker();
        must("docker", ["rm", "--force", "--volumes", gone]);
        await mended(/missing/);
        check(worker() !== gone, `another worker than ${gone}`);
      },
    },
    {
      name: "a node that was taken off the network is put back under its address",
      run: async () => {
        const { code } = command("docker", ["network", "rm", "kind"]);
        check(code !== 0, "Docker itself to keep a network that is in use");
        must("docker", ["network", "disconnect", "kind", worker()]);
        await mended(/moved/);
      },
    },
    {
      name: "an image that was removed from the management cluster's node is loaded again, alone",
      run: async () => {
        const image = loadedImage(stack);
        if (image === undefined) return console.log("         this stack loads none: its nodes pull");
        const name = await imageInNode(management, image);
        check(name !== undefined, `${image} in the node`);
        must("docker", ["exec", management, "ctr", "--namespace", "k8s.io", "images", "remove", "--sync", name!]);
        check((await imageInNode(management, image)) === undefined, `${image} to be gone`);
        await mended(/images/, "management cluster");
        check((await imageInNode(management, image)) === name, `${image} to be there`);
        stack.expectPlan({}, 0);
      },
    },
    ...managementSteps(stack, ready),
    ...healthSteps(stack, { worker, ready }),
    managementGone(stack),
  ];
};

/** What hands do to Docker behind the stack's back; its last step leaves a stack that is to be destroyed. */
export const drift: Scenario = {
  name: "drift",
  title: "what was stopped, removed or moved by hand shows in the plan and is mended by up; nothing else shows",
  base: "dev",
  // A stack of its own, since it ends without its management cluster.
  first: () => [],
  start: {},
  steps,
};
