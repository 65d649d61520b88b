import { describe, expect, test } from "@jest/globals";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";
import { acceptedClusters, isAccepted, objectsOfInput } from "../../helpers/settingsArbitrary";

describe("200 random settings that are accepted", () => {
  const clusters = acceptedClusters(200, 919);

  test("reach pools, labels, taints, health checks, backends and address families", () => {
    const texts = clusters.map((cluster) => JSON.stringify(cluster));
    for (const part of [
      '"labels":{"',
      '"taints":[{',
      '"healthCheck":{"',
      '"inMemory"',
      "fd10::",
      ",fd10::",
      "node-role",
    ])
      expect(texts.filter((text) => text.includes(part)).length).toBeGreaterThan(2);
  });

  test(
    "give objects that the CRDs accept, with names for each machine",
    async () => {
      const crds = await realCrds();
      const objects = clusters.flatMap(objectsOfInput);
      expect(objects.flatMap((object) => misfits(object, crds))).toEqual([]);
      const machines = objects.flatMap(({ kind, metadata: { name } }) => {
        if (kind === "KubeadmControlPlane") return [`${name}-xxxxx`];
        return kind === "MachineDeployment" ? [`${name}-xxxxx-xxxxx`] : [];
      });
      expect(machines.filter((name) => name.length > 63)).toEqual([]);
    },
    fetchTimeout,
  );
});

test("the arbitraries reach settings that are refused too", () => {
  const workers = [{ name: "p", labels: { "kubernetes.io/role": "a" } }];
  expect(isAccepted({ name: "a", loadBalancer: "none", workers })).toBe(false);
});
