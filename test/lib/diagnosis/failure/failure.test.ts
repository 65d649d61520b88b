import { describe, expect, test } from "@jest/globals";
import { lineCutter, readEvent } from "../../../../lib/diagnosis/failure/engineEvent";
import { failureLines } from "../../../../lib/diagnosis/failure/failureText";
import { FailureWatch } from "../../../../lib/diagnosis/failure/failureWatch";
import { resourceText } from "../../../../lib/diagnosis/failure/resourcePart";

const urn = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;
const command = "command:local:Command";
const part = (component: string, type: string, name: string): string =>
  urn(`slipway:index:${component}$slipway:index:ManifestObjects$${type}`, name);
const nodes = urn(command, "east-nodes");
const cluster = (name: string): string => urn("slipway:index:WorkloadCluster", name);
const ofCluster = (type: string, name: string): string => urn(`slipway:index:WorkloadCluster$${type}`, name);
const kind = urn("slipway:index:ManagementCluster$kind:index:KindCluster", "management-kind");

const begins = (of: string, op = "create"): string =>
  JSON.stringify({ resourcePreEvent: { metadata: { op, urn: of } } });
const done = (of: string): string => JSON.stringify({ resOutputsEvent: { metadata: { op: "create", urn: of } } });
const fails = (of: string): string =>
  JSON.stringify({ resOpFailedEvent: { metadata: { op: "create", urn: of }, status: 1, steps: 1 } });
const says = (severity: string, message: string, of?: string, more: object = {}): string =>
  JSON.stringify({ diagnosticEvent: { severity, message, color: "raw", ...(of ? { urn: of } : {}), ...more } });

const watching = (...lines: string[]): FailureWatch => {
  const watch = new FailureWatch();
  const take = lineCutter((line) => {
    const event = readEvent(line);
    if (event) watch.take(event);
  });
  // In pieces, as a pipe gives them.
  for (const piece of (lines.join("\n") + "\n").match(/[^]{1,7}/g) ?? []) take(piece);
  return watch;
};

const linesOf = (watch: FailureWatch): string[] => (watch.first ? failureLines(watch.first) : []);

describe("the first failure", () => {
  test("is absent from a run in which nothing failed", () => {
    const watch = watching(begins(nodes), says("info", "a line", nodes), says("warning", "careful"), done(nodes));
    expect(watch.first).toBeUndefined();
    expect(watch.hasBegun).toBe(true);
    expect(new FailureWatch().hasBegun).toBe(false);
  });

  test("is the resource that failed first, whatever fails later", () => {
    const web = part("ExtraManifests", "kubernetes:core/v1:ConfigMap", "east-manifests/web.yaml/ConfigMap/default/web");
    const refusal =
      'configmaps "web" is invalid: data[a b]: a valid config key must consist of alphanumeric characters';
    const watch = watching(
      begins(web),
      says("error", `${refusal}\n`, web),
      fails(web),
      says("error", "later", nodes),
      fails(nodes),
    );
    expect(linesOf(watch)).toEqual([`first failure: east-manifests/web.yaml/ConfigMap/default/web: ${refusal}`]);
  });

  test("may be a message without a step: of the program, or of an object that a plugin does not take", () => {
    const stack = urn("pulumi:pulumi:Stack", "slipway-dev");
    expect(linesOf(watching(says("error", "<{%reset%}>the service got no address<{%reset%}>\n", stack)))).toEqual([
      "first failure: the program: the service got no address",
    ]);
  });

  test("may belong to no resource", () => {
    const watch = watching(
      says("error", "workerReplica is not a setting"),
      says("error", "update failed"),
      fails(nodes),
    );
    expect(linesOf(watch)).toEqual(["first failure: the program: workerReplica is not a setting"]);
    expect(watch.leadsToMachines).toBe(false);
  });

  test("may come without a reason", () => {
    expect(linesOf(watching(fails(nodes)))).toEqual(["first failure: east-nodes: Pulumi gave no reason"]);
  });

  test("keeps the lines of what a step printed, and not more than a screen can take", () => {
    const printed = [
      "cluster east is not what it is to be after 20m: it is not Available",
      "",
      "cluster default/east: not ready",
    ];
    const message = `exit status 1: running "steps/wait-for-nodes":\n${printed.join("\n")}\n\n`;
    expect(linesOf(watching(says("error", message, nodes), fails(nodes)))).toEqual([
      "first failure: east-nodes: steps/wait-for-nodes failed (exit status 1):",
      "  cluster east is not what it is to be after 20m: it is not Available",
      "  cluster default/east: not ready",
    ]);
    const many = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
    const lines = linesOf(watching(says("error", `exit status 1: running "steps/x":\n${many}`, nodes)));
    expect(lines.length).toBeLessThan(15);
    expect(lines.at(-1)).toBe("  line 99");
    expect(linesOf(watching(says("error", "x".repeat(5000), nodes))).join().length).toBeLessThan(500);
  });

  test("is said without Pulumi's own wrapping", () => {
    const message =
      "1 error occurred:\n\t* the Kubernetes API server reported that it failed to become live: timed out\n\n";
    expect(linesOf(watching(says("error", message, nodes)))).toEqual([
      "first failure: east-nodes: the Kubernetes API server reported that it failed to become live: timed out",
    ]);
  });

  test("repeats nothing that Pulumi itself does not print: debug messages hold secrets, progress is not a failure", () => {
    const watch = watching(
      says("debug", "RegisterResource RPC finished: a-private-key", nodes),
      says("error", "still waiting", nodes, { ephemeral: true }),
      begins(nodes),
    );
    expect(watch.first).toBeUndefined();
    watch.take({ kind: "failed", urn: nodes });
    expect(linesOf(watch).join()).not.toMatch(/private|still/);
  });

  test("survives a line that Pulumi did not finish, and events without a resource", () => {
    expect(
      linesOf(watching('{"diagnosticEvent": {"sev', "null", "{}", '{"summaryEvent":{}}', fails(kind))),
    ).toHaveLength(1);
  });
});

