import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readCluster, secretsOf } from "../../../cli/support/cluster";
import { listContainers, readDocker, readNodes } from "../../../cli/support/docker";
import { packArchive } from "../../../cli/support/pack";
import { runLimited } from "../../../lib/base/concurrency";
import type { Ask } from "../../../system/exec";
import { containerRow } from "../../helpers/dockerRows";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-support-"));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const silent: Ask = () => Promise.resolve({ text: "no answer within 60 s", failed: true, printed: "" });

test("the archive is its owner's alone, and says what is missing", () => {
  const lines: string[] = [];
  const found = { files: [{ name: "a/b.txt", content: "x" }], missing: ["docker/ps.txt: no answer"] };
  const place = { checkout, stack: "dev", redact: (text: string) => text, time: new Date("2026-01-02T03:04:05.6Z") };
  const path = packArchive(found, place, (line) => lines.push(line));
  expect(path).toBe(join(checkout, ".slipway", "support", "slipway-support-dev-20260102T030405Z.tar.gz"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const names = execFileSync("tar", ["--list", "--gzip", "--file", path], { encoding: "utf8" }).trim().split("\n");
  expect(names.map((name) => name.split("/").slice(1).join("/"))).toEqual(["README.txt", "a/b.txt", "missing.txt"]);
  expect(lines.slice(0, 2)).toEqual(["missing:", "  docker/ps.txt: no answer"]);
});

test("a cluster that does not answer is missing, and no error", async () => {
  const found = await readCluster(silent, { name: "capd", file: "x.yaml", folder: "clusters/capd" });
  expect(found).toEqual({
    files: [],
    missing: ["cluster capd: its API does not answer: no answer within 60 s"],
    answers: false,
  });
  expect(await secretsOf(silent, "x.yaml")).toEqual([]);
});

test("a Docker that does not answer is missing, and no error", async () => {
  expect(await listContainers(silent, "dev", ["capd"])).toBeUndefined();
  const { files, missing } = await readDocker(silent);
  expect(files).toEqual([]);
  expect(missing).toContain("docker/ps.txt: no answer within 60 s");
});

/** A Docker with a container of the stack, a stranger's, and one that does not run. */
const docker: Ask = (_, verb = "", ...args) => {
  const answers: Record<string, string> = {
    ps: [
      containerRow({ name: "capd-a", cluster: "capd", role: "worker" }),
      containerRow({ name: "other", cluster: "other", role: "worker" }),
      containerRow({ name: "helper", state: "created", owner: "slipway/dev" }),
      containerRow({ name: "capd-b", cluster: "capd", role: "worker", state: "exited" }),
    ].join("\n"),
    container: JSON.stringify([{ Name: "/capd-a", Config: { Env: ["NO_PROXY=1", "KEY=word"] } }]),
    exec: args.includes("sh") ? "== /var/log/pods/kube-system_p_0/c/0.log\n2026 stdout F said" : "lines",
  };
  return Promise.resolve({ text: answers[verb] ?? "", failed: false });
};

test("containers of the stack alone are looked into, and their variables are names alone", async () => {
  const containers = (await listContainers(docker, "dev", ["capd"])) ?? [];
  expect(containers.map(({ name }) => name)).toEqual(["capd-a", "helper", "capd-b"]);
  const { files } = await readDocker(docker, containers.slice(0, 1));
  const inspected = JSON.stringify(files.find(({ name }) => name === "docker/containers/capd-a.json"));
  expect(inspected).toContain("KEY=[redacted]");
  expect(inspected).not.toContain("word");
});

test("where the API is silent the pods' logs come from the nodes, and a stopped node is said", async () => {
  const containers = (await listContainers(docker, "dev", ["capd"])) ?? [];
  const { files, missing } = await readNodes(docker, containers, ["capd"]);
  expect(files.map(({ name }) => name)).toContain("nodes/capd-a/logs/kube-system/p/c-0.log");
  expect(files.map(({ name }) => name)).toContain("nodes/capd-a/kubelet.log");
  expect(missing).toEqual(["node capd-b: its container does not run"]);
});

/** A cluster of which one kind cannot be listed. */
const kubectl: Ask = (_, ...args) => {
  const pod = {
    kind: "Pod",
    metadata: { name: "p", namespace: "kube-system" },
    status: { containerStatuses: [{ name: "c", state: {} }] },
  };
  if (args.includes("api-resources")) return Promise.resolve({ text: "pods\nwidgets.example.org", failed: false });
  if (args.includes("json")) {
    expect(args).toContain("pods,widgets.example.org");
    return Promise.resolve({
      text: "conversion webhook failed",
      failed: true,
      printed: JSON.stringify({ items: [pod] }),
    });
  }
  return Promise.resolve({ text: args.includes("logs") ? "said" : "text", failed: false });
};

test("what a cluster lists is taken although it cannot list all", async () => {
  const found = await readCluster(kubectl, { name: "capd", file: "x.yaml", folder: "clusters/capd" });
  expect(found.missing).toEqual(["cluster capd: objects: conversion webhook failed"]);
  const names = found.files.map(({ name }) => name);
  expect(names).toContain("clusters/capd/objects/Pod.json");
  expect(names).toContain("clusters/capd/logs/kube-system/p/c.log");
  expect(found.answers).toBe(true);
});

test("work in turn gives its results in order, and no more at a time than asked for", async () => {
  let running = 0;
  let most = 0;
  const work = [5, 1, 3, 0].map((value) => async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, value));
    running--;
    return value;
  });
  expect(await runLimited(work, 2)).toEqual([5, 1, 3, 0]);
  expect(most).toBe(2);
});
