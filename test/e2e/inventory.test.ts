import { describe, expect, test } from "@jest/globals";
import { containersOf, differenceOf, objectsOf, surprises } from "./inventory";

const before = {
  "container one-lb": { id: "a 2026" },
  "m Machine default/one-x": { id: "1" },
  "m MachineDeployment default/one": { id: "2", generation: 1 },
  "w Node one-x": { id: "3" },
};

describe("an inventory", () => {
  test("holds Kubernetes objects by kind, namespace and name", () => {
    const json = JSON.stringify({
      items: [
        { kind: "Node", metadata: { name: "one-x", uid: "3" } },
        { kind: "Deployment", metadata: { name: "nginx", namespace: "default", uid: "4", generation: 2 } },
      ],
    });
    expect(objectsOf("w", json)).toEqual({
      "w Node one-x": { id: "3" },
      "w Deployment default/nginx": { id: "4", generation: 2 },
    });
  });

  test("holds containers, of which one that was started again is another", () => {
    const [first, second] = ["2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"].map((at) =>
      containersOf([`/lb abc ${at}`]),
    );
    expect(Object.keys(first!)).toEqual(["container lb"]);
    expect(differenceOf(first!, second!).exchanged).toEqual(["container lb"]);
  });
});

describe("a difference", () => {
  test("of an inventory and itself is none", () => {
    expect(surprises(differenceOf(before, before), {})).toEqual([]);
  });

  test("tells added, removed, exchanged and edited apart", () => {
    const after = {
      "container one-lb": { id: "b 2026" },
      "m MachineDeployment default/one": { id: "2", generation: 2 },
      "w Node one-x": { id: "3" },
      "w Node one-y": { id: "5" },
    };
    expect(differenceOf(before, after)).toEqual({
      added: ["w Node one-y"],
      removed: ["m Machine default/one-x"],
      exchanged: ["container one-lb"],
      edited: ["m MachineDeployment default/one"],
    });
  });
});

describe("surprises", () => {
  const difference = { added: ["w Node one-y", "w Node one-z"], removed: [], exchanged: [], edited: [] };

  test("are none where each pattern has one thing of its own", () => {
    expect(surprises(difference, { added: [/one-\w$/, /one-\w$/] })).toEqual([]);
  });

  test("are things that no pattern is left for", () => {
    expect(surprises(difference, { added: [/one-\w$/] })).toEqual(["added, and was to be left alone: w Node one-z"]);
    expect(surprises({ ...difference, added: [], exchanged: ["container one-lb"] }, {})).toEqual([
      "exchanged, and was to be left alone: container one-lb",
    ]);
  });

  test("are patterns that nothing is left for", () => {
    expect(surprises(difference, { added: [/./, /./, /./], removed: [/^m/] })).toEqual([
      "not added: .",
      "not removed: ^m",
    ]);
  });
});
