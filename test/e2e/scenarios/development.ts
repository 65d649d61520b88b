import { pins } from "../../../lib/versions/pins";
import { classFile, publishedTemplate, writeClass } from "../class/files";
import { check, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const base = "dev";

const settings = (workerReplicas: number): StackSettings =>
  listedClusters([
    {
      name: "quick",
      template: classFile("cluster-template-development"),
      class: classFile("quick-start"),
      workerReplicas,
    },
    { name: "generated", template: classFile("generated"), class: classFile("quick-start") },
  ]);

const steps = (stack: TestStack): Step[] => [
  {
    name: "the page of each cluster answers, and the plan has no change",
    run: async () => {
      const { urls } = stack.outputs();
      for (const cluster of ["quick", "generated"]) await stack.answers(urls[cluster] ?? "no URL");
      stack.expectPlan({}, 0);
    },
  },
  {
    name: "one worker more is in place",
    run: async () => {
      stack.write(base, settings(2));
      const parts = stack.expectPlan({ "cluster quick": "in place" }, 2);
      const reasons = parts.flatMap((part) => part.reasons).join("\n");
      check(/pool md-0 scales: 1 → 2/.test(reasons), `the scale in the plan, got ${reasons}`);
      stack.up();
      const nodes = stack.kubectl("quick", "get", "nodes", "--output", "jsonpath={.items[*].metadata.name}").trim();
      check(nodes.split(" ").length === 3, `three nodes, got ${nodes}`);
      await stack.answers(stack.outputs().url ?? "no URL");
      stack.expectPlan({}, 0);
    },
  },
];

/**
 * The quick start's flavor `development`, as it is published: a Cluster with a topology, and its class. A second cluster
 * has the output of `clusterctl generate cluster --from`.
 */
export const development: Scenario = {
  name: "development",
  title: "the quick start's flavor development: its class and its cluster, as published",
  base,
  start: settings(1),
  first: (stack) => [
    {
      name: "the published class and template",
      run: async () => {
        writeClass("quick-start", await publishedTemplate("clusterclass-quick-start.yaml", stack.route));
        const name = "cluster-template-development";
        writeClass(name, await publishedTemplate(`${name}.yaml`, stack.route));
        const version = `--kubernetes-version=v${pins[stack.route].kubernetes}`;
        const counts = ["--control-plane-machine-count=1", "--worker-machine-count=1", "--target-namespace=default"];
        const args = ["generate", "cluster", "generated", "--from", classFile(name), version, ...counts];
        writeClass("generated", must("clusterctl", args, { env: stack.env }));
      },
    },
  ],
  steps,
};
