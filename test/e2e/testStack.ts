import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PartPlan } from "../../lib/changePlan";
import type { Route } from "../../setup/cache";
import { pulumiEnvironment } from "../../setup/environment";
import { openTemporary } from "../../setup/temporary";
import { check, command, commandMeanwhile, must, type Result } from "./harness";
import { containersOf, differenceOf, type Expectation, type Inventory, objectsOf, surprises } from "./inventory";
import { baseFile, deriveStackFile, type StackSettings } from "./stackFile";

/** A stack's outputs, by the names of index.ts. */
export interface Outputs {
  url?: string;
  answer?: string;
  urls: Record<string, string>;
  loadBalancerRange?: string;
  managementCluster: string;
  clusters: { name: string; namespace: string; version: string; nodes: string[]; loadBalancerRange?: string }[];
  kubeconfigs: Record<string, string>;
}

/** A step of `pulumi preview --json`. */
export interface PreviewStep {
  op: string;
  urn: string;
  newState?: { inputs?: Record<string, unknown> };
}

/** Of the management cluster; Cluster API's kinds by their groups, since other providers may have kinds of these names. */
const managementKinds = [
  ...["clusters", "machinedeployments", "machinesets", "machines"].map((kind) => `${kind}.cluster.x-k8s.io`),
  "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
  "kubeadmconfigtemplates.bootstrap.cluster.x-k8s.io",
  ...["devclusters", "devmachines", "devmachinetemplates"].map((kind) => `${kind}.infrastructure.cluster.x-k8s.io`),
  "deployments.apps",
];

const workloadKinds = ["nodes", "namespaces", "services", "deployments.apps", "daemonsets.apps"];

/** Of every test stack's state; a look for secrets looks for it too. */
export const passphrase = "an end to end run keeps nothing";

/** The route whose tools this checkout has. */
export const currentRoute = (): Route => must("scripts/slipway", ["route"]).trim().split("\n").at(-1) as Route;

/** A stack for one run on real clusters: a settings file that git ignores, a state of its own, and what is asked of it. */
export class TestStack {
  /** Where Slipway is run from; another one is what a user has after an update. */
  checkout = process.cwd();
  readonly backend = mkdtempSync(join(tmpdir(), "slipway-e2e-"));
  readonly env: Record<string, string>;
  /** What all programs of the run have as temporary folder; for a look at what they leave. */
  readonly temporary = mkdtempSync(join(tmpdir(), "slipway-e2e-tmp-"));
  /** The folder in it for what the test itself runs, as env.sh makes one for a plain `pulumi`. */
  private readonly ofTest = openTemporary(this.temporary);

  constructor(
    readonly name: string,
    readonly route: Route,
  ) {
    const own = {
      STACK: name,
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      TMPDIR: this.temporary,
    };
    this.env = { ...own, ...pulumiEnvironment(process.cwd(), route, { env: { ...process.env, ...own } }).variables };
  }

  private get file(): string {
    return join(this.checkout, `Pulumi.${this.name}.yaml`);
  }

