import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { checkNodeImages } from "../../../preflight/images/nodeImages";
import type { RegistryAnswer } from "../../../preflight/images/registry";

const check = async (config: Record<string, unknown>, answer: RegistryAnswer, local: string[] = []) => {
  const queries: string[] = [];
  const result = await checkNodeImages(
    readSettings({ config, pins }),
    (images) =>
      Promise.resolve(
        Object.fromEntries(images.filter((image) => local.includes(image)).map((image) => [image, "sha256:1"])),
      ),
    (image) => {
      queries.push(image);
      return Promise.resolve(answer);
    },
  );
  return { ...result, queries };
};
const pinned = `kindest/node:v${pins.release.kubernetes}`;
const customImage = { nodeImage: "example.org/node:own" };

test("an image that neither Docker nor the registry has is refused", async () => {
  const { problems, warnings } = await check(customImage, "missing", [pinned]);
  expect(problems).toEqual([
    expect.stringMatching(
      /^nodeImage of cluster capd: expected an image .*, got "example\.org\/node:own"\. Choose a tag/,
    ),
  ]);
  expect(warnings).toEqual([]);
});

test("warns if a registry does not answer", async () => {
  const { problems, warnings } = await check({}, { unknown: "no route" });
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      `^managementNodeImage: expected an image that exists, got ${pinned}, which could not be checked \\(no route\\)`,
    ),
  ]);
});

test("queries each image once, and neither images that Docker has nor images that are not pulled", async () => {
  expect((await check(customImage, "there")).queries).toEqual([pinned, "example.org/node:own"]);
  expect((await check({}, "there")).queries).toEqual([pinned]);
  expect((await check({}, "missing", [pinned])).queries).toEqual([]);
  expect((await check({ ...customImage, imageSource: "local" }, "missing")).queries).toEqual([]);
  expect(
    (await check({ managementKubeconfig: "a.yaml", clusters: [{ name: "a", backend: "inMemory" }] }, "missing"))
      .queries,
  ).toEqual([]);
});
