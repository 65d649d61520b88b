import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { checkNodeImages } from "../../../preflight/images/nodeImages";
import type { RegistryAnswer } from "../../../preflight/images/registry";

const verdict = async (config: Record<string, unknown>, answer: RegistryAnswer, local: string[] = []) => {
  const asked: string[] = [];
  const found = await checkNodeImages(
    readSettings({ config, pins }),
    (images) =>
      Promise.resolve(
        Object.fromEntries(images.filter((image) => local.includes(image)).map((image) => [image, "sha256:1"])),
      ),
    (image) => {
      asked.push(image);
      return Promise.resolve(answer);
    },
  );
  return { ...found, asked };
};
const pinned = `kindest/node:v${pins.release.kubernetes}`;
const own = { nodeImage: "example.org/node:own" };

test("an image that neither Docker nor the registry has is refused", async () => {
  const { problems, warnings } = await verdict(own, "missing", [pinned]);
  expect(problems).toEqual([
    expect.stringMatching(
      /^nodeImage of cluster capd: expected an image .*, got "example\.org\/node:own"\. Choose a tag/,
    ),
  ]);
  expect(warnings).toEqual([]);
});

test("warns if a registry does not answer", async () => {
  const { problems, warnings } = await verdict({}, { unknown: "no route" });
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      `^managementNodeImage: expected an image that exists, got ${pinned}, which could not be checked \\(no route\\)`,
    ),
  ]);
});

test("each image is asked for once, and none that Docker has or that is not pulled", async () => {
  expect((await verdict(own, "there")).asked).toEqual([pinned, "example.org/node:own"]);
  expect((await verdict({}, "there")).asked).toEqual([pinned]);
  expect((await verdict({}, "missing", [pinned])).asked).toEqual([]);
  expect((await verdict({ ...own, imageSource: "local" }, "missing")).asked).toEqual([]);
  expect(
    (await verdict({ managementKubeconfig: "a.yaml", clusters: [{ name: "a", backend: "inMemory" }] }, "missing"))
      .asked,
  ).toEqual([]);
});
