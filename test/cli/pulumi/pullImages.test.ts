import { beforeEach, describe, expect, test } from "@jest/globals";
import { type PullDocker, pulledImages, pullImages, pullReference } from "../../../cli/pulumi/pullImages";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";

const node = `kindest/node:v${pins.release.kubernetes}`;
const digest = "sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed";
const capd = `gcr.io/k8s-staging-cluster-api/capd-manager:v${pins.release.clusterApi}`;
const settingsOf = (config: Record<string, unknown> = {}) => readSettings({ config, pins });

test("the pinned digest is that of the pinned version, from the release notes of the pinned kind", () => {
  const { kind, kubernetes, nodeImageDigest } = pins.release;
  expect({ kind, kubernetes, nodeImageDigest }).toEqual({
    kind: "0.33.0",
    kubernetes: "1.36.4",
    nodeImageDigest: digest,
  });
});

describe("the images of a stack", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["its node image and the Docker provider's", {}, [node, capd]],
    ["those of all its clusters, each once", { nodeImage: "a.org/node:v1.36.4" }, [node, "a.org/node:v1.36.4", capd]],
    ["none where Docker has all", { imageSource: "local", capdImageSource: "local" }, []],
    ["the clusters' where the management cluster exists", { managementKubeconfig: "a.yaml" }, [node]],
    ["the management cluster's for in-memory nodes", { clusters: [{ name: "a", backend: "inMemory" }] }, [node, capd]],
  ])("are %s", (_, config, images) => {
    expect(pulledImages(settingsOf(config))).toEqual(images);
  });

  test("are pulled by the pinned digest if kind promises one", () => {
    expect(pullReference(node, pins.release)).toBe(`kindest/node@${digest}`);
    expect(pullReference("kindest/node:v1.35.8", pins.release)).toBe("kindest/node:v1.35.8");
    expect(pullReference(node, { ...pins.source, kubernetes: pins.release.kubernetes })).toBe(node);
  });
});

let calls: string[];
let printed: string[];
let written: string[];
beforeEach(() => {
  calls = [];
  printed = [];
  written = [];
});

const dockerWith = (has: string[], pull: PullDocker["pull"] = () => Promise.resolve()): PullDocker => ({
  idsOf: () => Promise.resolve(Object.fromEntries(has.map((image) => [image, "sha256:1"]))),
  pull: (image, onLine) => {
    calls.push(`pull ${image}`);
    return pull(image, onLine);
  },
  tag: (image, name) => {
    calls.push(`tag ${image} ${name}`);
    return Promise.resolve();
  },
});
const print = (line: string): void => void printed.push(line);

test("pulls what Docker lacks, and gives the node image the tag that clusters name", async () => {
  await pullImages(settingsOf(), print, dockerWith([]), {});
  expect(calls).toEqual([`pull kindest/node@${digest}`, `pull ${capd}`, `tag kindest/node@${digest} ${node}`]);
  expect(printed[0]).toBe(`[1/2] ${node}: pulling …`);
  expect(printed.at(-1)).toMatch(/done in \d/);
});

test("neither pulls nor prints anything where Docker has all", async () => {
  await pullImages(settingsOf(), print, dockerWith([node, capd]), {});
  expect([calls, printed]).toEqual([[], []]);
});

test("shows on a terminal how many layers are there", async () => {
  const lines = ["v1: Pulling from kindest/node", "0123456789ab: Pulling fs layer", "ba9876543210: Already exists"];
  const pull: PullDocker["pull"] = (_, onLine) => {
    lines.forEach(onLine);
    return Promise.resolve();
  };
  const terminal = { columns: 200, write: (text: string): void => void written.push(text) };
  await pullImages(
    settingsOf({ capdImageSource: "build" }),
    print,
    dockerWith([], async (image, onLine) => {
      await pull(image, onLine);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }),
    { terminal, redrawMs: 10 },
  );
  expect(written.join("")).toContain(`${node} (1 of 2 layers)`);
  expect(printed).toEqual([]);
});

test("goes on after a pull that failed, and names the reason", async () => {
  const fail: PullDocker["pull"] = (image) =>
    image.startsWith("gcr.io") ? Promise.resolve() : Promise.reject(new Error("Error response\nmanifest unknown"));
  await pullImages(settingsOf(), print, dockerWith([], fail), {});
  expect(printed.join("\n")).toContain(`   kindest/node@${digest}: manifest unknown`);
  expect(printed.join("\n")).toMatch(/FAILED after/);
  expect(calls).not.toContain(`tag kindest/node@${digest} ${node}`);
});

describe("a pull that meets", () => {
  const pulls = async (reason: string, failures: number): Promise<number> => {
    let left = failures;
    const pull: PullDocker["pull"] = () => (left-- > 0 ? Promise.reject(new Error(reason)) : Promise.resolve());
    await pullImages(settingsOf({ capdImageSource: "build" }), print, dockerWith([], pull), {}, pins, [1, 1]);
    return calls.filter((call) => call.startsWith("pull ")).length;
  };

  test.each([
    "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit.",
    "error pulling image configuration: received unexpected HTTP status: 503 Service Unavailable",
    'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
    "read tcp 10.0.0.1:5000->10.0.0.2:443: read: connection reset by peer",
    "error pulling image: unexpected EOF",
  ])("a temporary failure is tried again by the same digest: %s", async (reason) => {
    expect(await pulls(reason, 2)).toBe(3);
    expect(calls.at(-1)).toBe(`tag kindest/node@${digest} ${node}`);
  });

  test("a temporary failure each time ends after three tries", async () => {
    expect(await pulls("toomanyrequests: limit", 9)).toBe(3);
    expect(printed.join("\n")).toContain("toomanyrequests: limit");
  });

  test.each(["manifest unknown: manifest unknown", "pull access denied for kindest/node", "no space left on device"])(
    "another failure is not tried again: %s",
    async (reason) => expect(await pulls(reason, 9)).toBe(1),
  );
});
