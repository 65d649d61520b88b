import { describe, expect, test } from "@jest/globals";
import {
  classBackend,
  nodeImagesByVersion,
  statedNodeImages,
  takesNodeImages,
  withNodeImages,
} from "../../../../lib/cluster/class/nodeImages";
import { classIn, quickStartClass } from "../../../helpers/quickStart";

interface Patch {
  name: string;
  enabledIf?: string;
  definitions: {
    selector: { kind: string; matchResources: object };
    jsonPatches: { path: string; valueFrom: object }[];
  }[];
}

describe("node images of a class", () => {
  test("come from a last patch for each template of machines, with a variable by version", () => {
    const patched = withNodeImages(classIn())!;
    const { patches, variables } = patched.clusterClass["spec"] as { patches: Patch[]; variables: { name: string }[] };
    const patch = patches.at(-1)!;
    expect(patch.name).toBe("slipwayNodeImages");
    expect(patch.enabledIf).toBe("{{ if .slipwayNodeImages }}true{{ end }}");
    expect(patch.definitions.map(({ selector }) => selector.matchResources)).toEqual([
      { controlPlane: true },
      { machineDeploymentClass: { names: ["default-worker"] } },
    ]);
    for (const { selector, jsonPatches } of patch.definitions) {
      expect(selector.kind).toBe("DevMachineTemplate");
      expect(jsonPatches.map(({ path }) => path)).toEqual(["/spec/template/spec/backend/docker/customImage"]);
    }
    expect(patch.definitions[0]!.jsonPatches[0]!.valueFrom).toEqual({
      template:
        '{{ with index .slipwayNodeImages .builtin.controlPlane.version }}{{ . }}{{ else }}kindest/node:{{ .builtin.controlPlane.version | replace "+" "_" }}{{ end }}',
    });
    expect(variables.at(-1)).toMatchObject({ name: "slipwayNodeImages", required: false });
    expect(takesNodeImages(patched.clusterClass)).toBe(true);
    expect(withNodeImages(patched)).toBeUndefined();
  });

  test("are left alone where the class states another image", () => {
    const patch = quickStartClass.replace("kindest/node:{{", "example.org/node:{{");
    expect(statedNodeImages(classIn(patch))).toEqual([expect.stringContaining("example.org/node")]);
    expect(withNodeImages(classIn(patch))).toBeUndefined();
    const template = quickStartClass.replace(
      "metadata: {name: machines}\nspec: {template: {spec: {backend: {docker: {}}}}}",
      "metadata: {name: machines}\nspec: {template: {spec: {backend: {docker: {customImage: own/node:v1}}}}}",
    );
    expect(withNodeImages(classIn(template))).toBeUndefined();
    expect(statedNodeImages(classIn())).toEqual([]);
  });

  test("do not concern simulated machines", () => {
    const simulated = classIn(quickStartClass.replaceAll("backend: {docker: {}}", "backend: {inMemory: {}}"));
    expect(withNodeImages(simulated)).toBeUndefined();
    expect(classBackend(simulated)).toBe("inMemory");
    expect(classBackend(classIn())).toBe("docker");
    const foreign = quickStartClass.replaceAll("DevClusterTemplate", "OwnClusterTemplate");
    expect(classBackend(classIn(foreign))).toBeUndefined();
  });
});

describe("node images by version", () => {
  const before = { images: { "v1.33.1": "old", "v1.32.0": "older" }, versions: ["v1.33.1", "v1.33.1"] };

  test("keep the image of the running version in an upgrade, and no other", () => {
    expect(nodeImagesByVersion("v1.34.0", "new", before)).toEqual({ "v1.33.1": "old", "v1.34.0": "new" });
  });

  test("stay as they are while version and image stay", () => {
    const after = { images: { "v1.33.1": "old", "v1.34.0": "new" }, versions: ["v1.34.0", "v1.34.0"] };
    expect(nodeImagesByVersion("v1.34.0", "new", after)).toEqual(after.images);
  });

  test("have only the wanted version in a new cluster, and after a rebuild", () => {
    expect(nodeImagesByVersion("v1.34.0", "new")).toEqual({ "v1.34.0": "new" });
    const between = { "v1.33.1": "between" };
    expect(nodeImagesByVersion("v1.34.0", "new", { images: {}, versions: [] }, between)).toEqual({
      "v1.33.1": "between",
      "v1.34.0": "new",
    });
    const rebuilt = { images: { "v1.34.0": "new", "v1.33.1": "old" }, versions: ["v1.34.0", "v1.34.0"] };
    expect(nodeImagesByVersion("v1.34.0", "newer", rebuilt)).toEqual({ "v1.34.0": "newer" });
  });
});
