import { expect, test } from "@jest/globals";
import { officialBases, platformOf, releaseFiles } from "../../../../cli/toolchain/release/files";
import { releaseProbes } from "../../../../cli/toolchain/route";
import { cniLocation } from "../../../../lib/addons/cni";
import { isRecord } from "../../../../lib/base/json";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";
import releases from "./fixtures/releases.json";

// fixtures/releases.json was written from the projects' workflows, which each entry names, and not from Slipway's code.
const published = releases.flatMap(({ address, files }) => files.map(({ name }) => `${address}/${name}`));

const platforms = ["linux", "darwin"].flatMap((os) => ["x64", "arm64"].map((arch) => platformOf(os, arch)));
// The file itself and its checksums: everything that a release file names by a path.
const tools = platforms.flatMap((platform) =>
  releaseFiles(platform).flatMap(({ base, ...file }) =>
    Object.values(file)
      .filter((value): value is string => typeof value === "string" && value.includes("/"))
      .map((path) => `${officialBases[base]}/${path}`),
  ),
);

const settings = readSettings({ config: {}, pins });
const manifests = [
  ...Object.values(settings.manifests),
  ...["calico", "flannel", "kindnet"].map((cni) => cniLocation(cni, settings)),
];

/** Returns the value at a path such as `release.kind` in pins.json. */
const pinAt = (path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), pins);

test("a pin that moves needs a look at the files of the new release", () => {
  const seen = Object.fromEntries(releases.map(({ name, version }) => [name, version]));
  const pinned = Object.fromEntries(releases.map(({ name, pin }) => [name, pinAt(pin)]));
  // Look at the workflow that each entry of releases.json names, then enter the version and the names there.
  expect(pinned).toEqual(seen);
});

test("an address has the version that its entry names", () => {
  for (const { address, version } of releases) expect(address).toContain(`/v${version}`);
});

test.each([...new Set(tools)])("the release has %s", (url) => expect(published).toContain(url));

test.each(manifests)("the release has the manifest %s", (url) => expect(published).toContain(url));

test.each(releaseProbes())("the release has %s, by which the route is chosen", (url) =>
  expect(published).toContain(url),
);

test("each published file in the list is one that Slipway asks for", () => {
  const wanted = new Set([...tools, ...manifests, ...releaseProbes()]);
  expect(published.filter((url) => !wanted.has(url))).toEqual([]);
});

test("no entry is there twice, and each names its source", () => {
  expect(new Set(published).size).toBe(published.length);
  for (const { files } of releases) for (const { from } of files) expect(from).toMatch(/^[\w.-]+\/[\w.-]+ \S/);
});
