import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins, type Route } from "../../../lib/versions/pins";
import { readManifests } from "../../../preflight/manifests/stack";
import { sourceManifests } from "../../helpers/sourceManifests";

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-route-"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const install = (route: Route): void => {
  mkdirSync(join(folder, "cache", route, "tools-key"), { recursive: true });
  symlinkSync(join(folder, "cache", route, "tools-key"), ".tools");
};

const read = (config: Record<string, unknown>, route: Route): Promise<unknown> =>
  readManifests(readSettings({ config, pins, route }), "slipway/dev");

test("the release tools refuse a stack of the source route in one sentence", async () => {
  install("release");
  const refusal = read(
    { pins: "source", imageSource: "local", capdImageSource: "local", ...sourceManifests },
    "release",
  );
  await expect(refusal).rejects.toThrow(
    "pins: expected release with the tools of the release route, which have no .tools/manifests/cert-manager.yaml, " +
      "got source and 7 manifests of the source route. Remove pins and the manifest settings from the stack file, " +
      "which takes the values of the route, or run SLIPWAY_ROUTE=source make tools.",
  );
});

test("the release tools refuse a pod network that only the source route builds", async () => {
  install("release");
  const local = Object.fromEntries(Object.keys(sourceManifests).map((key) => [key, "manifest.yaml"]));
  const refusal = read({ pins: "source", ...local, clusters: [{ name: "a", cni: "flannel" }] }, "release");
  await expect(refusal).rejects.toThrow(
    /^pins: expected release .* no \.tools\/manifests\/flannel\.yaml, got source\. Remove/,
  );
});

test("the source tools name each manifest that is missing", async () => {
  install("source");
  await expect(read({ pins: "source", ...sourceManifests }, "source")).rejects.toThrow(
    /^certManagerManifest: expected /,
  );
});