test.each([
  [urn("pulumi:pulumi:Stack", "slipway-dev"), "the program"],
  [ofCluster("pulumi:providers:kubernetes", "east"), "provider east"],
  [nodes, "east-nodes"],
])("%s is called %s", (of, name) => expect(resourceText(of)).toBe(name));

describe("what leads to machines of other clusters after a failure", () => {
  const controlPlane = (name: string): string =>
    ofCluster(
      "kubernetes:controlplane.cluster.x-k8s.io/v1beta2:KubeadmControlPlane",
      `${name}/KubeadmControlPlane/default/${name}`,
    );
  const template = ofCluster(
    "kubernetes:infrastructure.cluster.x-k8s.io/v1beta2:DevMachineTemplate",
    "west/DevMachineTemplate/x",
  );
  const two = [begins(cluster("east")), begins(cluster("west"))];
  const manifest = part("ExtraManifests", "kubernetes:core/v1:ConfigMap", "east-manifests/a/ConfigMap/x");

  test("is what is under way before a control plane is asked for", () => {
    expect(watching(...two, begins(kind), fails(manifest)).leadsToMachines).toBe(true);
    expect(watching(...two, begins(template), fails(controlPlane("east"))).leadsToMachines).toBe(true);
    expect(watching(...two, begins(template), done(template), fails(manifest)).leadsToMachines).toBe(false);
  });

  test("is not a wait for a control plane, for an API or for what goes into a cluster", () => {
    const waits = [controlPlane("west"), urn(command, "west-nodes"), ofCluster(command, "west-api"), manifest];
    expect(watching(...two, ...waits.map((of) => begins(of)), fails(nodes)).leadsToMachines).toBe(false);
  });

  test("is nothing for a single cluster, or where all clusters need what failed", () => {
    expect(watching(begins(cluster("east")), begins(kind), fails(manifest)).leadsToMachines).toBe(false);
    const webhook = urn(`slipway:index:ProviderInstall$${command}`, "cluster-api-webhooks");
    expect(watching(...two, begins(kind), fails(webhook)).leadsToMachines).toBe(false);
  });

  test("tells a node image of one cluster from the image of all", () => {
    const image = (name: string): string => urn("slipway:index:NodeImage", name);
    const built = urn("slipway:index:NodeImage$kind:index:NodeImage", "node-a");
    expect(watching(...two, begins(image("node-a")), begins(kind), fails(built)).leadsToMachines).toBe(false);
    const both = [begins(image("node-a")), begins(image("node-b"))];
    expect(watching(...two, ...both, begins(kind), fails(built)).leadsToMachines).toBe(true);
  });

  test("is nothing that is already there", () => {
    expect(watching(...two, begins(kind, "same"), fails(manifest)).leadsToMachines).toBe(false);
  });
});
