import { describe, expect, test } from "@jest/globals";
import { runningVersions } from "../../preflight/management/inNode";
import { type DockerExec, imageIds, managementNode } from "../../system/docker";

/** A Docker that gives each call the same answer, and records the calls. */
const docker = (answer: { stdout?: string; stderr?: string; code?: number }): { exec: DockerExec; calls: string[] } => {
  const calls: string[] = [];
  const exec: DockerExec = (args) => {
    calls.push(args.join(" "));
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return { exec, calls };
};

/** The output of `docker inspect` for a node. */
const node = (Running: boolean): string =>
  JSON.stringify({ Id: "abc", State: { Running }, Config: { Image: "kindest/node:v1.34.4", Labels: null } });

describe("the management cluster's node", () => {
  test("is known by its container", async () => {
    const { exec, calls } = docker({ stdout: `${node(true)}\n` });
    expect(await managementNode("clusterapi", exec)).toEqual({ running: true, image: "kindest/node:v1.34.4" });
    expect(calls).toEqual([expect.stringMatching(/^container inspect .* clusterapi-control-plane$/)]);
  });

  test("may be stopped or missing", async () => {
    const stopped = docker({ stdout: node(false) });
    expect((await managementNode("clusterapi", stopped.exec))?.running).toBe(false);
    const gone = docker({ stderr: "Error: No such container: clusterapi-control-plane", code: 1 });
    expect(await managementNode("clusterapi", gone.exec)).toBeUndefined();
  });

  test("cannot be known where Docker does not answer", async () => {
    const { exec } = docker({ stderr: "Cannot connect to the Docker daemon", code: 1 });
    await expect(managementNode("clusterapi", exec)).rejects.toThrow("Docker does not answer");
  });
});

describe("image ids", () => {
  const answers = (known: Record<string, string>): { exec: DockerExec; calls: string[][] } => {
    const calls: string[][] = [];
    const exec: DockerExec = (args) => {
      const images = args.slice(4);
      calls.push(images);
      const ids = images.flatMap((image) => known[image] ?? []);
      const missing = images.filter((image) => !(image in known)).map((image) => `Error: No such image: ${image}`);
      return Promise.resolve({ code: missing.length > 0 ? 1 : 0, stdout: ids.join("\n"), stderr: missing.join("\n") });
    };
    return { exec, calls };
  };

  test("of all images are one question", async () => {
    const { exec, calls } = answers({ "a:1": "sha256:1", "b:1": "sha256:2" });
    expect(await imageIds(["a:1", "b:1"], exec)).toEqual({ "a:1": "sha256:1", "b:1": "sha256:2" });
    expect(calls).toEqual([["a:1", "b:1"]]);
  });

  test("belong to their images where some are not there", async () => {
    const { exec } = answers({ "b:1": "sha256:2" });
    expect(await imageIds(["a:1", "b:1", "c:1"], exec)).toEqual({ "b:1": "sha256:2" });
  });

  test("of no image are no question", async () => {
    const { exec, calls } = answers({});
    expect(await imageIds([], exec)).toEqual({});
    expect(calls).toEqual([]);
  });

  test("cannot be known where Docker does not answer", async () => {
    const { exec } = docker({ stderr: "Cannot connect to the Docker daemon", code: 1 });
    await expect(imageIds(["a:1"], exec)).rejects.toThrow("Docker does not answer");
  });
});

describe("running versions", () => {
  test("are asked of Cluster API within the node", async () => {
    const metadata = { namespace: "default", labels: { "cluster.x-k8s.io/cluster-name": "capd" } };
    const list = { items: [{ metadata, status: { versions: [{ version: "v1.34.4" }] } }] };
    const { exec, calls } = docker({ stdout: JSON.stringify(list) });
    const versions = { lowest: "v1.34.4", highest: "v1.34.4" };
    expect(await runningVersions("clusterapi", exec)).toEqual({ "default/capd": versions });
    expect(calls).toEqual([
      expect.stringMatching(/^exec clusterapi-control-plane kubectl .*get kubeadmcontrolplanes\./),
    ]);
  });

  test("are none where Cluster API is not there yet", async () => {
    const { exec } = docker({ stderr: "error: the server does not have a resource type", code: 1 });
    expect(await runningVersions("clusterapi", exec)).toEqual({});
  });
});
