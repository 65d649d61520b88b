import { pins } from "../../../lib/versions/pins";
import { CapdClone } from "../capdClone";
import { check, eventually, must, type Step } from "../harness";
import { refuses } from "../refusal";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const tree = new CapdClone();
const settings = { capdImageSource: "build", capdSource: tree.path };

const clusterBackend = "test/infrastructure/docker/internal/controllers/backends/docker/dockercluster_backend.go";
// CAPD sets the conditions of a cluster at each reconcile, and the conditions of a machine only until the machine runs.
const reason = "Reason: infrav1.DevClusterDockerLoadBalancerAvailableReason,\n";
// No earlier run has built this text.
const message = `the load balancer of clone ${process.pid}`;

/** Returns the digest of an image in the management cluster's node. The source route's node has no full crictl. */
const digestInNode = (image: string): string => {
  const list = ["ctr", "--namespace", "k8s.io", "images", "list", `name==docker.io/${image}`];
  const rows = must("docker", ["exec", "clusterapi-control-plane", ...list])
    .trim()
    .split("\n");
  return rows.at(-1)?.split(/\s+/)[2] ?? "";
};

const steps = (stack: TestStack): Step[] => {
  const pod = (field: string): string => {
    const args = ["--namespace", "capd-system", "get", "pods", "--output", `jsonpath={.items[*].${field}}`];
    return stack.kubectl("clusterapi", ...args).trim();
  };
  const image = (): string => pod("spec.containers[*].image");
  const imageId = (): string => pod("status.containerStatuses[*].imageID");
  const isBuild = (call: string): boolean => call === "build";
  /** Runs a command, and claims that Go compiles nothing meanwhile. */
  const withoutBuild = (run: () => void): void => {
    tree.takeCalls();
    run();
    const calls = tree.takeCalls();
    check(calls.length > 0 && !calls.some(isBuild), `calls of go without a build, got ${calls.join(" ") || "none"}`);
  };
  let first = "";
  let changed = "";
  return [
    {
      name: "the application answers, and CAPD runs the image of the clone's files",
      run: async () => {
        Object.assign(stack.env, tree.recording(stack.env["PATH"] ?? ""));
        await stack.answers(stack.outputs().url ?? "no URL");
        first = image();
        check(/^slipway\/capd-manager:[0-9a-f]{12}$/.test(first), `an image of the clone, got ${first}`);
        withoutBuild(() => stack.expectPlan({}, 0));
      },
    },
    {
      name: "a second up builds nothing",
      run: () => withoutBuild(() => stack.up()),
    },
    {
      name: "folders that are not a clone, and a clone with another contract, are refused before work",
      run: () => {
        const says = (capdSource: string, text: RegExp): void =>
          refuses(stack, { base: "dev", settings: { ...settings, capdSource }, says: [text], clusters: ["capd"] });
        says(`${tree.path}/test`, /capdSource: expected the folder of a clone .*Set it to .*my clone/);
        says("components", /capdSource: expected the folder of a clone .*got "components"/);
        const series = `minor: ${pins[stack.route].clusterApi.split(".")[1]}\n    contract: `;
        const metadata = tree.edit("metadata.yaml", `${series}v1beta2`, `${series}v1`);
        says(tree.path, /capdSource: expected a clone with the contract v1beta2.*got the contract v1 /);
        tree.write("metadata.yaml", metadata);
        stack.write("dev", settings);
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a changed message shows in the plan, and reaches the cluster that runs",
      run: async () => {
        const [before, idBefore] = [stack.inventory(["capd"]), imageId()];
        tree.edit(clusterBackend, reason, `${reason}\t\tMessage: "${message}",\n`);
        withoutBuild(() => {
          const parts = stack.expectPlan({ providers: "in place", "management cluster": "in place" }, 2);
          const text = parts.flatMap(({ reasons }) => reasons).join("\n");
          const deployment = new RegExp(
            `Deployment capd-system/.*image ${first} → slipway/capd-manager:.*pods are replaced`,
          );
          check(deployment.test(text), `${deployment.source} in the plan, got\n${text}`);
        });
        const start = Date.now();
        stack.up();
        console.log(`         up with a changed line: ${((Date.now() - start) / 1000).toFixed(0)} s`);
        check(tree.takeCalls().filter(isBuild).length === 1, "one build");
        await eventually("one pod", 60, () => !image().includes(" ") || image());
        check(image() !== first, `another image than ${first}`);
        changed = image();
        const id = must("docker", ["image", "inspect", "--format", "{{.Id}}", image()]).trim();
        const digest = digestInNode(image());
        // A pod names the id of its image, or the digest of an image that has one.
        const isNew = imageId() === id || imageId().endsWith(`@${digest}`);
        check(isNew && imageId() !== idBefore, `the image ${id} or ${digest}, got ${imageId()}`);
        const path = 'jsonpath={.items[*].status.conditions[?(@.type=="LoadBalancerAvailable")].message}';
        await eventually("the message on the cluster", 120, () => {
          const messages = stack.kubectl("clusterapi", "get", "devclusters", "--output", path).trim();
          return messages === message || messages;
        });
        stack.expectDifference(before, ["capd"], {
          edited: [/clusterapi Deployment capd-system\/capd-controller-manager/],
        });
        await stack.answers(stack.outputs().url ?? "no URL");
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a syntax error ends up with the compiler's lines, and nothing is lost",
      run: async () => {
        const [before, running] = [stack.inventory(["capd"]), image()];
        const content = tree.edit(clusterBackend, `Message: "${message}",`, `Message "${message}",`);
        const { code, stdout, stderr } = stack.slipway("up");
        const text = stdout + stderr;
        check(code !== 0, `up to fail, got exit code ${code}`);
        const line =
          /capdSource: expected a clone that compiles(.|\n)*dockercluster_backend\.go:\d+:\d+: .*syntax error/;
        check(line.test(text), `${line.source} in the text of up, got\n${text}`);
        stack.expectDifference(before, ["capd"], {});
        check(image() === running, `the image ${running}, got ${image()}`);
        tree.write(clusterBackend, content);
        stack.expectPlan({}, 0);
        withoutBuild(() => stack.upChangesNothing());
        await stack.answers(stack.outputs().url ?? "no URL");
      },
    },
    {
      name: "the clone and the image of its change are deleted",
      always: true,
      run: () => {
        tree.remove();
        if (changed !== "") must("docker", ["image", "rm", changed]);
      },
    },
  ];
};

/** CAPD from a working copy of Cluster API, whose three Go modules are laid out as in its repository. */
export const clone: Scenario = {
  name: "clone",
  title: "CAPD is built from a clone, a change of its source rolls the controller, and living clusters stay",
  base: "dev",
  start: settings,
  first: ({ route }) => [
    { name: "the Go modules are laid out as a clone", run: () => tree.create(pins[route].clusterApi) },
  ],
  steps,
};
