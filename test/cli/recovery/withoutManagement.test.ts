import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { awaitManagement, withoutManagement } from "../../../cli/recovery/managementNode";

const checkout = mkdtempSync(join(tmpdir(), "slipway-management-"));
afterAll(() => rmSync(checkout, { recursive: true }));
const target = { checkout, stack: "dev", backend: "", variables: { A: "a" } };
let lines: string[];
beforeEach(() => {
  lines = [];
  rmSync(join(checkout, ".slipway"), { recursive: true, force: true });
  rmSync(join(checkout, "Pulumi.dev.yaml"), { force: true });
});
const print = (line: string): void => void lines.push(line);
const wasUp = (): void => {
  mkdirSync(join(checkout, ".slipway", "kubeconfigs", "dev"), { recursive: true });
  writeFileSync(join(checkout, ".slipway", "kubeconfigs", "dev", "clusterapi.yaml"), "");
};
const unreachable = "PULUMI_K8S_DELETE_UNREACHABLE";

test("treats unreachable objects as deleted only if an existing management cluster is missing in Docker", async () => {
  wasUp();
  const gone = (): Promise<undefined> => Promise.resolve(undefined);
  const isKnown = (): Promise<boolean> => Promise.resolve(true);
  const result = await withoutManagement(target, print, gone, isKnown);
  expect(result.variables).toEqual({ A: "a", [unreachable]: "true" });
  expect(lines).toEqual(["management cluster clusterapi no longer exists in Docker; everything in it is lost"]);
});

test("ignores a kubeconfig without a cluster in the state", async () => {
  wasUp();
  const gone = (): Promise<undefined> => Promise.resolve(undefined);
  expect(await withoutManagement(target, print, gone, () => Promise.resolve(false))).toBe(target);
  expect(lines).toEqual([]);
});

test("reports a stopped management cluster, and treats no object as deleted", async () => {
  wasUp();
  expect(await withoutManagement(target, print, () => Promise.resolve({ running: false, image: "i" }))).toBe(target);
  expect(lines.join("\n")).toContain("is stopped: its objects cannot be read until make up starts it");
});

test("prints nothing for a running management cluster", async () => {
  wasUp();
  expect(await withoutManagement(target, print, () => Promise.resolve({ running: true, image: "i" }))).toBe(target);
  expect(lines).toEqual([]);
});

test("fails if Docker does not answer", async () => {
  wasUp();
  const down = (): Promise<undefined> => Promise.reject(new Error("Docker does not answer"));
  await expect(withoutManagement(target, print, down)).rejects.toThrow("Docker does not answer");
});

test("queries nothing before the first up, and for a cluster that someone else created", async () => {
  const never = (): Promise<undefined> => Promise.reject(new Error("asked"));
  expect(await withoutManagement(target, print, never)).toBe(target);
  wasUp();
  writeFileSync(join(checkout, "Pulumi.dev.yaml"), "config:\n  slipway:managementKubeconfig: /k\n");
  expect(await withoutManagement(target, print, never)).toBe(target);
});

test("waits in an up only for a management cluster of the stack that was up", async () => {
  const clusters: string[] = [];
  const wake = (name: string): Promise<"silent"> => {
    clusters.push(name);
    return Promise.resolve("silent");
  };
  await awaitManagement(target, print, wake);
  expect(clusters).toEqual([]);
  wasUp();
  await awaitManagement(target, print, wake);
  expect(clusters).toEqual(["clusterapi"]);
  expect(lines.join()).toContain("does not answer");
});
