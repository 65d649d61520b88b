import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { loadManifest, manifestStore } from "../../../preflight/manifests/store";
import { check, eventually, must, type Step } from "../harness";
import { addressesOf, containersOfCluster, restartContainers } from "../restarts";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

const docker = "test/e2e/template/docker.yaml";
const folder = ".slipway/e2e-template";
const names = { docker: "template-docker", simulated: "template-memory", network: "template-network" } as const;

const simulated = { name: names.simulated, template: "test/e2e/template/in-memory.yaml", workerReplicas: 2 };

/** Settings with the Docker cluster, the simulated cluster, and further clusters. */
const settings = (cluster: object = {}, more: readonly object[] = []): StackSettings =>
  listedClusters([{ name: names.docker, template: docker, ...cluster }, simulated, ...more]);

/** Writes a template whose ClusterResourceSet installs Calico, and returns its path. */
const writeNetworkTemplate = async (stack: TestStack): Promise<string> => {
  const { manifests } = readSettings({ config: {}, pins, route: stack.route });
  const { text } = await loadManifest(manifests.cni, manifestStore("cniManifest"));
  const name = "${CLUSTER_NAME}-network";
  const data = { "calico.yaml": text.replaceAll("$", "$$$$") };
  const selector = { matchLabels: { network: "${CLUSTER_NAME}" } };
  const objects = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data },
    {
      apiVersion: "addons.cluster.x-k8s.io/v1beta2",
      kind: "ClusterResourceSet",
      metadata: { name },
      spec: { strategy: "ApplyOnce", clusterSelector: selector, resources: [{ kind: "ConfigMap", name }] },
    },
  ];
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/network.yaml`;
  writeFileSync(
    file,
    [readFileSync(docker, "utf8"), ...objects.map((object) => JSON.stringify(object))].join("\n---\n"),
  );
  return file;
};

const steps = (stack: TestStack): Step[] => {
  const urlOf = (cluster: string): string => stack.outputs().urls[cluster] ?? "no URL";
  const nodes = (): string[] =>
    stack
      .kubectl(names.docker, "get", "nodes", "--output", 'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}')
      .trim()
      .split("\n")
      .sort();
  const scaled = { workerReplicas: 2 };
  const changed = { templateVariables: { WORKER_COMMAND: "touch /etc/slipway-template" } };
  return [
    {
      name: "the page of the Docker cluster answers, and the simulated cluster is Available",
      run: async () => {
        await stack.answers(urlOf(names.docker));
        await eventually(`cluster ${names.simulated} Available`, 180, () => {
          const path = 'jsonpath={.status.conditions[?(@.type=="Available")].status}';
          const status = stack.kubectl("clusterapi", "get", "cluster", names.simulated, "--output", path);
          return status === "True" || status;
        });
      },
    },
    {
      name: "another up changes nothing, and the plan says so",
      run: () => {
        stack.upChangesNothing();
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "workers 1 to 2 by the setting: in place",
      run: () => {
        stack.write("dev", settings(scaled));
        stack.expectPlan({ [`cluster ${names.docker}`]: "in place" }, 2);
        stack.up();
        check(nodes().length === 3, `three nodes, got ${nodes().length}`);
      },
    },
    {
      name: "a restart of its containers in another order: up gives addresses back, and the same cluster answers",
      run: async () => {
        const all = containersOfCluster(names.docker);
        const [nodesBefore, addresses] = [nodes(), addressesOf(all)];
        restartContainers(all, all.filter((name) => !name.endsWith("-lb")).reverse());
        stack.expectPlan({ [`cluster ${names.docker}`]: "in place" }, 2);
        stack.up();
        const now = addressesOf(all);
        check(isDeepStrictEqual(now, addresses), `addresses as before, got ${JSON.stringify(now)}`);
        check(isDeepStrictEqual(nodes(), nodesBefore), "the same nodes");
        await eventually("the page to answer", 180, () =>
          stack.answers(urlOf(names.docker)).then(
            () => true,
            (error: unknown) => String(error),
          ),
        );
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a changed kubeadm field of the template: rolling, and the new workers have it",
      run: async () => {
        stack.write("dev", settings(changed));
        stack.expectPlan({ [`cluster ${names.docker}`]: "rolling" }, 2);
        stack.up();
        const workers = containersOfCluster(names.docker).filter((name) => name.includes("-md-0-"));
        check(workers.length === 1, `one worker, got ${workers.join(", ")}`);
        must("docker", ["exec", workers[0] ?? "", "test", "-f", "/etc/slipway-template"]);
        await stack.answers(urlOf(names.docker));
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a second cluster, whose ClusterResourceSet installs the pod network, answers",
      run: async () => {
        const template = await writeNetworkTemplate(stack);
        stack.write("dev", settings(changed, [{ name: names.network, template }]));
        stack.expectPlan({ [`cluster ${names.network}`]: "created" }, 2);
        stack.up();
        await stack.answers(urlOf(names.network));
        stack.expectPlan({}, 0);
        rmSync(folder, { recursive: true, force: true });
      },
    },
  ];
};

/** Docker and in-memory clusters whose objects a file defines. */
export const template: Scenario = {
  name: "template",
  title: "a Docker cluster and a simulated cluster from templates: scale, restart, rollout, ClusterResourceSet",
  base: "dev",
  start: settings(),
  steps,
};
