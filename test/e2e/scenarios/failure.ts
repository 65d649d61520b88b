import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { pins } from "../../../lib/versions/pins";
import { check, command, eventually, must, type Result, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const outputOf = ({ stdout, stderr }: Result): string => `${stdout}${stderr}`;

/** Claims that a run failed, with a summary that begins with the first failure. */
const failsFirstWith = (result: Result, pattern: RegExp): void => {
  const text = outputOf(result);
  check(result.code !== 0, `an exit code other than 0\n${text.slice(-4000)}`);
  const lines = text.split("\n");
  const first = lines.findIndex((line) => /^first failure: /.test(line));
  check(first >= 0 && pattern.test(lines[first] ?? ""), `${pattern.source} as first failure\n${text.slice(-6000)}`);
  const stuck = lines.findIndex((line) => /^cluster \S+: not ready/.test(line));
  check(stuck < 0 || stuck > first, `the first failure before what is stuck\n${text.slice(-6000)}`);
};

/** Claims that the state has no operation under way: whoever uses plain Pulumi next has nothing to repair. */
const hasNoPendingOperation = (stack: TestStack): void => {
  const { deployment } = JSON.parse(stack.pulumi("stack", "export")) as {
    deployment: { pending_operations?: unknown[] };
  };
  check((deployment.pending_operations ?? []).length === 0, `no pending operation, got ${JSON.stringify(deployment)}`);
};

/** Seconds since 1970 at which the first resource failed, by the engine's own log. */
const failedAt = (events: string, result: Result): number => {
  const lines = readFileSync(events, "utf8").split("\n").filter(Boolean);
  const failure = lines
    .map((line) => JSON.parse(line) as { timestamp: number; resOpFailedEvent?: object })
    .find(({ resOpFailedEvent }) => resOpFailedEvent);
  check(failure !== undefined, `a resource that failed\n${outputOf(result).slice(-4000)}`);
  return failure!.timestamp;
};

/** Writes a manifest; other content needs another name, since checksums are kept. */
const manifest = (stack: TestStack, name: string, object: object): string => {
  const file = join(stack.backend, `${name}.yaml`);
  writeFileSync(file, dump(object));
  return file;
};

const configMap = (stack: TestStack, name: string, key: string): string =>
  manifest(stack, name, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { [key]: "a" } });

/** A manifest that the API refuses: no key has a space. */
const refused = (stack: TestStack): string => configMap(stack, "refused", "not a key");

