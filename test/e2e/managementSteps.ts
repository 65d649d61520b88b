import type { PartPlan } from "../../lib/plan/step";
import { check, must, type Step } from "./harness";
import { containersOfCluster } from "./restarts";
import type { TestStack } from "./testStack";

/** The node of the management cluster. */
export const management = "clusterapi-control-plane";

/** What is refused or mended of a management cluster that is there. */
export const managementSteps = (stack: TestStack, ready: () => Promise<void>): Step[] => [
  {
    name: "a Docker that does not answer is another error: preview and plan fail, and nothing is planned",
    run: () => {
      const before = stack.inventory(["capd"]);
      const dead = { DOCKER_HOST: "unix:///nonexistent.sock" };
      const unanswered =
        /DOCKER_HOST: expected the address of a Docker that answers, got unix:\/\/\/nonexistent\.sock\./;
      for (const run of [
        stack.slipwayWith(dead, "plan"),
        stack.plainPulumi(["preview"], dead),
        stack.plainPulumi(["up", "--yes"], dead),
      ]) {
        const text = run.stdout + run.stderr;
        check(run.code !== 0 && unanswered.test(text), `the refusal of this address, got ${run.code}\n${text}`);
        check(!/to (create|replace|delete)/.test(text), `nothing to be planned, got\n${text}`);
      }
      stack.expectDifference(before, ["capd"], {});
    },
  },
  {
    name: "another node image of the management cluster: the plan shows what is lost, and no up does it",
    run: () => {
      const before = stack.inventory(["capd"]);
      const image = must("docker", ["inspect", "--format", "{{.Config.Image}}", management]).trim();
      const other = image.replace(/:.*$/, ":v1.33.13");
      stack.write("dev", { managementNodeImage: other });
      const plan = stack.slipway("plan", "--json");
      check(plan.code === 3, `exit code 3 of plan, got ${plan.code}\n${plan.stdout}${plan.stderr}`);
      check(/"lost": \[\s*"the kind cluster/.test(plan.stdout), `what is lost, got ${plan.stdout}`);
      const says = new RegExp(`managementNodeImage: expected ${image} .*, got "${other}".*make destroy`, "s");
      for (const run of [stack.slipway("up"), stack.plainPulumi(["up", "--yes"])]) {
        const text = run.stdout + run.stderr;
        check(run.code !== 0 && says.test(text), `up to refuse, got ${run.code}\n${text}`);
      }
      // Another name is another cluster too, of which the program alone knows nothing.
      stack.write("dev", { managementCluster: "other" });
      const { code, stdout, stderr } = stack.slipway("up");
      const named = /name: expected "clusterapi", got "other".*make destroy/s.test(stdout + stderr);
      check(code !== 0 && named, `up to refuse another name, got ${code}\n${stdout}${stderr}`);
      stack.expectDifference(before, ["capd"], {});
      stack.write("dev");
      stack.expectPlan({}, 0);
    },
  },
  {
    name: "a management cluster that was stopped is started",
    run: async () => {
      must("docker", ["stop", management]);
      stack.up();
      await ready();
      stack.expectPlan({}, 0);
    },
  },
];

/** One that is not there any more; the stack can only be destroyed after it. */
export const managementGone = (stack: TestStack): Step => ({
  name: "a management cluster that is gone: the plan shows what is lost, up changes nothing and says make destroy",
  run: () => {
    must("kind", ["delete", "cluster", "--name", "clusterapi", "--kubeconfig", "/dev/null"], { env: stack.env });
    const before = containersOfCluster("capd");
    const plan = stack.slipway("plan", "--json");
    const { parts } = JSON.parse(plan.stdout) as { parts: PartPlan[] };
    const { change, lost } = parts.find(({ part }) => part === "cluster capd")!;
    check(
      plan.code === 3 && change === "replaced" && lost.length > 0,
      `the cluster among what is lost, got ${plan.stdout}`,
    );
    const { code, stdout, stderr } = stack.slipway("up");
    check(code === 1 && /make destroy/.test(stdout), `up to refuse, got ${code}\n${stdout}${stderr}`);
    const now = containersOfCluster("capd");
    check(now.join() === before.join(), `the workload's containers to stay, got ${now.join()}`);
  },
});
