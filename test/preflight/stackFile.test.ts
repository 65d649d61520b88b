import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { requireStackFile } from "../../cli/pulumi/stack";
import { manifestStore, storedFile } from "../../preflight/manifests/store";
import { readStackFile, readStackFileConfig } from "../../preflight/stackFile";

let checkout: string;
let file: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-stack-file-"));
  file = join(checkout, "Pulumi.x.yaml");
});
afterEach(() => rmSync(checkout, { recursive: true }));

const read = (text: string) => {
  writeFileSync(file, text);
  return readStackFile(checkout, "x", "release");
};

describe("the settings of a stack file", () => {
  test("have a namespace or none", () => {
    expect(read("config: {clusterName: a}\n").settings?.clusters[0]?.name).toBe("a");
    expect(read("config: {'slipway:clusterName': b}\n").settings?.clusters[0]?.name).toBe("b");
    expect(read("config: {nonsense: 1}\n").problems).toMatch(
      /nonsense: expected a setting that Pulumi\.yaml declares\./,
    );
  });

  test("are judged as the strings that Pulumi passes to the program", () => {
    expect(read("config: {clusterName: 12}\n").settings?.clusters[0]?.name).toBe("12");
    expect(read("config: {application: yes}\n").problems).toMatch(/application: expected true or false, got "yes"/);
    expect(read("config: {workerReplicas: }\n").problems).toMatch(/workerReplicas: expected an integer, got ""/);
  });

  test("that are encrypted are not judged", () => {
    const { settings } = read("config: {clusterName: {secure: v1}, templateSecrets: {A: {secure: v1}}}\n");
    expect(settings?.clusters[0]?.name).toBe("capd");
  });

  test("are parsed once for the same text", () => {
    const first = read("config: {clusterName: a}\n");
    expect(readStackFile(checkout, "x", "release")).toBe(first);
    expect(readStackFile(checkout, "x", "source")).not.toBe(first);
    expect(read("config: {clusterName: b}\n").settings?.clusters[0]?.name).toBe("b");
  });
});

describe("a stack file with a Docker template", () => {
  const text = readFileSync("test/e2e/template/docker.yaml", "utf8");
  const entry = (template: string) => `config: {clusters: [{name: east, template: ${template}}]}\n`;

  test("has a Docker cluster, read from a file of the checkout, again after an edit", () => {
    writeFileSync(join(checkout, "east.yaml"), text);
    expect(read(entry("east.yaml")).settings?.clusters[0]).toMatchObject({
      backend: "docker",
      controlPlaneReplicas: 1,
    });
    writeFileSync(join(checkout, "east.yaml"), text.replace("${CONTROL_PLANE_MACHINE_COUNT}", "3"));
    expect(read(entry("east.yaml")).settings?.clusters[0]?.controlPlaneReplicas).toBe(3);
  });

  test("has a Docker cluster, read from a URL that an earlier run downloaded", () => {
    const url = "https://templates.example/east.yaml";
    expect(read(entry(url)).settings?.clusters[0]?.backend).toBe("template");
    const stored = join(checkout, storedFile(url, manifestStore("template")));
    mkdirSync(dirname(stored), { recursive: true });
    writeFileSync(stored, text);
    expect(read(entry(url)).settings?.clusters[0]?.backend).toBe("docker");
  });
});

describe("a stack file that is not one has a problem:", () => {
  test.each<[string, () => void, RegExp]>([
    [
      "a list",
      () => writeFileSync(file, "- a\n"),
      /^Pulumi\.x\.yaml: expected a map with the key config, got a list\./,
    ],
    ["a text", () => writeFileSync(file, "text\n"), /expected a map with the key config, got a string\./],
    [
      "a list as config",
      () => writeFileSync(file, "config: [a]\n"),
      /config: expected a map of settings, got a list\./,
    ],
    ["a folder", () => mkdirSync(file), /^Pulumi\.x\.yaml: expected a file that can be read, got a folder\./],
    ["a pipe", () => execFileSync("mkfifo", [file]), /expected a file that can be read, got a named pipe\./],
    ["a device", () => symlinkSync("/dev/zero", file), /expected a file that can be read, got a device\./],
    ["a circle", () => symlinkSync(file, file), /expected a file that can be read, got symbolic links in a circle/],
  ])("%s", (_, create, message) => {
    create();
    expect(readStackFile(checkout, "x", "release").problems).toMatch(message);
    expect(() => readStackFileConfig(checkout, "x")).toThrow(message);
  });

  test.each<[string, () => void]>([
    ["a folder", () => mkdirSync(file)],
    ["a named pipe", () => execFileSync("mkfifo", [file])],
  ])("%s stops every command with a stack", (words, create) => {
    create();
    expect(() => requireStackFile(checkout, "x")).toThrow(
      `Pulumi.x.yaml: expected a file that can be read, got ${words}.`,
    );
  });
});
