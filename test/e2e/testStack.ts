import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PartPlan } from "../../lib/plan/step";
import type { Route } from "../../lib/versions/pins";
import { check, command, must } from "./harness";
import { containersOf, differenceOf, type Expectation, type Inventory, objectsOf, surprises } from "./inventory";
import { type Outputs, ThrowAwayStack } from "./throwAwayStack";

/** A step of `pulumi preview --json`. */
export interface PreviewStep {
  op: string;
  urn: string;
  newState?: { inputs?: Record<string, unknown> };
}

/** Of the management cluster; Cluster API's resources by their groups, since other providers may have kinds of these names. */
const managementKinds = [
  ...["clusters", "machinedeployments", "machinesets", "machines"].map((kind) => `${kind}.cluster.x-k8s.io`),
  "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
  "kubeadmconfigtemplates.bootstrap.cluster.x-k8s.io",
  ...["devclusters", "devmachines", "devmachinetemplates"].map((kind) => `${kind}.infrastructure.cluster.x-k8s.io`),
  "deployments.apps",
];

const workloadKinds = ["nodes", "namespaces", "services", "deployments.apps", "daemonsets.apps"];

/** A stack for one run on real clusters, with what a test claims of it. */
export class TestStack extends ThrowAwayStack {
  /** All programs of the run have a temporary folder of its own, for a look at what they leave. */
  constructor(name: string, route: Route) {
    super(name, route, mkdtempSync(join(tmpdir(), "slipway-e2e-tmp-")));
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
    const planned = parts.filter(({ change }) => change !== "unchanged").map(({ part, change }) => [part, change]);
    check(
      JSON.stringify(planned.sort()) === JSON.stringify(Object.entries(changes).sort()),
      `${JSON.stringify(changes)} in the plan, got ${JSON.stringify(parts, null, 2)}`,
    );
    return parts;
  }

  /** What a plan says besides where other images go into nodes: those that pull nothing have theirs made beside the clusters. */
  get otherNodeImages(): Readonly<Record<string, PartPlan["change"]>> {
    return this.route === "source" ? { "node images": "in place" } : {};
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
    const changes = surprises(differenceOf(before, after), expected);
    check(changes.length === 0, `only what was asked for to change\n  ${changes.join("\n  ")}`);
    return after;
  }

  /** Names in the temporary folder, but for the test's own folder. */
  leftInTemporary(): string[] {
    const testFolder = basename(this.ownFolder.folder);
    return readdirSync(this.temporary).filter((name) => name !== testFolder);
  }

  /** Prints what was stuck: containers, conditions, pods and events. */
  explain(): void {
    const show = (program: string, args: string[], cluster: string): void => {
      const { stdout, stderr } = command(program, args, { env: this.kubeconfig(cluster) });
      console.log(`--- ${program} ${args.join(" ")} (${cluster})\n${`${stdout}${stderr}`.slice(-5000)}`);
    };
    console.log(command("docker", ["ps", "--all"]).stdout);
    const folder = `.slipway/kubeconfigs/${this.name}`;
    const output = this.plainPulumi(["stack", "output", "--json"]).stdout;
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

  override remove(): void {
    super.remove();
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
