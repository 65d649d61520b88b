import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readCluster, secretsOf } from "../../../cli/support/cluster";
import { listContainers, readDocker, readNodes } from "../../../cli/support/docker";
import { packArchive } from "../../../cli/support/pack";
import { runLimited } from "../../../lib/base/concurrency";
import { type Redact, redactor } from "../../../lib/redaction/text";
import type { Exec } from "../../../system/exec";
import { containerRow } from "../../helpers/dockerRows";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-support-"));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const silent: Exec = () => Promise.resolve({ text: "no answer within 60 s", failed: true, printed: "" });

test("the archive is its owner's alone, and says what is missing", async () => {
  const lines: string[] = [];
  const findings = { files: [{ name: "a/b.txt", content: "x" }], missing: ["docker/ps.txt: no answer"] };
  const place = { checkout, stack: "dev", redact: (text: string) => text, time: new Date("2026-01-02T03:04:05.6Z") };
  const path = await packArchive(findings, place, (line) => lines.push(line));
  expect(path).toBe(join(checkout, ".slipway", "support", "slipway-support-dev-20260102T030405Z.tar.gz"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const names = execFileSync("tar", ["--list", "--gzip", "--file", path], { encoding: "utf8" }).trim().split("\n");
  expect(names.map((name) => name.split("/").slice(1).join("/"))).toEqual(["README.txt", "a/b.txt", "missing.txt"]);
  expect(lines.slice(0, 2)).toEqual(["missing:", "  docker/ps.txt: no answer"]);
});

describe("the packed files", () => {
  const token = "abcdef.0123456789abcdef";
  const time = new Date("2026-01-02T03:04:05Z");
  const list = (path: string, ...more: string[]): string =>
    execFileSync("tar", ["--gzip", "--file", path, ...more], { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
  const place = (redact: Redact) => ({ checkout, stack: "dev", redact, time });

  test("are their owner's alone, nobody's, and of the archive's time", async () => {
    const files = [{ name: "clusters/a/x.json", content: { a: 1 } }];
    const path = await packArchive({ files, missing: [] }, place(redactor()), () => undefined);
    const lines = list(path, "--list", "--verbose", "--numeric-owner").trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^-rw------- 0\/0 +\d+ 2026-01-02 03:04 slipway-support-dev-/);
    expect(list(path, "--extract", "--to-stdout", "slipway-support-dev-20260102T030405Z/clusters/a/x.json")).toBe(
      '{\n "a": 1\n}\n',
    );
  });

  test("of one name are all there", async () => {
    const files = ["one", "two", "three"].map((content) => ({ name: "a/same.log", content }));
    const path = await packArchive({ files, missing: [] }, place(redactor()), () => undefined);
    expect(list(path, "--extract", "--to-stdout", "--wildcards", "*/a/same.log*")).toBe("onetwothree");
  });

  test("are on disk without secrets, in a folder of this user, and only until they are packed", async () => {
    const [tools, seenFile] = [join(checkout, "tools"), join(checkout, "seen")];
    mkdirSync(tools);
    // What tar finds beside its archive, and then tar itself.
    const script = 'folder=$(dirname "$4"); echo "$folder"; stat -c %a "$folder"; grep -r "" "$folder"';
    const spy = `#!/bin/sh\n{ ${script}; } >'${seenFile}'\nPATH=/usr/bin:/bin exec tar "$@"\n`;
    writeFileSync(join(tools, "tar"), spy, { mode: 0o755 });
    const before = process.env["PATH"];
    process.env["PATH"] = `${tools}:${before}`;
    const findings = {
      files: [
        { name: `log-${token}`, content: `a line with ${token}` },
        { name: "s", content: [{ kind: "Secret", data: { a: "QQ==" } }] },
      ],
      missing: [`a thing: ${token}`],
    };
    try {
      await packArchive(findings, place(redactor()), () => undefined);
    } finally {
      process.env["PATH"] = before;
    }
    const [work = "", mode, ...lines] = readFileSync(seenFile, "utf8").split("\n");
    expect(mode).toBe("700");
    expect(lines.join("\n")).toContain("a line with abcdef.[redacted]");
    expect(lines.join("\n")).not.toMatch(/0123456789abcdef|QQ==/);
    expect(existsSync(work)).toBe(false);
  });
});

test("a cluster that does not answer is missing, and no error", async () => {
  const findings = await readCluster(silent, { name: "capd", file: "x.yaml", folder: "clusters/capd" });
  expect(findings).toEqual({
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
const docker: Exec = (_, verb = "", ...args) => {
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
const kubectl: Exec = (_, ...args) => {
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
  const findings = await readCluster(kubectl, { name: "capd", file: "x.yaml", folder: "clusters/capd" });
  expect(findings.missing).toEqual(["cluster capd: objects: conversion webhook failed"]);
  const names = findings.files.map(({ name }) => name);
  expect(names).toContain("clusters/capd/objects/Pod.json");
  expect(names).toContain("clusters/capd/logs/kube-system/p/c.log");
  expect(findings.answers).toBe(true);
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
