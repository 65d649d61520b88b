import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { readImages } from "../../../preflight/images/stack";
import { inputs } from "../../helpers/fixtures";

const read = async (config: Record<string, unknown>, lacking: string[] = [], hasExistingManagement = false) => {
  const settings = readSettings({ config, pins });
  let requests: string[] = [];
  const images = await readImages(settings, inputs(settings).manifests, hasExistingManagement, (wanted) => {
    requests = wanted;
    return Promise.resolve(
      Object.fromEntries(wanted.filter((one) => !lacking.includes(one)).map((one) => [one, `id of ${one}`])),
    );
  });
  return { ...images, requests };
};
const local = { imageSource: "local", capdImageSource: "local" };

test("nodes that pull need nothing of the host's Docker", async () => {
  expect(await read({})).toEqual({ nodeImages: { certManager: {}, providers: {} }, nodeRecipes: {}, requests: [] });
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
