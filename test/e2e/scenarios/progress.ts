import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pins } from "../../../lib/versions/pins";
import { check, command, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { showRun, type ShownRun } from "../shownRun";
import { listedClusters } from "../stackFile";
import type { TestStack } from "../testStack";

/** Seconds between a report of the API and Slipway's line about it. */
const limit = 15;

const bare = { loadBalancer: "none", application: false, workerReplicas: 0 };
const good = { name: "capd", ...bare, workerReplicas: 1 };

/** Fails before kubeadm, as a wrong setting of kubeadm does. */
const badKubeadm = {
  name: "badkubeadm",
  ...bare,
  kubeadm: { preKubeadmCommands: ["echo no such option >&2; exit 3"] },
};

/** kubelet evicts pods as on a full disk: a threshold that holds on each disk, so that this machine's disk stays free. */
const fullDisk = {
  name: "fulldisk",
  ...bare,
  kubeadm: {
    preKubeadmCommands: [
      "sed -i 's|^KUBELET_EXTRA_ARGS=.*|& --eviction-hard=nodefs.available<99%|' /etc/default/kubelet",
    ],
  },
};

const deployment = (name: string, spec: object, labels: Record<string, string> = { app: name }): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default" },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
});

/**
 * Returns objects that hang: an image that does not exist, a pod that no node takes, and a webhook without pods. Slipway
 * would refuse the image in a manifest before it starts.
 */
const hanging = (image: string): object[] => [
  deployment("noimage", { containers: [{ name: "noimage", image: "registry.invalid/none:1" }] }),
  deployment("nowhere", { nodeSelector: { "example.org/no": "node" }, containers: [{ name: "nowhere", image }] }),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "hook", namespace: "default" },
    spec: { selector: { app: "no-such-pod" }, ports: [{ port: 443 }] },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "hook" },
    webhooks: [
      {
        name: "hook.example.org",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        objectSelector: { matchLabels: { app: "hooked" } },
        clientConfig: { service: { name: "hook", namespace: "default" } },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
      },
    ],
  },
  deployment("hooked", { containers: [{ name: "hooked", image }] }),
];

/** A hang: how the API shows it, and what Slipway prints about it. */
interface Hang {
  name: string;
  cluster: string;
  /** kubectl's arguments; the answer is not empty once the API shows the hang. */
  shows: string[];
  says: RegExp;
}

const podCondition = (app: string, path: string): string[] => [
  ...["get", "pods", "--selector", `app=${app}`, "--output", `jsonpath={.items[*].status.${path}}`],
];

const hangs: readonly Hang[] = [
  {
    name: "an image that does not exist",
    cluster: "capd",
    // A pod that only waits for its start has no message. The reason alternates between ErrImagePull and ImagePullBackOff.
    shows: podCondition("noimage", "containerStatuses[*].state.waiting.message"),
    says: /capd is held up: Pod default\/noimage-\S+: (ErrImagePull|ImagePullBackOff)/,
  },
  {
    name: "a pod that cannot be scheduled",
    cluster: "capd",
    shows: podCondition("nowhere", "conditions[?(@.reason=='Unschedulable')].message"),
    says: /capd is held up: Pod default\/nowhere-\S+: Unschedulable: .*(affinity|selector)/,
  },
  {
    name: "a webhook without endpoints",
    cluster: "capd",
    shows: [
      ...["get", "deployment", "hooked", "--ignore-not-found", "--output"],
      "jsonpath={.status.conditions[?(@.type=='ReplicaFailure')].message}",
    ],
    says: /capd is held up: webhook hook\.example\.org: service default\/hook gives no answer/,
  },
  {
    name: "an error of kubeadm's commands",
    cluster: "clusterapi",
    shows: [
      ...["get", "devmachines", "--selector", "cluster.x-k8s.io/cluster-name=badkubeadm", "--output"],
      "jsonpath={.items[*].status.conditions[?(@.reason=='Failed')].reason}",
    ],
    says: /is held up: DevMachine badkubeadm-\S+: BootstrapCompleted=False \(Failed\)/,
  },
  {
    name: "a full disk in a node",
    cluster: "fulldisk",
    shows: [
      "get",
      "nodes",
      "--output",
      "jsonpath={.items[*].status.conditions[?(@.reason=='KubeletHasDiskPressure')].type}",
    ],
    says: /fulldisk is held up: Node fulldisk-\S+: DiskPressure=True/,
  },
];

