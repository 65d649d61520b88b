import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { printPlan, type RunPreview } from "../../../cli/actions/plan";
import type { Target } from "../../../cli/pulumi/run";

const checkout = mkdtempSync(join(tmpdir(), "slipway-plan-"));
writeFileSync(join(checkout, "Pulumi.dev.yaml"), "config: {}\n");
afterAll(() => rmSync(checkout, { recursive: true }));
const target: Target = { checkout, stack: "dev", backend: "file:///nowhere", variables: {} };

const answers =
  (stdout: unknown, code = 0, stderr = ""): RunPreview =>
  (_, args) => {
    expect(args).toEqual(["preview", "--json", "--show-sames", "--non-interactive", "--stack", "dev", "--refresh"]);
    return Promise.resolve({ code, stdout: typeof stdout === "string" ? stdout : JSON.stringify(stdout), stderr });
  };

const network = {
  op: "create",
  urn: "urn:pulumi:dev::slipway::slipway:index:DockerNetwork$docker:index/network:Network::network",
};

const plan = async (preview: RunPreview, json = false): Promise<{ code: number; text: string }> => {
  const lines: string[] = [];
  const code = await printPlan(target, ["--refresh"], (line) => lines.push(line), { preview, json });
  return { code, text: lines.join("\n") };
};

test("prints a table and a summary", async () => {
  const { code, text } = await plan(answers({ steps: [network] }));
  expect(code).toBe(2);
  expect(text).toMatch(/^network +created +1 resource$/m);
  expect(text).toMatch(/1 part changes; nothing is lost$/);
});

test("prints JSON and nothing else", async () => {
  const { code, text } = await plan(answers({ steps: [{ ...network, op: "delete" }] }), true);
  expect(code).toBe(3);
  expect(JSON.parse(text)).toMatchObject({ exitCode: 3, parts: [{ part: "network", change: "destroyed" }, {}, {}] });
});

test("returns 0 without changes", async () => {
  expect((await plan(answers({ steps: [{ ...network, op: "same" }] }))).code).toBe(0);
});

test("fails with the engine's errors, or with the end of its output", async () => {
  const diagnostics = [
    { severity: "warning", message: "careful" },
    { severity: "error", message: "podCidr is wrong\n" },
  ];
  await expect(plan(answers({ diagnostics }, 255))).rejects.toThrow(/^the preview failed\npodCidr is wrong$/);
  await expect(plan(answers({ diagnostics }))).rejects.toThrow("podCidr is wrong");
  await expect(plan(answers("", 255, "error: no stack named dev"))).rejects.toThrow("error: no stack named dev");
});
