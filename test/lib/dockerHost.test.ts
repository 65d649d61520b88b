import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementNode, runningVersions } from "../../lib/dockerHost";

const folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));
const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** Puts a program named docker first on the PATH: it keeps its arguments, and answers. */
const docker = (answer: { stdout?: string; stderr?: string; code?: number }): void => {
  const quote = (text = ""): string => `'${text}'`;
  const lines = [
    `echo "$*" >${folder}/asked`,
    `printf %s ${quote(answer.stdout)}`,
    `printf %s ${quote(answer.stderr)} >&2`,
    `exit ${answer.code ?? 0}`,
  ];
  writeFileSync(join(folder, "docker"), ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
};
const asked = (): string => readFileSync(join(folder, "asked"), "utf8").trim();

beforeEach(() => {
  process.env.PATH = `${folder}:${path}`;
});

describe("the management cluster's node", () => {
  test("is known by its container", async () => {
    docker({ stdout: "true kindest/node:v1.34.4\n" });
    expect(await managementNode("clusterapi")).toEqual({ running: true, image: "kindest/node:v1.34.4" });
    expect(asked()).toMatch(/^container inspect .* clusterapi-control-plane$/);
  });

  test("may be stopped, or not there", async () => {
    docker({ stdout: "false kindest/node:v1.34.4" });
    expect((await managementNode("clusterapi"))?.running).toBe(false);
    docker({ stderr: "Error: No such container: clusterapi-control-plane", code: 1 });
    expect(await managementNode("clusterapi")).toBeUndefined();
  });

  test("cannot be known where Docker does not answer", async () => {
    docker({ stderr: "Cannot connect to the Docker daemon", code: 1 });
    await expect(managementNode("clusterapi")).rejects.toThrow("Docker does not answer");
  });
});

describe("running versions", () => {
  test("are asked of Cluster API within the node", async () => {
    const metadata = { namespace: "default", labels: { "cluster.x-k8s.io/cluster-name": "capd" } };
    docker({ stdout: JSON.stringify({ items: [{ metadata, status: { versions: [{ version: "v1.34.4" }] } }] }) });
    expect(await runningVersions("clusterapi")).toEqual({ "default/capd": { lowest: "v1.34.4", highest: "v1.34.4" } });
    expect(asked()).toMatch(/^exec clusterapi-control-plane kubectl .*get kubeadmcontrolplanes\./);
  });

  test("are none where Cluster API is not there yet", async () => {
    docker({ stderr: "error: the server does not have a resource type", code: 1 });
    expect(await runningVersions("clusterapi")).toEqual({});
  });
});
