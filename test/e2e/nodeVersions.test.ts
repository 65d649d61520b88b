import { describe, expect, test } from "@jest/globals";
import { courseOf, type NodeSample, nodesOf, orderProblems } from "./nodeVersions";

const [from, to] = ["v1.33.4", "v1.34.4"];
const node = (name: string, version: string, ready = true): NodeSample => ({
  name,
  controlPlane: name.startsWith("cp"),
  version,
  ready,
});
const samples = (...moments: NodeSample[][]) => moments.map((nodes, index) => ({ at: index * 1000, nodes }));

const good = samples(
  [node("cp-a", from), node("w-a", from)],
  [node("cp-a", from), node("cp-b", to, false), node("w-a", from)],
  [node("cp-b", to), node("w-a", from)],
  [node("cp-b", to), node("w-a", from), node("w-b", to, false)],
  [node("cp-b", to), node("w-b", to)],
);
const options = { from, to, workers: 1 };

describe("the order of an upgrade", () => {
  test("is kept where workers follow the control plane, one by one", () => {
    expect(orderProblems(good, options)).toEqual([]);
  });

  test("counts a node as control plane from the moment it joined, before its label", () => {
    const early = good[1]!.nodes.map((one) => (one.name === "cp-b" ? { ...one, controlPlane: false } : one));
    expect(orderProblems([good[0]!, { at: 500, nodes: early }, ...good.slice(1)], options)).toEqual([]);
  });

  test.each([
    [
      "a worker before the control plane",
      1,
      [node("cp-a", from), node("w-a", from), node("w-b", to)],
      /w-b at v1.34.4 while cp-a/,
    ],
    [
      "a pool that has a machine less",
      3,
      [node("cp-b", to), node("w-b", to, false)],
      /after 3 s: 0 of 1 workers Ready/,
    ],
    ["a version nobody asked for", 1, [node("cp-a", "v1.35.0"), node("w-a", from)], /cp-a at neither/],
    ["a node that stays behind", 4, [node("cp-b", to), node("w-a", from), node("w-b", to)], /at the end .* w-a/],
  ] as [string, number, NodeSample[], RegExp][])("is broken by %s", (_, index, nodes, problem) => {
    const broken = good.map((sample, at) => (at === index ? { ...sample, nodes } : sample));
    expect(orderProblems(broken, options)).toEqual([expect.stringMatching(problem)]);
  });

  test("is not shown by samples that saw no moment between the two", () => {
    expect(orderProblems([good[0]!, good[4]!], options)).toEqual([expect.stringMatching(/^no moment/)]);
    expect(orderProblems([], options)).toHaveLength(2);
  });
});

test("the course of an upgrade names each change once", () => {
  expect(courseOf([good[0]!, good[0]!, good[1]!, good[4]!])).toEqual([
    "    0 s  control plane 1 × v1.33.4, workers 1 × v1.33.4",
    "    1 s  control plane 1 × v1.33.4 + 1 × v1.34.4, workers 1 × v1.33.4",
    "    4 s  control plane 1 × v1.34.4, workers 1 × v1.34.4",
  ]);
});

test("nodes are read from kubectl's JSON", () => {
  const status = { nodeInfo: { kubeletVersion: to }, conditions: [{ type: "Ready", status: "True" }] };
  const json = JSON.stringify({
    items: [
      { metadata: { name: "cp-b", labels: { "node-role.kubernetes.io/control-plane": "" } }, status },
      { metadata: { name: "w-b" }, status: { nodeInfo: { kubeletVersion: from } } },
    ],
  });
  expect(nodesOf(json)).toEqual([node("cp-b", to), node("w-b", from, false)]);
});
