import { ownerLabel } from "../../../lib/base/labels";
import { classFile, publishedTemplate, writeClass } from "../class/files";
import { check, eventually, must, type Step } from "../harness";
import { refuses } from "../refusal";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const base = "dev";

const quick = { name: "quick", class: classFile("quick-start"), loadBalancerSlot: 0 };
const simulated = (name: string) => ({ name, backend: "inMemory", class: classFile("in-memory") });
const simulatedClusters = [simulated("sim-1"), simulated("sim-2")];
const all = (change: object = {}): StackSettings => listedClusters([{ ...quick, ...change }, ...simulatedClusters]);

/** Replaces the first occurrence of a text, which must exist. */
const replaceOnce = (text: string, part: string, replacement: string): string => {
  check(text.includes(part), `${JSON.stringify(part)} in the published class`);
  return text.replace(part, () => replacement);
};

const steps = (stack: TestStack): Step[] => {
  const get = (kind: string, path: string, ...more: string[]): string[] =>
    stack
      .kubectl(
        "clusterapi",
        "get",
        kind,
        "--all-namespaces",
        ...more,
        "--output",
        `jsonpath={range .items[*]}${path}{"\\n"}{end}`,
      )
      .split("\n")
      .filter(Boolean);
  const classes = (): string[] => get("clusterclasses.cluster.x-k8s.io", "{.metadata.name}").sort();
  const url = (): string => stack.outputs().url ?? "no URL";
  const cluster = "cluster quick";
  const reasonsOf = (parts: { part: string; reasons: string[] }[]): string =>
    parts.find(({ part }) => part === cluster)?.reasons.join("\n") ?? "";
  return [
    {
      name: "the page answers, every topology is reconciled, and the plan has no change",
      run: async () => {
        await stack.answers(url());
        const condition = '{.metadata.name} {.status.conditions[?(@.type=="TopologyReconciled")].status}';
        const states = get("clusters.cluster.x-k8s.io", condition).sort();
        check(states.join() === "quick True,sim-1 True,sim-2 True", `reconciled topologies, got ${states.join()}`);
        check(classes().join() === "in-memory,quick-start", `two classes, got ${classes().join()}`);
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "nodes have the node image of the stack where nodes cannot pull",
      run: () => {
        const nodes = must("docker", [
          "ps",
          "--filter",
          "label=io.x-k8s.kind.cluster=quick",
          "--format",
          "{{.Names}} {{.Image}}",
        ]);
        const images = nodes.split("\n").filter((line) => line !== "" && !line.startsWith("quick-lb "));
        const expected = stack.route === "source" ? / slipway\/node:/ : / kindest\/node:/;
        check(
          images.length === 2 && images.every((line) => expected.test(line)),
          `two nodes of ${expected}, got ${nodes}`,
        );
      },
    },
    {
      name: "wrong variables, worker classes and classes are refused before work, all at once",
      run: () => {
        const wrong = { variables: { podSecurityStandart: {} }, workers: [{ name: "md-0", class: "gpu" }] };
        const refusedClusters = ["quick-stat", ...["incomplete", "elsewhere", "strict"].map(classFile)].map(
          (one, index) => ({
            ...simulated(`wrong-${index}`),
            class: one,
          }),
        );
        const says = [
          /podSecurityStandart.* Did you mean podSecurityStandard\?/,
          /expected a worker class of quick-start .*got "gpu"/,
          /expected a ClusterClass in namespace default .*got "quick-stat"\. Did you mean quick-start\?/,
          /expected every template of the ClusterClass incomplete/,
          /namespace of .*ClusterClass.*: expected default, the namespace of the clusters with this class, got "team-a"/,
          /expected a value, because the class strict requires one and has no default/,
        ];
        const settings = listedClusters([{ ...quick, ...wrong }, ...simulatedClusters, ...refusedClusters]);
        refuses(stack, { base, settings, says, clusters: ["quick"] });
        const rebased = all({ class: classFile("other-kinds") });
        const rule = /expected a class with the kinds of quick-start/;
        refuses(stack, { base, settings: rebased, says: [rule], clusters: ["quick"] });
        stack.write(base, all());
      },
    },
    {
      name: "a class that exists is taken by its name, unless another stack owns it; the stack does not delete it",
      run: () => {
        const kubectl = (...args: string[]): string => stack.kubectl("clusterapi", ...args);
        kubectl("apply", "--filename", classFile("given"));
        const third = { ...simulated("sim-3"), class: "given" };
        const settings = listedClusters([quick, ...simulatedClusters, third]);
        const mark = ["annotate", "clusterclasses.cluster.x-k8s.io", "given"];
        kubectl(...mark, `${ownerLabel}=slipway/other`);
        const rule = /class of cluster sim-3: expected a class of no other stack \(slipway\/other created it/;
        refuses(stack, { base, settings, says: [rule], clusters: ["quick"] });
        kubectl(...mark, `${ownerLabel}-`);
        stack.up();
        check(classes().join() === "given,in-memory,quick-start", `three classes, got ${classes().join()}`);
        stack.expectPlan({}, 0);
        stack.write(base, all());
        stack.up();
        check(classes().join() === "given,in-memory,quick-start", `the given class to stay, got ${classes().join()}`);
        kubectl("delete", "--filename", classFile("given"));
      },
    },
    {
      name: "the plan shows no change that others make in objects of the topology controller",
      run: () => {
        const machines = ["machinedeployments.cluster.x-k8s.io", "--selector", "cluster.x-k8s.io/cluster-name=quick"];
        stack.kubectl("clusterapi", "annotate", ...machines, "example.org/note=by hand");
        stack.kubectl("clusterapi", "label", ...machines, "example.org/team=a");
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "one worker more is in place",
      run: () => {
        stack.write(base, all({ workerReplicas: 2 }));
        const parts = stack.expectPlan({ [cluster]: "in place" }, 2);
        check(/pool md-0 scales: 1 → 2/.test(reasonsOf(parts)), `the scale in the plan, got ${reasonsOf(parts)}`);
        stack.up();
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "another variable rolls the control plane alone",
      run: async () => {
        const workers = get(
          "machinesets.cluster.x-k8s.io",
          "{.metadata.name}",
          "--selector",
          "cluster.x-k8s.io/cluster-name=quick",
        );
        stack.write(base, all({ workerReplicas: 2, variables: { podSecurityStandard: { enforce: "privileged" } } }));
        const parts = stack.expectPlan({ [cluster]: "rolling" }, 2);
        check(/the control plane rolls: variable podSecurityStandard/.test(reasonsOf(parts)), reasonsOf(parts));
        check(!/pool md-0 rolls/.test(reasonsOf(parts)), `only the control plane to roll, got ${reasonsOf(parts)}`);
        stack.up();
        const after = get(
          "machinesets.cluster.x-k8s.io",
          "{.metadata.name}",
          "--selector",
          "cluster.x-k8s.io/cluster-name=quick",
        );
        check(after.join() === workers.join(), `the same MachineSets, got ${after.join()}`);
        await stack.answers(url());
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "another class rolls what differs, and the former class is gone",
      run: async () => {
        stack.write(
          base,
          all({
            workerReplicas: 1,
            class: classFile("second"),
            variables: { podSecurityStandard: { enforce: "privileged" } },
          }),
        );
        const parts = stack.expectPlan({ [cluster]: "rolling", classes: "in place" }, 2);
        check(/pool md-0 rolls: template/.test(reasonsOf(parts)), reasonsOf(parts));
        stack.up();
        check(classes().join() === "in-memory,second", `the new class alone, got ${classes().join()}`);
        await stack.answers(url());
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a class that two clusters have is deleted after both",
      run: async () => {
        const second = {
          ...quick,
          class: classFile("second"),
          variables: { podSecurityStandard: { enforce: "privileged" } },
        };
        stack.write(base, listedClusters([second, simulated("sim-2")]));
        stack.up();
        check(classes().join() === "in-memory,second", `both classes, got ${classes().join()}`);
        stack.write(base, listedClusters([second]));
        stack.up();
        await eventually("the class without clusters to be gone", 30, () => classes().join() === "second" || classes());
      },
    },
  ];
};

/** Clusters of a ClusterClass. */
export const classScenario: Scenario = {
  name: "class",
  title: "the quick start's class and its in-memory class: variables, scale, another class, refusals",
  base,
  start: all(),
  first: (stack) => [
    {
      name: "the published classes are there",
      run: async () => {
        const text = await publishedTemplate("clusterclass-quick-start.yaml", stack.route);
        writeClass("quick-start", text);
        const memory = await publishedTemplate("clusterclass-in-memory.yaml", stack.route);
        writeClass("in-memory", memory);
        const named = (name: string): string =>
          replaceOnce(
            memory,
            "kind: ClusterClass\nmetadata:\n  name: in-memory",
            `kind: ClusterClass\nmetadata:\n  name: ${name}`,
          );
        writeClass("given", named("given"));
        writeClass("incomplete", replaceOnce(named("incomplete"), "name: in-memory-cluster\n", "name: elsewhere\n"));
        writeClass(
          "elsewhere",
          replaceOnce(named("elsewhere"), "name: elsewhere\n", "name: elsewhere\n  namespace: team-a\n"),
        );
        const size = "  - name: size\n    required: true\n    schema: { openAPIV3Schema: { type: string } }\n";
        // The ClusterClass is the last object of the file, and its workers are the last field.
        writeClass("strict", `${named("strict").trimEnd()}\n  variables:\n${size}`);
        const renamed = text.replace(
          "kind: ClusterClass\nmetadata:\n  name: quick-start",
          "kind: ClusterClass\nmetadata:\n  name: second",
        );
        // Another argument of the kubelet is another template of the workers alone.
        const workers = renamed.lastIndexOf("imagefs.available<0%");
        writeClass(
          "second",
          `${renamed.slice(0, workers)}imagefs.available<1%${renamed.slice(workers + "imagefs.available<0%".length)}`,
        );
        writeClass(
          "other-kinds",
          renamed.replaceAll("DevClusterTemplate", "DockerClusterTemplate").replace("name: second", "name: other"),
        );
      },
    },
  ],
  steps,
};
