import { describe, expect, test } from "@jest/globals";
import { outdatedWorkloads, type RunningPod } from "../../provider/kind/imageUsers";

const [earlier, later] = ["sha256:aaa", "sha256:bbb"];
const reference = "gcr.io/capd-manager:v1";
const pod = (
  image: string,
  imageID: string | undefined,
  owner: { kind: string; name: string } = { kind: "ReplicaSet", name: "capd-5f6" },
): RunningPod => ({
  metadata: {
    namespace: "capd-system",
    labels: { "pod-template-hash": "5f6" },
    ownerReferences: [{ ...owner, controller: true }],
  },
  spec: { containers: [{ name: "manager", image }] },
  status: { containerStatuses: [{ name: "manager", ...(imageID === undefined ? {} : { imageID }) }] },
});
const outdated = (pods: RunningPod[], images: Record<string, string> = { [reference]: later }): string[] =>
  outdatedWorkloads(pods, [reference, "nginx:1"], images).map(({ namespace, name }) => `${namespace} ${name}`);

describe("workloads that run an earlier image of the same name", () => {
  test.each<[string, RunningPod[], string[]]>([
    ["are found by the digest", [pod(reference, `import@${earlier}`)], ["capd-system deployment/capd"]],
    ["are found by the id of an image without a name", [pod(reference, "sha256:id")], ["capd-system deployment/capd"]],
    [
      "are found once, whatever their type is",
      [
        pod(reference, `import@${earlier}`, { kind: "DaemonSet", name: "agent" }),
        pod(reference, `import@${earlier}`, { kind: "DaemonSet", name: "agent" }),
        pod(reference, `import@${earlier}`, { kind: "StatefulSet", name: "store" }),
      ],
      ["capd-system daemonset/agent", "capd-system statefulset/store"],
    ],
    ["do not include a pod with the node's image", [pod(reference, `import@${later}`)], []],
    ["do not include a pod that was not started", [pod(reference, undefined)], []],
    ["do not include a pod of an image that was not loaded", [pod("registry/other:1", `import@${earlier}`)], []],
    [
      "do not include a pod that nobody creates again",
      [pod(reference, `import@${earlier}`, { kind: "Node", name: "n" })],
      [],
    ],
  ])("%s", (_, pods, expected) => expect(outdated(pods)).toEqual(expected));

  test("do not include a pod whose image is the node's image by its id", () =>
    expect(outdated([pod(reference, "sha256:id")], { [reference]: later, "sha256:id": later })).toEqual([]));

  test("are found by a short reference, which containerd stores in full", () =>
    expect(outdated([pod("nginx:1", `import@${earlier}`)], { "docker.io/library/nginx:1": later })).toEqual([
      "capd-system deployment/capd",
    ]));
});
