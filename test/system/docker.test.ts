import { describe, expect, test } from "@jest/globals";
import { runningVersions } from "../../preflight/management/inNode";
import { type DockerExec, imageIds, managementNode } from "../../system/docker";

/** A docker that answers one thing, and keeps what it was asked. */
const docker = (answer: { stdout?: string; stderr?: string; code?: number }): { ask: DockerExec; asked: string[] } => {
  const asked: string[] = [];
  const ask: DockerExec = (args) => {
    asked.push(args.join(" "));
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return { ask, asked };
};

/** What docker says of a node in full. */
const node = (Running: boolean): string =>
  JSON.stringify({ Id: "abc", State: { Running }, Config: { Image: "kindest/node:v1.34.4", Labels: null } });

describe("the management cluster's node", () => {
  test("is known by its container", async () => {
    const { ask, asked } = docker({ stdout: `${node(true)}\n` });
    expect(await managementNode("clusterapi", ask)).toEqual({ running: true, image: "kindest/node:v1.34.4" });
    expect(asked).toEqual([expect.stringMatching(/^container inspect .* clusterapi-control-plane$/)]);
  });

  test("may be stopped, or not there", async () => {
    const stopped = docker({ stdout: node(false) });
    expect((await managementNode("clusterapi", stopped.ask))?.running).toBe(false);
    const gone = docker({ stderr: "Error: No such container: clusterapi-control-plane", code: 1 });
    expect(await managementNode("clusterapi", gone.ask)).toBeUndefined();
  });

  test("cannot be known where Docker does not answer", async () => {
    const { ask } = docker({ stderr: "Cannot connect to the Docker daemon", code: 1 });
    await expect(managementNode("clusterapi", ask)).rejects.toThrow("Docker does not answer");
  });
});

describe("image ids", () => {
  const answers = (known: Record<string, string>): { ask: DockerExec; asked: string[][] } => {
    const asked: string[][] = [];
    const ask: DockerExec = (args) => {
      const images = args.slice(4);
      asked.push(images);
      const ids = images.flatMap((image) => known[image] ?? []);
      const missing = images.filter((image) => !(image in known)).map((image) => `Error: No such image: ${image}`);
      return Promise.resolve({ code: missing.length > 0 ? 1 : 0, stdout: ids.join("\n"), stderr: missing.join("\n") });
    };
    return { ask, asked };
  };

  test("of all images are one question", async () => {
    const { ask, asked } = answers({ "a:1": "sha256:1", "b:1": "sha256:2" });
    expect(await imageIds(["a:1", "b:1"], ask)).toEqual({ "a:1": "sha256:1", "b:1": "sha256:2" });
    expect(asked).toEqual([["a:1", "b:1"]]);
  });

  test("belong to their images where some are not there", async () => {
    const { ask } = answers({ "b:1": "sha256:2" });
    expect(await imageIds(["a:1", "b:1", "c:1"], ask)).toEqual({ "b:1": "sha256:2" });
  });

  test("of no image are no question", async () => {
    const { ask, asked } = answers({});
    expect(await imageIds([], ask)).toEqual({});
    expect(asked).toEqual([]);
  });

  test("cannot be known where Docker does not answer", async () => {
    const { ask } = docker({ stderr: "Cannot connect to the Docker daemon", code: 1 });
    await expect(imageIds(["a:1"], ask)).rejects.toThrow("Docker does not answer");
  });
});

describe("running versions", () => {
  test("are asked of Cluster API within the node", async () => {
    const metadata = { namespace: "default", labels: { "cluster.x-k8s.io/cluster-name": "capd" } };
    const list = { items: [{ metadata, status: { versions: [{ version: "v1.34.4" }] } }] };
    const { ask, asked } = docker({ stdout: JSON.stringify(list) });
    const versions = { lowest: "v1.34.4", highest: "v1.34.4" };
    expect(await runningVersions("clusterapi", ask)).toEqual({ "default/capd": versions });
    expect(asked).toEqual([
      expect.stringMatching(/^exec clusterapi-control-plane kubectl .*get kubeadmcontrolplanes\./),
    ]);
  });

  test("are none where Cluster API is not there yet", async () => {
    const { ask } = docker({ stderr: "error: the server does not have a resource type", code: 1 });
    expect(await runningVersions("clusterapi", ask)).toEqual({});
  });
});