  private get place(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.checkout, env: this.env };
  }

  private get placeOfTest(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.checkout, env: { ...this.env, TMPDIR: this.ofTest.folder } };
  }

  /** Writes the stack file: a checked-in one, with other settings. */
  write(base: string, changes: StackSettings = {}): void {
    writeFileSync(this.file, deriveStackFile(readFileSync(baseFile(base, this.route), "utf8"), this.route, changes));
  }

  /** Runs Pulumi on the stack; an error where it fails. */
  pulumi(...args: string[]): string {
    return must("pulumi", [...args, "--stack", this.name, "--non-interactive"], this.placeOfTest);
  }

  /** Runs a verb of scripts/slipway, however it ends. */
  slipway(...args: string[]): Result {
    return command("scripts/slipway", args, this.place);
  }

  /** The same with further variables. */
  slipwayWith(variables: Record<string, string>, ...args: string[]): Result {
    return command("scripts/slipway", args, { ...this.place, env: { ...this.env, ...variables } });
  }

  /** Plain Pulumi on the stack, with further variables, however it ends. */
  plainPulumi(args: string[], variables: Record<string, string> = {}): Result {
    const { cwd, env } = this.placeOfTest;
    return command("pulumi", [...args, "--stack", this.name, "--non-interactive"], {
      cwd,
      env: { ...env, ...variables },
    });
  }

  /** @param options show it; copy what it prints to a file; write the engine's events, in full, to another */
  up({ events, ...options }: { show?: boolean; copy?: string; events?: string } = {}): void {
    // Pulumi has this flag for those who mend it only.
    const env = events === undefined ? this.env : { ...this.env, PULUMI_DEBUG_COMMANDS: "true" };
    const args = events === undefined ? [] : ["--event-log", events];
    must("scripts/slipway", ["up", ...args], { ...this.place, ...options, env });
  }

  /** The same, while the test goes on. */
  upMeanwhile(): Promise<Result> {
    return commandMeanwhile("scripts/slipway", ["up"], this.place);
  }

  destroy(options: { show?: boolean } = {}): void {
    must("scripts/slipway", ["destroy"], { ...this.place, ...options });
  }

  /** Claims that an `up` has nothing to do. */
  upChangesNothing(): void {
    this.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  }

  /** Also of a stack that was never up. */
  preview(): PreviewStep[] {
    this.pulumi("stack", "select", "--create");
    return (JSON.parse(this.pulumi("preview", "--json")) as { steps: PreviewStep[] }).steps;
  }

  /** Claims the class of each part of the plan that is named, `unchanged` of all others, and the exit code; gives the parts. */
  expectPlan(changes: Readonly<Record<string, PartPlan["change"]>>, exitCode: number): PartPlan[] {
    const { code, stdout, stderr } = this.slipway("plan", "--json");
    check(code === exitCode, `exit code ${exitCode} of plan, got ${code}\n${stdout}${stderr}`.slice(0, 4000));
    const { parts } = JSON.parse(stdout) as { parts: PartPlan[] };
    const found = parts.filter(({ change }) => change !== "unchanged").map(({ part, change }) => [part, change]);
    check(
      JSON.stringify(found.sort()) === JSON.stringify(Object.entries(changes).sort()),
      `${JSON.stringify(changes)} in the plan, got ${JSON.stringify(parts, null, 2)}`,
    );
    return parts;
  }

  /** What a plan says besides where other images go into nodes: those that pull nothing have theirs made beside the clusters. */
  get otherNodeImages(): Readonly<Record<string, PartPlan["change"]>> {
    return this.route === "source" ? { "node images": "in place" } : {};
  }

  outputs(): Outputs {
    return JSON.parse(this.pulumi("stack", "output", "--json", "--show-secrets")) as Outputs;
  }

  /** The environment with the kubeconfig of a cluster. */
  kubeconfig(cluster: string): Record<string, string> {
    return { ...this.env, TMPDIR: this.ofTest.folder, KUBECONFIG: `.slipway/kubeconfigs/${this.name}/${cluster}.yaml` };
  }

  kubectl(cluster: string, ...args: string[]): string {
    return must("kubectl", args, { env: this.kubeconfig(cluster) });
  }

  /** Claims that the page behind a URL is the application's; a first connection may be lost, so it is asked for 10 s. */
  async answers(url: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const page = await fetch(url, { signal: AbortSignal.timeout(5000) })
        .then((response) => response.text())
        .catch((error: unknown) => String(error));
      if (page.includes("Thank you for using nginx")) return;
      if (Date.now() > deadline) check(false, `nginx's thanks from ${url}, got ${page.slice(0, 200)}`);
      await sleep(1000);
    }
  }

  /** Containers of clusters and objects of the management cluster and the named workload clusters, as they are now. */
  inventory(clusters: readonly string[]): Inventory {
    const nodes = ["--filter", "label=io.x-k8s.kind.cluster"];
    const ids = must("docker", ["ps", "--all", "--quiet", ...nodes])
      .split("\n")
      .filter(Boolean);
    const format = "{{.Name}} {{.Id}} {{.State.StartedAt}}";
    const containers = must("docker", ["inspect", "--format", format, ...ids])
      .split("\n")
      .filter(Boolean);
    const objects = (cluster: string, kinds: string[]): Inventory =>
      objectsOf(cluster, this.kubectl(cluster, "get", kinds.join(","), "--all-namespaces", "--output", "json"));
    return Object.assign(
      {},
      containersOf(containers),
      objects("clusterapi", managementKinds),
      ...clusters.map((cluster) => objects(cluster, workloadKinds)),
    ) as Inventory;
  }

  /** Claims that since an earlier inventory exactly this happened; gives the inventory of now. */
  expectDifference(before: Inventory, clusters: readonly string[], expected: Expectation): Inventory {
    const after = this.inventory(clusters);
    const found = surprises(differenceOf(before, after), expected);
    check(found.length === 0, `only what was asked for to change\n  ${found.join("\n  ")}`);
    return after;
  }

  /** Names in the temporary folder, but for the cache of compiled TypeScript and the test's own folder. */
  leftInTemporary(): string[] {
    const own = basename(this.ofTest.folder);
    return readdirSync(this.temporary).filter((name) => !/^tsx-\d+$/.test(name) && name !== own);
  }

  /** Prints what was stuck: containers, conditions, pods and events. */
  explain(): void {
    const show = (program: string, args: string[], cluster: string): void => {
      const { stdout, stderr } = command(program, args, { env: this.kubeconfig(cluster) });
      console.log(`--- ${program} ${args.join(" ")} (${cluster})\n${`${stdout}${stderr}`.slice(-5000)}`);
    };
    console.log(command("docker", ["ps", "--all"]).stdout);
    const folder = `.slipway/kubeconfigs/${this.name}`;
    const output = command("pulumi", ["stack", "output", "--json", "--stack", this.name], this.placeOfTest).stdout;
    const clusters = output === "" ? [] : ((JSON.parse(output) as Partial<Outputs>).clusters ?? []);
    for (const { name, namespace } of clusters) {
      const args = ["describe", "cluster", name, "--namespace", namespace, "--show-conditions", "all"];
      show("clusterctl", args, "clusterapi");
    }
    for (const cluster of ["clusterapi", ...clusters.map(({ name }) => name)]) {
      if (!existsSync(`${folder}/${cluster}.yaml`)) continue;
      show("kubectl", ["get", "pods", "--all-namespaces", "--output", "wide"], cluster);
      show("kubectl", ["get", "events", "--all-namespaces", "--field-selector", "type=Warning"], cluster);
    }
  }

  /** Takes the state and the stack file away; the clusters are `destroy`'s. */
  remove(): void {
    this.ofTest.close();
    for (const folder of [this.backend, this.temporary]) rmSync(folder, { recursive: true, force: true });
    rmSync(this.file, { force: true });
    // The file for plain pulumi names the backend that a user of this checkout has.
    command("scripts/slipway", ["env"]);
  }
}
