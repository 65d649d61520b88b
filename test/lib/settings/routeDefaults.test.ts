import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { pins, type Route } from "../../../lib/versions/pins";

const read = (config: Record<string, unknown>, route: Route): Settings => readSettings({ config, pins, route });
const local = { imageSource: "local", extraImages: ["example.org/a:1"] };

describe("a default of the route", () => {
  test("is the same for an absent setting and for an empty string, which Pulumi passes", () => {
    const empty = { pins: "", imageSource: "", capdImageSource: "", cniManifest: "", coreManifest: "" };
    for (const route of ["release", "source"] as const) expect(read(empty, route)).toEqual(read({}, route));
  });

  test("does not replace a stated value", () => {
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

  test("does not apply to the versions of the other route, whose images and manifests are not installed", () => {
    for (const [set, route] of [
      ["release", "source"],
      ["source", "release"],
    ] as const) {
      const { versions, imageSource, capd, manifests } = read({ pins: set }, route);
      expect([versions.certManager, imageSource, capd.source]).toEqual([pins[set].certManager, "registry", "pull"]);
      expect(manifests.certManager).toContain(`/v${pins[set].certManager}/cert-manager.yaml`);
    }
  });

  test("does not change the provider's image of an existing management cluster", () => {
    const existing = { managementKubeconfig: "their.yaml" };
    expect(read(existing, "source")).toMatchObject({ imageSource: "local", capd: { source: "pull" } });
    expect(() => read({ ...existing, capdImageSource: "local" }, "source")).toThrow(/capdImageSource: .*"local"/);
  });

  test("keeps extraImages only on the route where nodes pull nothing", () => {
    const { extraImages } = local;
    expect(read({ extraImages }, "source").extraImages).toEqual(extraImages);
    expect(read({ extraImages }, "release").extraImages).toEqual([]);
    expect(() => read({ extraImages, imageSource: "registry" }, "source")).toThrow(
      /extraImages: .*imageSource is registry/,
    );
  });

  test("does not hide an invalid value", () => {
    expect(() => read({ pins: "neither" }, "source")).toThrow(
      /pins: .*"neither"\. Choose one of these values, or remove it/,
    );
    expect(() => read({ imageSource: 5 }, "source")).toThrow(/imageSource: expected one of registry, local, got 5/);
  });
});
