import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { renewPublishedPorts } from "../../../cli/kubeconfig/publishedPorts";
import { serverOf } from "../../../lib/kubernetes/kubeconfig";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-ports-"));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const kubeconfig = (name: string, server: string): string =>
  [
    "apiVersion: v1",
    `clusters:\n- name: ${name}\n  cluster:\n    server: ${server}`,
    `contexts:\n- name: ${name}\n  context:\n    cluster: ${name}\n    user: admin`,
    `current-context: ${name}`,
    "kind: Config\n",
  ].join("\n");

const write = (files: Readonly<Record<string, string>>) => {
  const folder = join(checkout, ".slipway", "kubeconfigs", "dev");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
  return (name: string): string => readFileSync(join(folder, `${name}.yaml`), "utf8");
};

test("writes the new port of a load balancer that Docker restarted, and no other file", async () => {
  const read = write({
    clusterapi: kubeconfig("kind-clusterapi", "https://127.0.0.1:36387"),
    east: kubeconfig("east", "https://127.0.0.1:32773"),
    west: kubeconfig("west", "https://127.0.0.1:32775"),
    stopped: kubeconfig("stopped", "https://127.0.0.1:32777"),
  });
  const before = [read("clusterapi"), read("west"), read("stopped")];
  await renewPublishedPorts({ checkout, stack: "dev" }, () =>
    Promise.resolve({ east: 32780, west: 32775, clusterapi: 1 }),
  );
  expect(serverOf(read("east"))).toBe("https://127.0.0.1:32780");
  expect([read("clusterapi"), read("west"), read("stopped")]).toEqual(before);
  expect(statSync(join(checkout, ".slipway", "kubeconfigs", "dev", "east.yaml")).mode & 0o777).toBe(0o600);
});

test("does not ask Docker where kubeconfigs have addresses of containers, or do not exist", async () => {
  const readPorts = jest.fn(() => Promise.resolve({}));
  await renewPublishedPorts({ checkout, stack: "dev" }, readPorts);
  write({
    clusterapi: kubeconfig("kind-clusterapi", "https://127.0.0.1:36387"),
    east: kubeconfig("east", "https://172.18.0.3:6443"),
    broken: "https://127.0.0.1:1",
  });
  await renewPublishedPorts({ checkout, stack: "dev" }, readPorts);
  expect(readPorts).not.toHaveBeenCalled();
});
