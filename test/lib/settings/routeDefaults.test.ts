import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { pins, type Route } from "../../../lib/versions/pins";

const read = (config: Record<string, unknown>, route: Route): Settings => readSettings({ config, pins, route });
const local = { imageSource: "local", extraImages: ["example.org/a:1"] };

describe("what the route decides", () => {
  test("is the same for a setting that is absent and for one that is empty, as Pulumi passes it", () => {
    const empty = { pins: "", imageSource: "", capdImageSource: "", cniManifest: "", coreManifest: "" };
    for (const route of ["release", "source"] as const) expect(read(empty, route)).toEqual(read({}, route));
  });

  test("gives way to what is stated", () => {
    const stated = { imageSource: "registry", capdImageSource: "build", cniManifest: "own/calico.yaml" };
    const { imageSource, capd, manifests } = read(stated, "source");
    expect([imageSource, capd.source, manifests.cni, manifests.core]).toEqual([
      "registry",
      "build",
      "own/calico.yaml",
      ".tools/manifests/core-components.yaml",
    ]);
    expect(read(local, "release")).toMatchObject({ imageSource: "local", extraImages: ["example.org/a:1"] });
  });

  test("is nothing for the versions of the other route, whose images and manifests are not installed", () => {
    for (const [set, route] of [
      ["release", "source"],
      ["source", "release"],
    ] as const) {
      const { versions, imageSource, capd, manifests } = read({ pins: set }, route);
      expect([versions.certManager, imageSource, capd.source]).toEqual([pins[set].certManager, "registry", "pull"]);
      expect(manifests.certManager).toContain(`/v${pins[set].certManager}/cert-manager.yaml`);
    }
  });

  test("leaves the provider's image of a given management cluster alone", () => {
    const given = { managementKubeconfig: "their.yaml" };
    expect(read(given, "source")).toMatchObject({ imageSource: "local", capd: { source: "pull" } });
    expect(() => read({ ...given, capdImageSource: "local" }, "source")).toThrow(/capdImageSource: .*"local"/);
  });

  test("leaves further images to the route that has nodes pull nothing", () => {
    const { extraImages } = local;
    expect(read({ extraImages }, "source").extraImages).toEqual(extraImages);
    expect(read({ extraImages }, "release").extraImages).toEqual([]);
    expect(() => read({ extraImages, imageSource: "registry" }, "source")).toThrow(
      /extraImages: .*imageSource is registry/,
    );
  });

  test("is still checked where it is stated wrongly", () => {
    expect(() => read({ pins: "neither" }, "source")).toThrow(/pins: .*"neither"\. Set it to release, or remove it/);
    expect(() => read({ imageSource: 5 }, "source")).toThrow(/imageSource: expected one of registry, local, got 5/);
  });
});