const readyNodes = [
  ...["get", "nodes", "--output"],
  "jsonpath={range .items[*]}{.status.conditions[?(@.reason=='KubeletReady')].reason} {end}",
];

/** Returns when the API first shows each hang, in milliseconds since 1970, until all are printed or the time is over. */
const firstShown = async (stack: TestStack, run: ShownRun, seconds: number): Promise<Map<string, number>> => {
  const shown = new Map<string, number>();
  const answerOf = (cluster: string, args: readonly string[]): string =>
    command("kubectl", [...args, "--request-timeout=5s"], { env: stack.kubeconfig(cluster) }).stdout.trim();
  const isPrinted = ({ says }: Hang): boolean => run.lines.some(({ text }) => says.test(text));
  let isApplied = false;
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline && !run.hasEnded() && !hangs.every(isPrinted)) {
    for (const { name, cluster, shows } of hangs.filter((hang) => !shown.has(hang.name)))
      if (answerOf(cluster, shows) !== "") shown.set(name, Date.now());
    if (!isApplied && answerOf("capd", readyNodes).split(" ").length === 2) {
      isApplied = true;
      const file = join(stack.backend, "hanging.json");
      const items = hanging(`nginx:${pins[stack.route].nginx}`);
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      stack.kubectl("capd", "apply", "--filename", file);
    }
    await sleep(1000);
  }
  return shown;
};

const hangingUp = (stack: TestStack): Step => ({
  name: `up prints each of five causes within ${limit} s after the API shows it, once, with the next step`,
  run: async () => {
    stack.write("dev", listedClusters([good, badKubeadm, fullDisk]));
    const run = showRun(stack, "up");
    const shown = await firstShown(stack, run, 300);
    await sleep(5000);
    await run.interrupt();
    const causes = run.lines.filter(({ text }) => / is held up: /.test(text));
    for (const { text } of causes) console.log(`         ${text}`);
    const faults = hangs.flatMap(({ name, says }) => {
      const [line, ...more] = causes.filter(({ text }) => says.test(text));
      if (line === undefined || more.length > 0) return [`one line about ${name}, got ${line ? more.length + 1 : 0}`];
      const seconds = (line.time - (shown.get(name) ?? 0)) / 1000;
      console.log(`         ${name}: ${seconds.toFixed(1)} s`);
      const next = run.lines[run.lines.indexOf(line) + 1]?.text ?? "";
      return [
        ...(seconds <= limit ? [] : [`a line within ${limit} s about ${name}, got ${seconds} s`]),
        ...(/next step: \S/.test(next) ? [] : [`a next step for ${name}, got ${next}`]),
      ];
    });
    check(faults.length === 0, faults.join("\nexpected "));
    const unexpected = causes.filter(({ text }) => !hangs.some(({ says }) => says.test(text)));
    check(unexpected.length === 0, `no other cause, got ${unexpected.map(({ text }) => text).join("\n")}`);
  },
});

/** Every cause of a hang that the progress of an `up` names. */
export const progress: Scenario = {
  name: "progress",
  title: "up shows how far each cluster is, and names five causes of a hang while they last",
  base: "dev",
  start: {},
  first: (stack) => [
    hangingUp(stack),
    {
      name: "the settings are corrected",
      run: () => {
        const deployments = ["hooked", "noimage", "nowhere"].map((name) => `deployment/${name}`);
        const added = ["validatingwebhookconfigurations/hook", "service/hook", ...deployments];
        stack.kubectl("capd", "delete", ...added, "--ignore-not-found");
        stack.write("dev", listedClusters([good]));
      },
    },
  ],
  steps: (stack) => [
    { name: "the plan has nothing to do", run: () => void stack.expectPlan({}, 0) },
    {
      name: "an up without a change says that the cluster is ready, and names no cause",
      run: () => {
        const { code, stdout } = stack.slipway("up");
        check(code === 0 && /\] capd: .*ready$/m.test(stdout), `a ready cluster, got ${code}\n${stdout}`);
        check(!/is held up/.test(stdout), `no cause, got\n${stdout}`);
      },
    },
    {
      name: "--engine-output prints Pulumi's own lines",
      run: () => {
        const { code, stdout } = stack.slipway("up", "--engine-output");
        check(code === 0 && /^Updating \(/m.test(stdout), `Pulumi's lines, got ${code}\n${stdout}`);
      },
    },
  ],
};
