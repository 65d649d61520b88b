import { check, command, eventually, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const kept = "keep";
const lost = "gone";

/** Node names with their uids. */
const nodesOf = (stack: TestStack, cluster: string): string =>
  stack.kubectl(
    cluster,
    "get",
    "nodes",
    "--output",
    "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {end}",
  );

const steps = (stack: TestStack): Step[] => {
  let nodes = "";
  const planned = (part: string, ...reasons: string[]): void => {
    const [changed] = stack
      .expectPlan({ [part]: "in place" }, 2)
      .filter(({ reasons: partReasons }) => partReasons.length > 0);
    for (const reason of reasons)
      check(changed!.reasons.includes(reason), `"${reason}" in the plan, got ${changed!.reasons.join("; ")}`);
  };
  const isSaid = (verb: string, pattern: RegExp): void => {
    const { stdout } = stack.slipway(verb);
    check(pattern.test(stdout), `${pattern.source} from ${verb}, got\n${stdout}`);
  };
  /** Both clusters answer, nothing is left to do, and the kept cluster has the nodes that it had. */
  const isWhole = async (): Promise<void> => {
    for (const url of Object.values(stack.outputs().urls)) await stack.answers(url);
    stack.expectPlan({}, 0);
    check(nodesOf(stack, kept) === nodes, `the nodes of ${kept} as they were: ${nodes}`);
  };
  return [
    {
      name: "an API server that does not answer is not a deletion",
      run: () => {
        nodes = nodesOf(stack, kept);
        const load = `${lost}-lb`;
        must("docker", ["pause", load]);
        try {
          const { stdout } = stack.slipway("status");
          check(!/ (was|is being) deleted/.test(stdout), `no deletion in\n${stdout}`);
        } finally {
          must("docker", ["unpause", load]);
        }
      },
    },
    {
      name: "a Cluster that was deleted: status and plan name the Cluster and what is lost",
      run: () => {
        stack.kubectl("clusterapi", "delete", "cluster", lost);
        isSaid("status", new RegExp(`^cluster default/${lost}: does not exist$`, "m"));
        isSaid("status", new RegExp(`Cluster default/${lost} was deleted, so everything in the cluster is lost`));
        const [part] = stack
          .expectPlan({ [`cluster ${lost}`]: "replaced" }, 3)
          .filter(({ part: name }) => name === `cluster ${lost}`);
        check(part!.reasons.join() === `Cluster default/${lost} was deleted`, `the cause, got ${part!.reasons.join()}`);
        check(/everything in it/.test(part!.lost.join()), `what is lost, got ${part!.lost.join()}`);
      },
    },
    {
      name: "a refresh leaves the lost cluster out and does not fail",
      run: () => {
        const { code, stdout, stderr } = stack.slipway("refresh");
        check(code === 0, `exit code 0, got ${code}\n${stdout}${stderr}`.slice(-4000));
      },
    },
    {
      name: "up creates the cluster again, and the other one keeps its nodes",
      run: async () => {
        stack.up();
        await isWhole();
      },
    },
    {
      name: "objects that were deleted show in the plan, and up creates them again",
      run: async () => {
        const inKept = (...args: string[]): string => stack.kubectl(kept, ...args);
        inKept("delete", "deployment,service", "nginx");
        inKept("delete", "crd", "ipaddresspools.metallb.io");
        isSaid("status", /Deployment default\/nginx was deleted; make up creates the object again/);
        planned(
          `cluster ${kept}`,
          "Deployment default/nginx was deleted and is created again",
          "Service default/nginx was deleted and is created again",
          "CustomResourceDefinition ipaddresspools.metallb.io was deleted and is created again",
          "IPAddressPool metallb-system/slipway was deleted and is created again",
        );
        stack.up();
        await isWhole();
      },
    },
    {
      name: "so do a namespace with a controller in it, and a Deployment of Cluster API",
      run: async () => {
        stack.kubectl(kept, "delete", "namespace", "metallb-system");
        stack.kubectl("clusterapi", "--namespace", "capi-system", "delete", "deployment", "capi-controller-manager");
        stack.expectPlan({ [`cluster ${kept}`]: "in place", providers: "in place" }, 2);
        stack.up();
        await isWhole();
      },
    },
    {
      name: "a kubeconfig Secret that was deleted changes nothing in the plan, and Cluster API writes it again",
      run: async () => {
        stack.kubectl("clusterapi", "delete", "secret", `${kept}-kubeconfig`);
        stack.expectPlan({}, 0);
        stack.up();
        stack.kubectl("clusterapi", "get", "secret", `${kept}-kubeconfig`);
        await isWhole();
      },
    },
    {
      name: "a MachineDeployment that was deleted is created again; the control plane's node stays",
      run: async () => {
        const control = nodes.split(" ").slice(0, 2).join(" ");
        stack.kubectl("clusterapi", "delete", "machinedeployment", `${kept}-md-0`, "--wait=false");
        isSaid("plan", new RegExp(`MachineDeployment default/${kept}-md-0 (was|is being) deleted`));
        stack.up();
        nodes = nodesOf(stack, kept);
        check(nodes.startsWith(control), `the node ${control} in ${nodes}`);
        await isWhole();
      },
    },
    {
      name: "a control plane and its provider's namespace that are deleted together cost that cluster only",
      run: async () => {
        stack.kubectl("clusterapi", "delete", "kubeadmcontrolplane", `${lost}-control-plane`, "--wait=false");
        stack.kubectl("clusterapi", "delete", "namespace", "capd-system", "--wait=false");
        await eventually("the namespace capd-system to be gone", 120, () => {
          const args = ["get", "namespace", "capd-system", "--ignore-not-found", "--output=name"];
          const { code, stdout } = command("kubectl", args, { env: stack.kubeconfig("clusterapi") });
          return code === 0 && stdout === "" ? true : stdout;
        });
        const { code, stdout } = stack.slipway("plan");
        check(code === 3, `exit code 3 of plan, got ${code}\n${stdout}`);
        check(
          new RegExp(`KubeadmControlPlane default/${lost}-control-plane (was|is being) deleted`).test(stdout),
          `the control plane in the plan, got\n${stdout}`,
        );
        stack.up();
        await isWhole();
      },
    },
  ];
};

/** What hands delete inside the clusters. */
export const deleted: Scenario = {
  name: "deleted",
  title: "objects that somebody deleted show in status and plan, and up creates them again without touching the rest",
  base: "dev",
  start: { clusters: [{ name: kept }, { name: lost, podCidr: "10.66.0.0/16" }] },
  steps,
};
