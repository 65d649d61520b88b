import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { awaitManagement, withoutManagement } from "../../../cli/recovery/managementNode";

const checkout = mkdtempSync(join(tmpdir(), "slipway-management-"));
afterAll(() => rmSync(checkout, { recursive: true }));
const target = { checkout, stack: "dev", backend: "", variables: { A: "a" } };
let said: string[];
beforeEach(() => {
  said = [];
  rmSync(join(checkout, ".slipway"), { recursive: true, force: true });
  rmSync(join(checkout, "Pulumi.dev.yaml"), { force: true });
});
const say = (line: string): void => void said.push(line);
const wasUp = (): void => {
  mkdirSync(join(checkout, ".slipway", "kubeconfigs", "dev"), { recursive: true });
  writeFileSync(join(checkout, ".slipway", "kubeconfigs", "dev", "clusterapi.yaml"), "");
};
const unreachable = "PULUMI_K8S_DELETE_UNREACHABLE";

test("only a cluster that was, and that Docker has no more, lets what cannot be reached count as deleted", async () => {
  wasUp();
  const gone = (): Promise<undefined> => Promise.resolve(undefined);
  const isKnown = (): Promise<boolean> => Promise.resolve(true);
  const found = await withoutManagement(target, say, gone, isKnown);
  expect(found.variables).toEqual({ A: "a", [unreachable]: "true" });
  expect(said).toEqual(["management cluster clusterapi: Docker has it no more, so what stood in it is gone"]);
});

test("a kubeconfig that outlived its stack's state says nothing", async () => {
  wasUp();
  const gone = (): Promise<undefined> => Promise.resolve(undefined);
  expect(await withoutManagement(target, say, gone, () => Promise.resolve(false))).toBe(target);
  expect(said).toEqual([]);
});

test("one that is stopped is said to be, and nothing counts as deleted", async () => {
  wasUp();
  expect(await withoutManagement(target, say, () => Promise.resolve({ running: false, image: "i" }))).toBe(target);
  expect(said.join("\n")).toContain("is stopped: make up starts it");
});

test("one that runs is nothing to speak of", async () => {
  wasUp();
  expect(await withoutManagement(target, say, () => Promise.resolve({ running: true, image: "i" }))).toBe(target);
  expect(said).toEqual([]);
});

test("a Docker that does not answer is an error", async () => {
  wasUp();
  const down = (): Promise<undefined> => Promise.reject(new Error("Docker does not answer"));
  await expect(withoutManagement(target, say, down)).rejects.toThrow("Docker does not answer");
});

test("before the first up, and with a cluster that someone else made, nothing is asked", async () => {
  const never = (): Promise<undefined> => Promise.reject(new Error("asked"));
  expect(await withoutManagement(target, say, never)).toBe(target);
  wasUp();
  writeFileSync(join(checkout, "Pulumi.dev.yaml"), "config:\n  slipway:managementKubeconfig: /k\n");
  expect(await withoutManagement(target, say, never)).toBe(target);
});

test("an up waits for a management cluster that was, and for no other", async () => {
  const asked: string[] = [];
  const wake = (name: string): Promise<"silent"> => {
    asked.push(name);
    return Promise.resolve("silent");
  };
  await awaitManagement(target, say, wake);
  expect(asked).toEqual([]);
  wasUp();
  await awaitManagement(target, say, wake);
  expect(asked).toEqual(["clusterapi"]);
  expect(said.join()).toContain("does not answer");
});
