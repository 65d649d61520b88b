import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { pulledImages } from "../../../cli/pulumi/pullImages";
import { checkNodeImages } from "../../../preflight/images/nodeImages";
import { readImages } from "../../../preflight/images/stack";
import { inputs } from "../../helpers/fixtures";

const read = async (config: Record<string, unknown>, lacking: string[] = [], hasExistingManagement = false) => {
  const settings = readSettings({ config, pins });
  let requests: string[] = [];
  const images = await readImages(settings, inputs(settings).manifests, hasExistingManagement, {}, (wanted) => {
    requests = wanted;
    return Promise.resolve(
      Object.fromEntries(wanted.filter((one) => !lacking.includes(one)).map((one) => [one, `id of ${one}`])),
    );
  });
  return { ...images, requests };
};
const local = { imageSource: "local", capdImageSource: "local" };

test("nodes that pull need nothing of the host's Docker", async () => {
  expect(await read({})).toEqual({
    nodeImages: { certManager: {}, providers: {} },
    nodeRecipes: {},
    otherRecipes: {},
    requests: [],
  });
});

test("queries each image once, and returns it where it is needed", async () => {
  const { requests, nodeImages, nodeRecipes, capdId } = await read(local);
  expect(new Set(requests).size).toBe(requests.length);
  expect(nodeImages.certManager).toEqual({ "example.org/webhook:v1": "id of example.org/webhook:v1" });
  expect(Object.keys(nodeRecipes)).toEqual(["capd"]);
  expect(capdId).toMatch(/^id of .*capd-manager/);
});

test("a management cluster of someone else's gets none", async () => {
  const { nodeImages, capdId, requests } = await read(local, [], true);
  expect(nodeImages).toEqual({ certManager: {}, providers: {} });
  expect(capdId).toBeUndefined();
  expect(requests).not.toContain("example.org/webhook:v1");
});

test("all images that are missing are named at once", async () => {
  const node = `kindest/node:v${pins.release.kubernetes}`;
  await expect(read(local, ["example.org/webhook:v1", node])).rejects.toThrow(
    new RegExp(`^imageSource: expected .* Docker .*, got no example.org/webhook:v1, ${node}. Run make tools`),
  );
});

test("machines of a template need its images, and those that the Docker provider copies into machines", async () => {
  const text = readFileSync("test/e2e/template/docker.yaml", "utf8");
  const variables = { NODE_IMAGE: "registry.example/node:special", PRELOAD: "[registry.example/app:v1]" };
  const clusters = [{ name: "east", template: "east.yaml", templateVariables: variables }];
  const settings = readSettings({
    config: { ...local, clusters },
    pins,
    templates: new Map([["east.yaml", text]]),
  });
  let requests: string[] = [];
  const { nodeRecipes } = await readImages(settings, inputs(settings).manifests, false, {}, (wanted) => {
    requests = wanted;
    return Promise.resolve(Object.fromEntries(wanted.map((image) => [image, `id of ${image}`])));
  });
  const node = `kindest/node:v${pins.release.kubernetes}`;
  expect(nodeRecipes["east"]?.map(({ base }) => base)).toEqual([node, variables.NODE_IMAGE]);
  expect(requests).toEqual(expect.arrayContaining([node, variables.NODE_IMAGE, "registry.example/app:v1"]));
  expect(pulledImages({ ...settings, imageSource: "registry" })).toEqual(
    expect.arrayContaining([node, variables.NODE_IMAGE, "registry.example/app:v1"]),
  );
  const { problems } = await checkNodeImages(
    { ...settings, imageSource: "registry" },
    () => Promise.resolve({}),
    () => Promise.resolve("missing"),
  );
  expect(problems).toContainEqual(expect.stringMatching(/^template of cluster east: .*registry\.example\/app:v1/));
});

describe("a cluster that Cluster API upgrades through several versions", () => {
  const settings = readSettings({ config: { ...local, clusterName: "old", kubernetesVersion: "v1.34.4" }, pins });
  const readOther = (lacking: string[], running: Record<string, string> = {}) =>
    readImages(settings, inputs(settings).manifests, false, { old: { between: ["v1.33.13"], running } }, (wanted) =>
      Promise.resolve(
        Object.fromEntries(wanted.filter((one) => !lacking.includes(one)).map((one) => [one, `id of ${one}`])),
      ),
    );

  test("needs node images of the versions between, with the same added images", async () => {
    const { nodeRecipes, otherRecipes } = await readOther([]);
    const { between, running } = otherRecipes["old"]!;
    expect(Object.keys(between)).toEqual(["v1.33.13"]);
    expect(between["v1.33.13"]).toMatchObject({
      base: "kindest/node:v1.33.13",
      images: nodeRecipes["old"]![0]!.images,
    });
    expect(running).toEqual({});
    await expect(readOther(["kindest/node:v1.33.13"])).rejects.toThrow(
      /got no kindest\/node:v1\.33\.13\. Run make tools/,
    );
  });

  test("keeps the images of its earlier versions while this machine has them", async () => {
    const earlier = { "v1.32.13": "slipway/node:v1.32.13-000000000000" };
    expect(Object.keys((await readOther([], earlier)).otherRecipes["old"]!.running)).toEqual(["v1.32.13"]);
    expect((await readOther(["kindest/node:v1.32.13"], earlier)).otherRecipes["old"]!.running).toEqual({});
  });
});
