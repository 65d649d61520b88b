import { expect, test } from "@jest/globals";
import { isPinnedManifest } from "../../../lib/settings/pinnedManifests";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";

const roles = ["certManager", "core", "bootstrap", "controlPlane", "infrastructure", "cni", "loadBalancer"] as const;

test.each(["release", "source"] as const)("the default manifests of the %s route are pinned", (route) => {
  const settings = readSettings({ config: {}, pins, route });
  expect(roles.filter((role) => !isPinnedManifest(role, settings))).toEqual([]);
});

test.each(["mine.yaml", "https://example.org/calico.yaml", ".tools/manifests/metallb.yaml"])(
  "another location of Calico's manifest, %s, is the user's",
  (cniManifest) => {
    const settings = readSettings({ config: { cniManifest }, pins });
    expect(roles.filter((role) => !isPinnedManifest(role, settings))).toEqual(["cni"]);
  },
);