/** A Deployment that would be waited for until its timeout: no node takes its pod. */
const endless = (stack: TestStack): string => {
  const labels = { app: "endless" };
  const image = `nginx:${pins[stack.route].nginx}`;
  const spec = { nodeSelector: { "example.org/no": "node" }, containers: [{ name: "endless", image }] };
  return manifest(stack, "endless", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "endless" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
};

const cluster = { name: "capd", loadBalancerSlot: 0 };

/** One cluster with an object that its API refuses. */
export const failure: Scenario = {
  name: "failure",
  title: "an up whose manifest is refused ends soon, says so first, and the next up comes to its end",
  base: "dev",
  start: {},
  first: (stack) => [
    {
      name: "up ends within 90 s after the API has refused an object, and says that first",
      run: () => {
        stack.write("dev", { clusters: [{ ...cluster, manifests: [refused(stack), endless(stack)] }] });
        const events = join(stack.backend, "failure.json");
        const result = stack.slipwayWith({ PULUMI_DEBUG_COMMANDS: "true" }, "up", "--event-log", events);
        const seconds = Math.round(Date.now() / 1000 - failedAt(events, result));
        console.log(`         ${seconds} s from the failure to the end of up`);
        rmSync(events);
        check(/up ends what still waits/.test(outputOf(result)), `an end of waits\n${outputOf(result).slice(-6000)}`);
        failsFirstWith(result, /^first failure: capd-manifests\/\S*ConfigMap\/settings: .*a valid config key/);
        check(seconds <= 90, `an end within 90 s, got ${seconds}\n${outputOf(result).slice(-4000)}`);
        hasNoPendingOperation(stack);
      },
    },
    {
      name: "the manifests are corrected",
      run: () => stack.write("dev", { clusters: [{ ...cluster, manifests: [configMap(stack, "accepted", "key")] }] }),
    },
  ],
  steps: (stack) => [
    { name: "the plan has nothing to do", run: () => void stack.expectPlan({}, 0) },
    {
      name: "the application answers",
      run: () => stack.answers(stack.outputs().url ?? "no URL"),
    },
  ],
};

/** Tag of an image that cannot be a node. */
const broken = "kindest/node:v1.34.4-broken";

/** What makes one cluster fail: on the source route as early as can be, while its node image is made. */
const defect = (stack: TestStack): { settings: object; says: RegExp } => {
  if (stack.route !== "source")
    return {
      settings: { manifests: [refused(stack)] },
      says: /^first failure: bad-manifests\/\S*ConfigMap/,
    };
  must("docker", ["tag", "kindest/haproxy:v20230606-42a2262b", broken]);
  return { settings: { nodeImage: broken }, says: /^first failure: node-v1\.34\.4-/ };
};

const pair = { loadBalancer: "none", application: false };

/** Node uids by name, read as an administrator of the management cluster reads them. */
const uidsOf = (stack: TestStack, name: string): string => {
  const args = ["get", "secret", `${name}-kubeconfig`, "--output", "jsonpath={.data.value}"];
  const file = join(stack.backend, `${name}.yaml`);
  writeFileSync(file, Buffer.from(stack.kubectl("clusterapi", ...args), "base64"), { mode: 0o600 });
  const format = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}';
  try {
    return must("kubectl", ["--kubeconfig", file, "get", "nodes", "--output", format], { env: stack.env });
  } finally {
    rmSync(file);
  }
};

const running = (stack: TestStack, name: string): number =>
  stack
    .kubectl(
      "clusterapi",
      "get",
      "machines.cluster.x-k8s.io",
      "--selector",
      `cluster.x-k8s.io/cluster-name=${name}`,
      "--output",
      'jsonpath={range .items[*]}{.status.phase}{"\\n"}{end}',
    )
    .split("\n")
    .filter((phase) => phase === "Running").length;

/** Two clusters, of which one fails before the management cluster is up. */
export const failurePair = (): Scenario => {
  let uids = "";
  const write = (stack: TestStack, more: object): void =>
    stack.write("dev", {
      clusters: [
        { name: "good", ...pair },
        { name: "bad", ...pair, ...more },
      ],
    });
  const steps = (stack: TestStack): Step[] => [
    {
      name: "the nodes of the other cluster are the same",
      run: () => {
        const now = uidsOf(stack, "good");
        check(now === uids, `${uids}, got ${now}`);
      },
    },
    { name: "the plan has nothing to do", run: () => void stack.expectPlan({}, 0) },
    {
      name: "the broken image is removed",
      always: true,
      run: () => void command("docker", ["image", "rm", broken]),
    },
  ];
  return {
    name: "failure-pair",
    title: "of two clusters one cannot be made: the machines of the other one come up all the same",
    base: "dev",
    start: {},
    first: (stack) => [
      {
        name: "up says first what is wrong with one cluster",
        run: () => {
          const { settings, says } = defect(stack);
          write(stack, settings);
          const result = stack.slipway("up");
          failsFirstWith(result, says);
          hasNoPendingOperation(stack);
        },
      },
      {
        name: "without another up the other cluster's machines come up",
        run: async () => {
          await eventually("2 machines Running", 300, () => running(stack, "good") === 2 || running(stack, "good"));
          uids = uidsOf(stack, "good");
        },
      },
      { name: "the settings are corrected", run: () => write(stack, {}) },
    ],
    steps,
  };
};
