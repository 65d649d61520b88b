import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
const node = join(folder, "node");
const file = join(node, "etc", "slipway-proxy.conf");
afterAll(remove);

/** A Docker with a load balancer and one node, whose `docker exec` runs on this machine. */
beforeEach(() => {
  rmSync(node, { recursive: true, force: true });
  mkdirSync(node);
  writeFileSync(join(node, "environment"), '["PATH=/bin"]');
  fakeTool(
    "docker",
    `case "$1" in
      ps) printf '%s\\n' "capd-lb external-load-balancer" "capd-md-0 worker" ;;
      inspect) cat node/environment ;;
      exec) [ ! -e node/broken ] || { echo "no such container" >&2; exit 1; }; exec bash -s ;;
    esac`,
  );
  fakeTool("systemctl", 'echo "systemctl $*" >>node/calls');
  fakeTool("update-ca-certificates", "echo update-ca-certificates >>node/calls");
});

const calls = (): string[] => {
  const path = join(node, "calls");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  rmSync(path, { force: true });
  return lines;
};

const run = (files: object[], step = "configure-nodes"): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync("bash", [`steps/${step}`], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(folder, ".tools", "bin")}:${process.env.PATH}`, CLUSTER: "capd" },
    input: JSON.stringify(files),
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

const secret = "HTTPS_PROXY=http://me:s3cret'$(id)@proxy:3128\n";
const proxy = { path: file, reader: "containerd", text: secret };

describe("configure-nodes", () => {
  test("writes a file that only root reads, restarts its reader once, and prints no secret", () => {
    const first = run([proxy]);
    expect(first).toMatchObject({ status: 0, stdout: "", stderr: "capd-md-0: new settings for containerd\n" });
    expect(readFileSync(file, "utf8")).toBe(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(calls()).toEqual(["systemctl daemon-reload", "systemctl restart containerd"]);
    expect(run([proxy])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(calls()).toEqual([]);
  });

  test("writes a changed text, and removes a file without a text", () => {
    run([proxy]);
    calls();
    run([{ ...proxy, text: "other" }]);
    expect(readFileSync(file, "utf8")).toBe("other");
    expect(calls()).toHaveLength(2);
    run([{ path: file, reader: "containerd" }]);
    expect(existsSync(file)).toBe(false);
    expect(calls()).toHaveLength(2);
  });

  test("writes nothing into a node whose container has the same proxy, with more entries in NO_PROXY", () => {
    const environment = { HTTPS_PROXY: "http://proxy", NO_PROXY: "localhost,.svc" };
    const variables = ["HTTPS_PROXY=http://proxy", "NO_PROXY=172.18.0.0/16,localhost,.svc,capd-md-0"];
    writeFileSync(join(node, "environment"), JSON.stringify(variables));
    run([{ ...proxy, environment }]);
    expect(existsSync(file)).toBe(false);
    run([{ ...proxy, environment: { ...environment, HTTPS_PROXY: "http://other" } }]);
    expect(existsSync(file)).toBe(true);
  });

  test("restarts each reader of a changed file", () => {
    const at = (name: string): string => join(node, "etc", name);
    run([
      { path: at("ca.crt"), reader: "authorities", text: "a" },
      { path: at("config.json"), reader: "kubelet", text: "b" },
    ]);
    expect(calls()).toEqual([
      "update-ca-certificates",
      "systemctl restart containerd",
      "systemctl try-restart kubelet",
    ]);
  });

  test("fails with Docker's words and without the text", () => {
    writeFileSync(join(node, "broken"), "");
    const { status, stderr } = run([proxy]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "nodes of capd: expected files with the settings of this machine, got an error: docker exec: no such container\n",
    );
  });
});

describe("configure-nodes with NODES", () => {
  const waitFor = (nodes: string, seconds: string) => {
    Object.assign(process.env, { NODES: nodes, TIMEOUT_SECONDS: seconds });
    try {
      return run([{ path: file, reader: "kubelet", text: secret }]);
    } finally {
      delete process.env["NODES"];
      delete process.env["TIMEOUT_SECONDS"];
    }
  };

  test("fails if a node does not join the cluster in time, and writes nothing into the node", () => {
    const { status, stderr } = waitFor("1", "0");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^nodes of capd: expected files .*, got an error: capd-md-0: /);
    expect(existsSync(file)).toBe(false);
  });
});

test("a reader that fails gets its file again in the next run", () => {
  fakeTool("systemctl", "exit 1");
  expect(run([{ path: file, reader: "kubelet", text: secret }]).status).toBe(1);
  expect(existsSync(file)).toBe(false);
});

test("restore-nodes removes the files", () => {
  run([proxy]);
  calls();
  expect(run([proxy], "restore-nodes").status).toBe(0);
  expect(existsSync(file)).toBe(false);
  expect(calls()).toEqual(["systemctl daemon-reload", "systemctl restart containerd"]);
});
