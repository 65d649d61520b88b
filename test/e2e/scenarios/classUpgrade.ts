import { pins } from "../../../lib/versions/pins";
import { classFile, publishedTemplate, writeClass } from "../class/files";
import { check, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const base = "dev";
const [previous, oldest] = pins.source.otherKubernetes;
const versions = [oldest, previous, pins.source].map((release) => `v${release?.kubernetes}`);
const [first = "", second = "", last = ""] = versions;

const chained = { name: "chained", class: classFile("listed"), loadBalancerSlot: 0 };
const plain = { name: "plain", class: classFile("quick-start"), loadBalancerSlot: 1 };

const settings = (ofChained: string, ofPlain: string): StackSettings => ({
  ...listedClusters([
    { ...chained, kubernetesVersion: ofChained },
    { ...plain, kubernetesVersion: ofPlain },
  ]),
  // Nodes pull nothing, and Cluster API keeps the CoreDNS of a cluster's first version.
  extraImages: [
    ...versions.map((version) => `registry.k8s.io/kube-proxy:${version}`),
    ...[oldest, previous].map((release) => `registry.k8s.io/coredns/coredns:v${release?.coredns}`),
  ],
});

const steps = (stack: TestStack): Step[] => {
  const nodeVersions = (cluster: string): string[] =>
    stack
      .kubectl(cluster, "get", "nodes", "--output", "jsonpath={.items[*].status.nodeInfo.kubeletVersion}")
      .trim()
      .split(" ");
  const expectVersions = async (expected: Readonly<Record<string, string>>): Promise<void> => {
    for (const [cluster, version] of Object.entries(expected)) {
      const running = nodeVersions(cluster);
      check(
        running.length === 2 && running.every((one) => one === version),
        `two nodes of ${version} in ${cluster}, got ${running.join()}`,
      );
      await stack.answers(stack.outputs().urls[cluster] ?? "no URL");
    }
  };
  return [
    {
      name: `the clusters run ${first} and ${second}`,
      run: async () => {
        await expectVersions({ chained: first, plain: second });
        stack.expectPlan({}, 0);
      },
    },
    {
      name: `${first} to ${last} in one change, and ${second} to ${last}: the plan names what rolls, and why`,
      run: () => {
        stack.write(base, settings(last, last));
        const parts = stack.expectPlan(
          { "cluster chained": "rolling", "cluster plain": "rolling", ...stack.otherNodeImages },
          2,
        );
        for (const [cluster, from] of [
          ["chained", first],
          ["plain", second],
        ] as const) {
          const reasons = parts.find(({ part }) => part === `cluster ${cluster}`)?.reasons.join("\n") ?? "";
          for (const group of ["the control plane", "pool md-0"])
            check(
              reasons.includes(`${group} rolls: Kubernetes ${from} → ${last}`),
              `${group} of ${cluster} in the plan, got ${reasons}`,
            );
        }
      },
    },
    {
      name: "up passes through the version between, and prints what holds the topology",
      run: async () => {
        const { code, stdout, stderr } = stack.slipway("up", "--engine-output");
        const text = `${stdout}${stderr}`;
        check(code === 0, `up to end with 0, got ${code}\n${text.slice(-6000)}`);
        const holds = new RegExp(`TopologyReconciled.*${second.replaceAll(".", "\\.")}`);
        check(holds.test(text), `${holds.source} in what up prints, got ${text.slice(-6000)}`);
        await expectVersions({ chained: last, plain: last });
      },
    },
    {
      name: "another up changes nothing, and the plan says so",
      run: () => {
        stack.upChangesNothing();
        stack.expectPlan({}, 0);
      },
    },
  ];
};

/** Kubernetes upgrades of clusters with a class, on the source route, which builds the older node images. */
export const classUpgrade: Scenario = {
  name: "class-upgrade",
  title: "clusters of a ClusterClass: the next minor version, and two minor versions in one change",
  base,
  start: settings(first, second),
  first: (stack) => [
    {
      name: "the published class, and the class with the versions of an upgrade",
      run: async () => {
        check(stack.route === "source", "the source route, whose older node images this scenario uses");
        const text = await publishedTemplate("clusterclass-quick-start.yaml", stack.route);
        writeClass("quick-start", text);
        const head = "kind: ClusterClass\nmetadata:\n  name: quick-start\nspec:\n";
        check(text.includes(head), "the head of the published class");
        const listed = versions.map((version) => `  - ${version}\n`).join("");
        const named = head.replace("quick-start", "listed");
        writeClass("listed", text.replace(head, `${named}  kubernetesVersions:\n${listed}`));
      },
    },
  ],
  steps,
};
