import { setTimeout as sleep } from "node:timers/promises";
import { pins } from "../../../lib/versions/pins";
import { check, commandMeanwhile, type Step } from "../harness";
import { courseOf, nodesOf, type NodesSample, orderProblems } from "../nodeVersions";
import { downgradeRefused, minorsAbove, refuses, skipRefused } from "../refusal";
import { type Attempt, requestLoop, statisticsOf, statisticsText } from "../requests";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const base = "upgrade";

/** The most of the requests that may fail. */
const tolerated = 0.01;

/** Looks at the nodes every second until it is stopped, through whatever moment the API does not answer in. */
const watchNodes = (stack: TestStack, cluster: string): { stop: () => Promise<NodesSample[]> } => {
  const samples: NodesSample[] = [];
  const start = Date.now();
  let watching = true;
  const loop = async (): Promise<void> => {
    while (watching) {
      const args = ["get", "nodes", "--output", "json", "--request-timeout=5s"];
      const { code, stdout } = await commandMeanwhile("kubectl", args, { env: stack.kubeconfig(cluster) });
      if (code === 0) samples.push({ at: Date.now() - start, nodes: nodesOf(stdout) });
      await sleep(1000);
    }
  };
  const done = loop();
  return {
    stop: async () => {
      watching = false;
      await done;
      return samples;
    },
  };
};

const steps = (stack: TestStack): Step[] => {
  const to = `v${pins[stack.route].kubernetes}`;
  let cluster = "";
  let from = "";
  let oldTemplates: string[] = [];
  let samples: NodesSample[] = [];
  let attempts: Attempt[] = [];
  const templates = (): string[] => {
    const kinds = "devmachinetemplates.infrastructure.cluster.x-k8s.io";
    const args = ["get", kinds, "--all-namespaces", "--output", "jsonpath={.items[*].metadata.name}"];
    return stack
      .kubectl("clusterapi", ...args)
      .split(" ")
      .filter(Boolean);
  };
  return [
    {
      name: "a skipped minor version and a downgrade are refused",
      run: () => {
        const running = stack.outputs().clusters[0]!;
        ({ name: cluster, version: from } = running);
        check(from !== to, `a version other than ${to} at the start`);
        const refused = (kubernetesVersion: string, rule: RegExp): void =>
          refuses(stack, { base, settings: { kubernetesVersion }, says: [rule], clusters: [cluster] });
        refused(minorsAbove(from, 2), skipRefused);
        refused(minorsAbove(from, -1), downgradeRefused);
      },
    },
    {
      name: "the next minor version is rolling",
      run: () => {
        oldTemplates = templates();
        stack.write(base, { kubernetesVersion: to });
        stack.expectPlan({ [`cluster ${cluster}`]: "rolling", ...stack.otherNodeImages }, 2);
      },
    },
    {
      name: "up, while requests are sent",
      run: async () => {
        const requests = requestLoop(stack.outputs().url ?? "no URL");
        const watch = watchNodes(stack, cluster);
        const { code, stdout, stderr } = await stack.slipwayMeanwhile("up");
        [attempts, samples] = await Promise.all([requests.stop(), watch.stop()]);
        console.log(`         ${statisticsText(statisticsOf(attempts))}`);
        for (const line of courseOf(samples)) console.log(`         ${line}`);
        check(code === 0, `up to end with 0, got ${code}\n${`${stdout}${stderr}`.slice(-6000)}`);
      },
    },
    {
      name: "the service answered throughout: less than 1 % failed",
      run: () => {
        const statistics = statisticsOf(attempts);
        check(statistics.attempts > 100, `more than 100 requests, got ${statistics.attempts}`);
        check(statistics.failedShare < tolerated, `less than 1 % to fail, got ${statisticsText(statistics)}`);
      },
    },
    {
      name: "control plane first, then workers, none of a pool less meanwhile",
      run: () => {
        const workers = samples[0]?.nodes.filter(({ controlPlane }) => !controlPlane).length ?? 0;
        const problems = orderProblems(samples, { from, to, workers });
        check(problems.length === 0, `the order of an upgrade\n  ${problems.join("\n  ")}`);
      },
    },
    {
      name: "the old templates are gone, as many new ones there",
      run: () => {
        const now = templates();
        check(now.length === oldTemplates.length, `${oldTemplates.length} templates, got ${now.join(", ")}`);
        const left = now.filter((name) => oldTemplates.includes(name));
        check(left.length === 0, `no template of before, got ${left.join(", ")}`);
      },
    },
    {
      name: "a downgrade is impossible, and nothing is left to do",
      run: () => {
        refuses(stack, {
          base,
          settings: { kubernetesVersion: from },
          says: [downgradeRefused],
          clusters: [cluster],
        });
        stack.write(base, { kubernetesVersion: to });
        stack.upChangesNothing();
      },
    },
  ];
};

/** Another minor version of Kubernetes. */
export const upgrade: Scenario = {
  name: "upgrade",
  title: "the next minor version of Kubernetes, control plane before workers, under a service that answers",
  base,
  start: {},
  first: (stack) => [
    {
      name: "the version below the pinned one",
      run: () => {
        // On the release route the example's own version would be several below.
        if (stack.route === "release")
          stack.write(base, { kubernetesVersion: minorsAbove(pins.release.kubernetes, -1) });
      },
    },
  ],
  steps,
};
