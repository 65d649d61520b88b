import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { workloadImages } from "../../../preflight/images/stack";
import { inputs } from "../../helpers/fixtures";

const images = (config: Record<string, unknown>): string[] => {
  const settings = readSettings({ config: { imageSource: "local", ...config }, pins });
  return workloadImages(settings.clusters[0]!, settings, inputs(settings).manifests);
};
const extraImages = ["registry.k8s.io/kube-proxy:v1.33.13"];

test("nodes get what the settings add to what manifests and application run", () => {
  expect(images({ extraImages })).toEqual([...images({}), ...extraImages]);
  expect(images({})).toContain(`nginx:${pins.release.nginx}`);
});

test("simulated clusters get none", () => {
  expect(images({ extraImages, clusters: [{ name: "a", backend: "inMemory" }] })).toEqual([]);
});
