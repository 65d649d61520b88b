import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { deriveStackFile, stackSettings } from "./stackFile";

const config = (text: string) => (load(text) as { config: Record<string, unknown> }).config;
const read = (name: string): string => readFileSync(`Pulumi.${name}.yaml`, "utf8");

describe("a derived stack file", () => {
  test("without changes says what its base says", () => {
    for (const name of ["dev", "offline", "fleet", "ha", "many", "upgrade"]) {
      expect(config(deriveStackFile(read(name), {}))).toEqual(config(read(name)));
    }
  });

  test("has changed settings changed and those taken out gone", () => {
    const derived = config(deriveStackFile(read("dev"), { podCidr: "10.64.0.0/16", clusterName: undefined }));
    expect(derived["slipway:podCidr"]).toBe("10.64.0.0/16");
    expect(derived).not.toHaveProperty("slipway:clusterName");
    expect(derived["pulumi:disable-default-providers"]).toEqual(["kubernetes"]);
  });

  test("carries nobody's salt", () => {
    expect(deriveStackFile(`encryptionsalt: v1:abc\n${read("dev")}`, {})).not.toContain("encryptionsalt");
  });
});

test("settings of a stack file go by their keys", () => {
  expect(stackSettings("ha")).toMatchObject({ clusterName: "ha", controlPlaneReplicas: 3 });
});
