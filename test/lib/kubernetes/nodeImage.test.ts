import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { nodeImageRecipe } from "../../../lib/kubernetes/images";

const images = { "a:1": "sha256:1", "b:2": "sha256:2" };

describe("a node image", () => {
  test.each([
    ["kindest/node:v1.34.4", "v1.34.4"],
    ["host.example:5000/node", "latest"],
    ["host.example:5000/node:v1", "v1"],
    ["kindest/node:v1.34.4@sha256:0123", "v1.34.4"],
  ])("made from %s keeps the tag %s before its checksum", (base, tag) => {
    expect(nodeImageRecipe(base, "sha256:0", images)?.image).toMatch(new RegExp(`^slipway/node:${tag}-[0-9a-f]{12}$`));
  });

  test("is not needed where there is nothing to add", () => {
    expect(nodeImageRecipe("kindest/node:v1.34.4", "sha256:0", {})).toBeUndefined();
  });

  const name = (base: string, id: string, added: Record<string, string>): string | undefined =>
    nodeImageRecipe(base, id, added)?.image;

  test.each([
    ["another base", "sha256:9", images],
    ["another image under a tag", "sha256:0", { ...images, "a:1": "sha256:9" }],
    ["one image more", "sha256:0", { ...images, "c:3": "sha256:3" }],
  ])("has another name for %s", (_what, id, added) => {
    expect(name("node:v1", id, added)).not.toBe(name("node:v1", "sha256:0", images));
  });

  test("has the same name in whatever order its images are listed", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,5}:\d$/), fc.stringMatching(/^sha256:\d+$/)), {
      minLength: 1,
      selector: ([image]) => image,
    });
    fc.assert(
      fc.property(entries, (list) => {
        const [forwards, backwards] = [list, [...list].reverse()].map((one) => Object.fromEntries(one));
        expect(name("node:v1", "sha256:0", forwards!)).toBe(name("node:v1", "sha256:0", backwards!));
      }),
    );
  });
});
