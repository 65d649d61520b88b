import { expect, test } from "@jest/globals";
import { workloadImages } from "../../lib/stackImages";
import { readSettings } from "../../lib/settings";
import { pins } from "../../setup/pins";
import { inputs } from "../support/fixtures";

const images = (config: Record<string, unknown>): string[] => {
  const settings = readSettings({ config: { imageSource: "local", ...config }, pins });
  return workloadImages(settings.clusters[0]!, settings, inputs(settings).manifests);
};
const extraImages = ["registry.k8s.io/kube-proxy:v1.33.13"];

test("nodes get what the settings add to what manifests and application run", () => {
  expect(images({ extraImages })).toEqual([...images({}), ...extraImages]);
  expect(images({})).toContain(`nginx:${pins.release.nginx}`);
});

test("clusters that are only pretended get none", () => {
  expect(images({ extraImages, clusters: [{ name: "a", backend: "inMemory" }] })).toEqual([]);
});
