import { describe, expect, test } from "@jest/globals";
import { buildNotice } from "../../../cli/toolchain";
import { sourceArtifacts } from "../../../cli/toolchain/source/artifacts";
import { namedBySettings } from "../../../cli/toolchain/source/onDemand";
import { readStackFile } from "../../../preflight/stackFile";
import { root } from "../../../system/checkout";

const always = sourceArtifacts();

describe("the line before a build", () => {
  test("names the node image of another Kubernetes version and its time, as the docs do", () => {
    const { settings } = readStackFile(root, "upgrade", "source");
    const all = sourceArtifacts(settings ? namedBySettings(settings) : []);
    const missing = all.filter((artifact) => !always.includes(artifact));
    expect(buildNotice(missing, "source")).toMatch(
      /^first, Slipway builds the node image kindest\/node:v[\d.]+, which takes about 1[1-5] minutes on two cores\. Ctrl-C interrupts/,
    );
  });

  test("names the time of all tools", () => {
    expect(buildNotice(always, "source")).toMatch(/which takes about (2[5-9]|3[0-5]) minutes/);
  });

  test("is absent for a short build", () => {
    expect(buildNotice([{ name: "image-flannel" }], "source")).toBeUndefined();
    expect(buildNotice([], "release")).toBeUndefined();
  });
});
