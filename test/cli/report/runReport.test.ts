import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import Ajv from "ajv";
import type { Target } from "../../../cli/pulumi/run";
import type { ExportedState } from "../../../cli/pulumi/state";
import { openRunReport, reported } from "../../../cli/report/runReport";
import { secretSignature, signatureKey } from "../../../lib/base/pulumiMarks";
import type { Report } from "../../../lib/report/model";
import type { FakeCheckout } from "../../helpers/fakeCheckout";
import { fakeStack, openOutputs } from "../../helpers/fakeStack";
import { clusterObjects, kindUrn, networkUrn, runFacts } from "../../helpers/reportFacts";

jest.setTimeout(60_000); // each test starts programs, which a busy machine does slowly

let checkout: FakeCheckout;
let lines: string[];
const print = (line: string): void => void lines.push(line);
const path = process.env.PATH ?? "";
const target = (): Target => ({
  ...{ checkout: checkout.folder, stack: "dev", backend: `file://${checkout.folder}/.slipway` },
  variables: { PULUMI_CONFIG_PASSPHRASE_FILE: join(checkout.folder, ".slipway", "passphrase") },
});
const folder = (): string => join(checkout.folder, ".slipway", "reports");

const schema = JSON.parse(
  readFileSync(join(__dirname, "..", "..", "..", "docs", "reference", "report.schema.json"), "utf8"),
) as object;

/** Returns the only report, after a check of its shape, and the page. */
const read = (): { report: Report; page: string } => {
  const names = readdirSync(folder());
  const text = (ending: string): string =>
    readFileSync(join(folder(), names.find((name) => name.endsWith(ending)) ?? ""), "utf8");
  const report = JSON.parse(text(".json")) as Report;
  const ajv = new Ajv({ allErrors: true });
  expect([ajv.validate(schema, report), ajv.errorsText()]).toEqual([true, "No errors"]);
  return { report, page: text(".html") };
};

beforeEach(() => {
  checkout = fakeStack();
  process.env.PATH = `${join(checkout.folder, ".tools", "bin")}:${path}`;
  lines = [];
});
afterEach(() => {
  process.env.PATH = path;
  checkout.remove();
});

const stateWith = (inputs: object = {}): ExportedState => ({
  deployment: { resources: runFacts().state.map((resource) => ({ ...resource, type: "", inputs })) as never },
});

const clusterList = JSON.stringify({ kind: "List", items: clusterObjects("capd") });

