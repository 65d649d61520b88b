// The whole journey on a real cluster: preview, up, request, up without changes, a look from outside, destroy.
// Its last line is "N passed, N failed".
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contains, loadBalancerRange } from "../../lib/addresses";
import { check, command, dockerInventory, must, runSteps, type Step } from "./harness";
import { copyStackFile } from "./stackFile";

const stack = "e2e";
const route = must("scripts/slipway", ["route"]).trim().split("\n").at(-1);
const base = route === "source" ? "offline" : "dev";
const stackFile = `Pulumi.${stack}.yaml`;
const backend = mkdtempSync(join(tmpdir(), "slipway-e2e-"));
const env = {
  STACK: stack,
  PULUMI_BACKEND_URL: `file://${backend}`,
  PULUMI_CONFIG_PASSPHRASE: "an end to end run keeps nothing",
  PATH: `${process.cwd()}/.tools/bin:${process.env.PATH ?? ""}`,
};
const pulumi = (...args: string[]): string => must("pulumi", [...args, "--stack", stack, "--non-interactive"], { env });
const kubeconfig = (cluster: string): Record<string, string> => ({
  ...env,
  KUBECONFIG: `.slipway/kubeconfigs/${stack}/${cluster}.yaml`,
});

interface Outputs {
  url: string;
  answer: string;
  loadBalancerRange: string;
  clusters: { name: string; namespace: string; version: string; nodes: string[] }[];
  kubeconfigs: Record<string, string>;
}
const outputs = (): Outputs => JSON.parse(pulumi("stack", "output", "--json", "--show-secrets")) as Outputs;

/** Subnet and gateway of the stack files. */
const range = loadBalancerRange("172.18.0.0/16", "172.18.0.1");
const before = dockerInventory();

/** Names that the first preview must show, one of each stage. */
const expectedInPreview = [
  "docker:index/network:Network::network",
  "command:local:Command::clusterapi-kind",
  "command:local:Command::cluster-api/CustomResourceDefinitions",
  "kubernetes:apps/v1:Deployment::cert-manager/Deployment/cert-manager/cert-manager-webhook",
  "kubernetes:apps/v1:Deployment::infrastructure-docker/Deployment/capd-system/capd-controller-manager",
  "kubernetes:cluster.x-k8s.io/v1beta2:Cluster::capd/Cluster/default/capd",
  "kubernetes:controlplane.cluster.x-k8s.io/v1beta2:KubeadmControlPlane::capd/KubeadmControlPlane/default/capd-control-plane",
  "kubernetes:apps/v1:DaemonSet::capd-cni/DaemonSet/kube-system/calico-node",
  "kubernetes:metallb.io/v1beta1:IPAddressPool::capd-metallb/IPAddressPool/metallb-system/slipway",
  "kubernetes:core/v1:Service::capd-application/Service/default/nginx",
  "command:local:Command::capd-application-request",
];

interface PreviewStep {
  op: string;
  urn: string;
  newState?: { inputs?: Record<string, unknown> };
}

