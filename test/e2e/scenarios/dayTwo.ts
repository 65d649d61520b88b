import { check, command, eventually, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** A field that somebody changes, and the field's value of the stack. */
interface Change {
  cluster: "clusterapi" | "capd";
  /** Arguments of kubectl that change the field. */
  args: string[];
  /** Path of the field in the plan, with the program that changed the field. */
  reason: RegExp;
  object: string[];
  /** JSON path of the field, and the stack's value. */
  field: string;
  value: string;
}

const changes: Change[] = [
  {
    cluster: "clusterapi",
    args: ["scale", "machinedeployment", "capd-md-0", "--replicas=2"],
    reason: /MachineDeployment default\/capd-md-0: spec\.replicas 2 → 1 \(changed by kubectl\)/,
    object: ["machinedeployment", "capd-md-0"],
    ...{ field: "{.spec.replicas}", value: "1" },
  },
  {
    cluster: "capd",
    args: ["label", "service", "nginx", "app=other", "--overwrite"],
    reason: /Service default\/nginx: metadata\.labels\.app other → nginx \(changed by kubectl-label\)/,
    object: ["service", "nginx"],
    ...{ field: "{.metadata.labels.app}", value: "nginx" },
  },
  {
    cluster: "capd",
    args: ["--namespace", "kube-system", "set", "env", "daemonset/calico-node", "FELIX_HEALTHENABLED=false"],
    reason: /DaemonSet kube-system\/calico-node: .*\.value false → true \(changed by kubectl-set\)/,
    object: ["--namespace", "kube-system", "daemonset", "calico-node"],
    ...{ field: '{.spec.template.spec.containers[0].env[?(@.name=="FELIX_HEALTHENABLED")].value}', value: "true" },
  },
  {
    cluster: "capd",
    args: ["--namespace", "metallb-system", "patch", "ipaddresspool", "slipway", "--type=merge", "--patch"].concat(
      '{"spec":{"addresses":["172.18.255.1-172.18.255.2"]}}',
    ),
    reason: /IPAddressPool metallb-system\/slipway: spec\.addresses.* \(changed by kubectl-patch\)/,
    object: ["--namespace", "metallb-system", "ipaddresspool", "slipway"],
    ...{ field: "{.spec.addresses}", value: "172.18.255.2" },
  },
];

const autoscaler = "cluster.x-k8s.io/cluster-api-autoscaler-node-group";

const steps = (stack: TestStack): Step[] => {
  const read = ({ cluster, object, field }: Change): string =>
    stack.kubectl(cluster, "get", ...object, "--output", `jsonpath=${field}`).trim();
  const replicas = (): string =>
    stack
      .kubectl("clusterapi", "get", "machinedeployment", "capd-md-0", "--output", "jsonpath={.spec.replicas}")
      .trim();
  return [
    {
      name: "fields that kubectl changed show in the plan with their author, and up sets them back",
      run: async () => {
        const before = changes.map(read);
        for (const { cluster, args } of changes) stack.kubectl(cluster, ...args);
        const parts = stack.expectPlan({ "cluster capd": "in place" }, 2);
        const reasons = parts.flatMap((part) => part.reasons).join("\n");
        for (const { reason } of changes) check(reason.test(reasons), `${reason.source} in\n${reasons}`);
        stack.up();
        check(
          JSON.stringify(changes.map(read)) === JSON.stringify(before),
          `${before.join()}, got ${changes.map(read).join()}`,
        );
        stack.expectPlan({}, 0);
        await eventually("the page", 60, () => stack.answers(stack.outputs().url ?? "no URL").then(() => true, String));
      },
    },
    {
      name: "a field that the stack's objects lack stays, and is not a change",
      run: () => {
        stack.kubectl("clusterapi", "annotate", "namespace", "capd-system", "example.org/note=mine");
        stack.expectPlan({}, 0);
        stack.upChangesNothing();
        const path = "jsonpath={.metadata.annotations.example\\.org/note}";
        const note = stack.kubectl("clusterapi", "get", "namespace", "capd-system", "--output", path);
        check(note.trim() === "mine", `the note, got ${note}`);
      },
    },
    {
      name: "a scale by kubectl and then by the settings does not conflict, and removes no machine in between",
      run: () => {
        stack.kubectl("clusterapi", "scale", "machinedeployment", "capd-md-0", "--replicas=2");
        stack.write("dev", { workerReplicas: 2 });
        stack.expectPlan({ "cluster capd": "in place" }, 2);
        stack.up();
        check(replicas() === "2", `two replicas, got ${replicas()}`);
      },
    },
    {
      name: "replicas belong to the autoscaler where its annotations exist",
      run: () => {
        const ends = [`${autoscaler}-min-size=1`, `${autoscaler}-max-size=5`];
        stack.kubectl("clusterapi", "annotate", "machinedeployment", "capd-md-0", ...ends);
        stack.kubectl("clusterapi", "scale", "machinedeployment", "capd-md-0", "--replicas=1");
        stack.expectPlan({}, 0);
        stack.up();
        check(replicas() === "1", `one replica, got ${replicas()}`);
      },
    },
    {
      name: "an image that was rebuilt under its name runs after an up",
      run: () => {
        if (stack.route !== "source") return console.log("         the release route pulls this image");
        const image = "example.org/capd-manager:dev";
        const pods = ["--namespace", "capd-system", "get", "pods", "--output"];
        const running = (): string =>
          stack.kubectl("clusterapi", ...pods, "jsonpath={.items[*].status.containerStatuses[*].imageID}").trim();
        const base = stack.kubectl("clusterapi", ...pods, "jsonpath={.items[0].spec.containers[0].image}").trim();
        check(command("docker", ["tag", base, image]).code === 0, `a tag of ${base}`);
        stack.write("dev", { workerReplicas: 2, capdImage: image });
        stack.up();
        const before = running();
        const rebuilt = command("bash", [
          "-c",
          `printf 'FROM ${base}\\nLABEL day=two\\n' | docker build --tag ${image} -`,
        ]);
        check(rebuilt.code === 0, `a build, got ${rebuilt.stderr}`);
        stack.expectPlan({ "management cluster": "in place" }, 2);
        stack.up();
        check(running() !== before, `another image than ${before}`);
        stack.expectPlan({}, 0);
        command("docker", ["image", "rm", image]);
      },
    },
  ];
};

/** What other programs change in the objects of a stack, and what a stack needs in its second week. */
export const dayTwo: Scenario = {
  name: "dayTwo",
  title: "foreign changes of fields, the autoscaler, and images that were rebuilt under their names",
  base: "dev",
  // A stack of its own, since it ends with an image and replicas of its own.
  first: () => [],
  start: {},
  steps,
};