describe("the report of a run", () => {
  test("has events, objects, containers and addresses", async () => {
    checkout.fakeTool("kubectl", `cat <<'END'\n${clusterList}\nEND`);
    const report = openRunReport(target(), "up", [], print);
    report.observe({ kind: "begins", urn: kindUrn, op: "create" });
    report.observe({ kind: "done", urn: kindUrn, op: "create" });
    report.observe({ kind: "warning", message: "using pulumi-resource-kind from $PATH at /a/pulumi-resource-kind" });
    report.observe({ kind: "warning", message: "<{%fg 13%}>an old version<{%reset%}>\n" });
    const kubeconfigs = { capd: "apiVersion: v1", clusterapi: "apiVersion: v1" };
    await report.finish({ code: 0, state: stateWith(), outputs: { ...openOutputs, kubeconfigs } });
    expect(lines).toEqual([expect.stringMatching(/^report: \.slipway\/reports\/\S+_dev_up\.html$/)]);
    const { report: written, page } = read();
    expect(written).toMatchObject({ succeeded: true, createdManagementCluster: true, warnings: ["an old version"] });
    expect(written.clusters.map(({ name, isReady }) => [name, isReady])).toEqual([
      ["clusterapi", true],
      ["capd", true],
    ]);
    expect(written.urls).toEqual([{ name: "capd", url: openOutputs.url }]);
    expect(page).toContain("KubeadmControlPlane");
    expect(statSync(join(folder(), readdirSync(folder())[0] ?? "")).mode & 0o777).toBe(0o600);
  });

  test("asks each cluster once", async () => {
    checkout.fakeTool("kubectl", `echo "$*" >>"${join(checkout.folder, "requests")}"; echo '{"items":[]}'`);
    const kubeconfigs = { capd: "apiVersion: v1", clusterapi: "apiVersion: v1" };
    await openRunReport(target(), "up", [], print).finish({ code: 0, outputs: { ...openOutputs, kubeconfigs } });
    const requests = readFileSync(join(checkout.folder, "requests"), "utf8").trim().split("\n");
    expect(requests.sort()).toEqual([
      expect.stringMatching(/capd\.yaml .*get nodes,services,pods /),
      expect.stringMatching(/clusterapi\.yaml .*get cluster-api,nodes,services,pods /),
    ]);
  });

  test("lacks the parts of sources that do not answer, and names the sources", async () => {
    checkout.fakeTool("kubectl", "echo 'connection refused' >&2; exit 1");
    checkout.fakeTool("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    const kubeconfigs = { clusterapi: "apiVersion: v1" };
    await openRunReport(target(), "up", [], print).finish({ code: 0, outputs: { ...openOutputs, kubeconfigs } });
    const { report } = read();
    expect(report.missing).toEqual([
      "Docker: Cannot connect to the Docker daemon",
      "cluster clusterapi: connection refused",
    ]);
    expect(report.containers).toBeNull();
    expect(report.clusters.map(({ isReady }) => isReady)).toEqual([null, null]);
  });

  test("of a failure has the first failed resource, the clusters and the remedies", async () => {
    const report = openRunReport(target(), "up", [], print);
    report.observe({ kind: "begins", urn: networkUrn, op: "create" });
    report.observe({ kind: "error", urn: networkUrn, message: "the pool is used up" });
    report.observe({ kind: "failed", urn: networkUrn, op: "create" });
    await report.finish({ code: 1, diagnosis: Promise.resolve(["", "cluster a: not ready", "  what helps: a thing"]) });
    const { report: written } = read();
    expect(written.failure?.lines).toEqual(["first failure: network: the pool is used up", "cluster a: not ready"]);
    expect(written.failure?.remedies[0]).toBe("a thing");
    expect(written).toMatchObject({ succeeded: false, createdManagementCluster: false });
  });

  test("of a program that throws has a failed stack", async () => {
    const urn = "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev";
    const report = openRunReport(target(), "up", [], print);
    report.observe({ kind: "begins", urn, op: "create" });
    report.observe({ kind: "error", urn, message: "podCidr: expected a network" });
    report.observe({ kind: "done", urn, op: "create" });
    await report.finish({ code: 1 });
    const { report: written } = read();
    expect(written.failure?.lines).toEqual(["first failure: the program: podCidr: expected a network"]);
    expect(written.operations).toMatchObject([{ part: "stack", done: 0, failed: 1 }]);
  });

  test("of a command that throws has the error, and the command still throws", async () => {
    const run = reported(openRunReport(target(), "destroy", [], print), () => Promise.reject(new Error("no disk")));
    await expect(run).rejects.toThrow("no disk");
    expect(read().report.failure?.lines).toEqual(["no disk"]);
  });

  test("that cannot be written does not change the exit code", async () => {
    mkdirSync(join(checkout.folder, ".slipway"), { recursive: true });
    writeFileSync(folder(), "a file");
    const report = openRunReport(target(), "up", [], print);
    const code = await reported(report, async () => {
      report.observe({ kind: "begins", urn: networkUrn, op: "create" });
      await report.finish({ code: 0 });
      return 0;
    });
    expect(code).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^warning: the report was not written: /)]);
    rmSync(folder());
  });

  test("has none of the stack's secrets, wherever programs print them", async () => {
    const secrets = ["state-secret-value-1", "config-secret-value-2", "passphrase-value-3", "client-key-value-4=="];
    const [inState = "", inConfig = "", passphrase = "", key = ""] = secrets;
    writeFileSync(join(checkout.folder, ".slipway", "passphrase"), `${passphrase}\n`);
    writeFileSync(join(checkout.folder, "Pulumi.dev.yaml"), "config:\n  slipway:x:\n    secure: v1:abc\n");
    const config = JSON.stringify({ "slipway:x": { secret: true, value: inConfig } });
    checkout.fakeTool("pulumi", `cat <<'END'\n${config}\nEND`);
    const all = secrets.join(" and ");
    const objects = clusterObjects("capd").map((object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { note: all } },
      status: { conditions: [{ type: "Ready", status: "False", reason: "Failed", message: `error: ${all}` }] },
    }));
    checkout.fakeTool("kubectl", `cat <<'END'\n${JSON.stringify({ items: objects })}\nEND`);
    const kubeconfigs = { clusterapi: `users:\n- user:\n    client-key-data: ${key}\n` };
    const report = openRunReport(target(), "up", [], print);
    report.observe({ kind: "warning", message: `a warning with ${all}` });
    report.observe({ kind: "error", urn: networkUrn, message: `failed: ${all}` });
    const marked = { password: { [signatureKey]: secretSignature, plaintext: JSON.stringify(inState) } };
    await report.finish({
      ...{ code: 1, state: stateWith(marked), diagnosis: [`cluster a: ${all}`, `  what helps: ${all}`] },
      outputs: { ...openOutputs, kubeconfigs },
    });
    const { report: written, page } = read();
    expect(JSON.stringify(written)).toContain("error: [redacted] and [redacted]");
    const leaked = secrets.filter((secret) => page.includes(secret) || JSON.stringify(written).includes(secret));
    expect(leaked).toEqual([]);
  });
});