const steps: Step[] = [
  {
    name: "Docker holds nothing of an earlier run",
    run: () => check(!before.networks.includes("kind"), `no network kind, got ${before.networks.join(", ")}`),
  },
  {
    name: "the first preview names every object and the load balancer range, and makes nothing",
    run: () => {
      copyStackFile(`Pulumi.${base}.yaml`, stackFile);
      pulumi("stack", "init");
      const preview = JSON.parse(pulumi("preview", "--json")) as { steps: PreviewStep[] };
      check(
        preview.steps.every((step) => step.op === "create" || step.op === "read"),
        "creations only",
      );
      for (const end of expectedInPreview) {
        check(
          preview.steps.some((step) => step.urn.endsWith(end)),
          `${end} in the preview`,
        );
      }
      check(preview.steps.length > 200, `more than 200 resources, got ${preview.steps.length}`);
      const pool = preview.steps.find((step) => step.urn.includes(":IPAddressPool::"));
      const spec = pool?.newState?.inputs?.spec as { addresses: string[] };
      check(spec.addresses[0] === range.text, `the pool ${range.text}, got ${spec.addresses[0]}`);
      check(JSON.stringify(dockerInventory()) === JSON.stringify(before), "Docker untouched");
    },
  },
  { name: "up", run: () => void must("scripts/slipway", ["up"], { env, show: true }) },
  {
    name: "the application answers over an address of the range",
    run: async () => {
      const { url, answer } = outputs();
      check(contains(range, new URL(url).hostname), `${url} inside ${range.text}`);
      const page = await (await fetch(url)).text();
      check(page.includes("Thank you for using nginx"), `nginx's thanks in ${page.slice(0, 200)}`);
      check(answer.includes("Thank you for using nginx"), `nginx's thanks in the output, got ${answer}`);
    },
  },
  {
    name: "another up changes nothing",
    run: () => void pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"),
  },
  {
    name: "clusterctl and kubectl see the cluster from outside",
    run: () => {
      const described = must("clusterctl", ["describe", "cluster", "capd"], { env: kubeconfig("clusterapi") });
      check(/Cluster default\/capd\s.*True\s+Available/.test(described), `an Available cluster, got\n${described}`);
      const nodes = must("kubectl", ["get", "nodes", "--no-headers"], { env: kubeconfig("capd") })
        .trim()
        .split("\n");
      check(
        nodes.length === 2 && nodes.every((node) => / Ready /.test(node)),
        `two Ready nodes, got\n${nodes.join("\n")}`,
      );
      const plan = must("clusterctl", ["get", "kubeconfig", "capd"], { env: kubeconfig("clusterapi") });
      check(plan.includes("server: https://"), "a kubeconfig from clusterctl");
    },
  },
  {
    name: "no secret lies open in the state",
    run: () => {
      const { kubeconfigs } = outputs();
      const exported = pulumi("stack", "export");
      const keys = Object.values(kubeconfigs).flatMap((text) =>
        [...text.matchAll(/client-key-data: (\S+)/g)].map((m) => m[1]!),
      );
      check(keys.length === 2, `two client keys, got ${keys.length}`);
      for (const key of keys) check(!exported.includes(key.slice(0, 60)), "client keys encrypted in the state");
    },
  },
  { name: "destroy", always: true, run: () => void must("scripts/slipway", ["destroy"], { env, show: true }) },
  {
    name: "nothing is left",
    always: true,
    run: () => {
      const after = dockerInventory();
      check(JSON.stringify(after) === JSON.stringify(before), `Docker as before, got ${JSON.stringify(after)}`);
    },
  },
];

/** What was stuck: containers, conditions, pods and events. */
const explain = (): void => {
  const show = (program: string, args: string[], cluster: string): void => {
    const { stdout, stderr } = command(program, args, { env: kubeconfig(cluster) });
    console.log(`--- ${program} ${args.join(" ")} (${cluster})\n${`${stdout}${stderr}`.slice(-5000)}`);
  };
  console.log(command("docker", ["ps", "--all"]).stdout);
  show("clusterctl", ["describe", "cluster", "capd", "--show-conditions", "all"], "clusterapi");
  for (const cluster of ["clusterapi", "capd"]) {
    show("kubectl", ["get", "pods", "--all-namespaces", "--output", "wide"], cluster);
    show("kubectl", ["get", "events", "--all-namespaces", "--field-selector", "type=Warning"], cluster);
  }
};

const main = async (): Promise<void> => {
  const { passed, failed } = await runSteps(steps, explain);
  rmSync(backend, { recursive: true, force: true });
  rmSync(stackFile, { force: true });
  // The file for plain pulumi names the backend that a user of this checkout has.
  command("scripts/slipway", ["env"]);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
};

void main();
