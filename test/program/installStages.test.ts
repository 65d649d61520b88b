import { expect, test } from "@jest/globals";
import { addedTypes } from "../../lib/providers/clusterctl";
import { installStages } from "../../program/management";

test("providers are installed in clusterctl's order, and those of Cluster API's own types at once", () => {
  const builtIn = ["core", "kubeadm", "docker"];
  const manifests = [...builtIn, ...addedTypes].map((name) => ({ name, crds: [], objects: [] }));
  const added = addedTypes.map((type) => ({ name: type, type, version: "v1", manifest: "m" }));
  const { providers, laterProviders } = installStages(manifests, added);
  expect(providers.map(({ name }) => name)).toEqual([...builtIn, "infrastructure", "bootstrap", "controlPlane"]);
  expect(laterProviders.map((stage) => stage.map(({ name }) => name))).toEqual([
    ["ipam"],
    ["runtimeExtension"],
    ["addon"],
  ]);
});
