import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { cloneProblems, readCapdClone, withClone } from "../../../preflight/images/capdClone";
import type { GoExec } from "../../../preflight/images/cloneBuild";
import type { StackManifests } from "../../../preflight/manifests/stack";
import { listOfTree, writeBelow, writeCapdTree } from "../../helpers/capdTree";

let folder: string;
let tree: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-clone-")));
  tree = join(folder, "tree");
  writeCapdTree(tree);
});
afterEach(() => rmSync(folder, { recursive: true }));

const version = "1.14.2";
const success = (stdout: string) => Promise.resolve({ code: 0, stdout, stderr: "" });

/** A Go with a version. It lists the packages of the working copy around the folder in which it runs. */
const goOf =
  (goVersion: string): GoExec =>
  (args, { cwd = "" }) =>
    success(args[0] === "env" ? `${goVersion}\namd64\n` : listOfTree(join(cwd, "..")));

const imageOf = async (path: string, go = goOf("go1.26.8"), reported = version): Promise<string> =>
  (await readCapdClone(path, reported, go)).image;

const problemsOf = async (path: string, go = goOf("go1.26.8")): Promise<string[]> => {
  const error = await readCapdClone(path, version, go).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message.split("\n");
};

describe("the tag of a clone's image", () => {
  test.each([
    "test/infrastructure/docker/main.go",
    "test/infrastructure/docker/text.txt",
    "version/version.go",
    "go.mod",
    "test/go.mod",
    "test/go.sum",
  ])("changes with %s, and changes back", async (file) => {
    const before = await imageOf(tree);
    expect(before).toMatch(/^slipway\/capd-manager:[0-9a-f]{12}$/);
    const other = join(folder, "other");
    cpSync(tree, other, { recursive: true });
    const text = file.endsWith(".mod") ? "module sigs.k8s.io/cluster-api\n" : "other\n";
    writeBelow(tree, file, file === "test/go.mod" ? "module sigs.k8s.io/cluster-api/test\n" : text);
    expect(await imageOf(tree)).not.toBe(before);
    rmSync(tree, { recursive: true });
    cpSync(other, tree, { recursive: true });
    expect(await imageOf(tree)).toBe(before);
  });

  test.each([
    "README.md",
    ".git/index",
    "util/unused.go",
    "test/infrastructure/docker/main_test.go",
    "test/infrastructure/docker/new_windows.go",
    "cached/cached.go",
    "vendor/modules.txt",
  ])("does not change with %s, which the build does not read", async (file) => {
    const before = await imageOf(tree);
    writeBelow(tree, file, "other\n");
    expect(await imageOf(tree)).toBe(before);
  });

  test("changes with Go's version and the version of the manager", async () => {
    const images = [
      await imageOf(tree),
      await imageOf(tree, goOf("go1.27.0")),
      await imageOf(tree, undefined, "1.14.3"),
    ];
    expect(new Set(images).size).toBe(3);
  });

  test("is the same for each path of the folder, and for a copy in another folder", async () => {
    const expected = await imageOf(tree);
    const link = join(folder, "a link with spaces");
    symlinkSync("tree", link);
    const copy = join(folder, "my copy");
    cpSync(tree, copy, { recursive: true });
    const paths = [`${tree}/`, relative(process.cwd(), tree), link, copy, `~/${relative(homedir(), tree)}`];
    for (const path of paths) expect([path, await imageOf(path)]).toEqual([path, expected]);
  });

  test("comes with the path of the settings, which steps resolve again", async () => {
    const path = relative(process.cwd(), tree);
    expect(await readCapdClone(path, version, goOf("go1.26.8"))).toMatchObject({ path, contract: "v1beta2" });
  });
});

describe("a clone is refused", () => {
  const missing: GoExec = () =>
    Promise.resolve({ code: -1, stdout: "", stderr: "", failure: { message: "spawn go ENOENT", isTimeout: false } });

  test("for a path that does not exist, for a file, and for another folder", async () => {
    mkdirSync(join(folder, "empty"));
    const rule = "capdSource: expected the folder of a clone of cluster-api";
    expect(await problemsOf(join(folder, "none"))).toEqual([expect.stringContaining(rule)]);
    expect(await problemsOf(join(folder, "none"))).toEqual([expect.stringContaining("ENOENT")]);
    expect(await problemsOf(join(tree, "go.mod"))).toEqual([expect.stringMatching(/\(a file\).*Set it to .*tree\.$/)]);
    expect(await problemsOf(join(folder, "empty"))).toEqual([expect.stringMatching(/Set it to the root folder/)]);
  });

  test("for a folder inside a clone, with the root folder as advice", async () => {
    expect(await problemsOf(join(tree, "test/infrastructure/docker"))).toEqual([
      expect.stringMatching(new RegExp(`\\. Set it to ${tree}\\.$`)),
    ]);
  });

  test.each(["go.mod", "test/go.mod", "test/infrastructure/docker/main.go"])("without %s", async (file) => {
    rmSync(join(tree, file));
    expect(await problemsOf(tree)).toEqual([expect.stringContaining("expected the folder of a clone")]);
  });

  test.each(["", "releaseSeries: []\n", "releaseSeries: [{ major: 1, minor: 14 }]\n", "- 1\n"])(
    "with the metadata.yaml %j",
    async (text) => {
      writeBelow(tree, "metadata.yaml", text);
      expect(await problemsOf(tree)).toEqual([expect.stringContaining("metadata.yaml names the contract")]);
    },
  );

  test("without Go, and at once for its folder", async () => {
    expect(await problemsOf(join(folder, "none"), missing)).toEqual([
      expect.stringContaining("expected the folder of a clone"),
      "capdSource: expected Go on the PATH, which builds the clone, got none. " +
        "Install Go (https://go.dev/dl), or remove capdSource.",
    ]);
  });

  test("with a Go that is older than its go.mod", async () => {
    expect(await problemsOf(tree, goOf("go1.20.14"))).toEqual([
      "capdSource: expected Go 1.21 or newer, as go.mod of the clone requires, got 1.20.14. " +
        "Install Go 1.21 or newer (https://go.dev/dl), or remove capdSource.",
    ]);
    expect(await imageOf(tree, goOf("devel go1.28-abcdef"))).toContain("capd-manager");
  });

  test("with the lines of Go, if Go cannot list its packages", async () => {
    const line = "infrastructure/docker/main.go:3:1: expected declaration";
    const failing: GoExec = (args, options) =>
      args[0] === "env"
        ? goOf("go1.26.8")(args, options)
        : Promise.resolve({ code: 1, stdout: "", stderr: `${line}\n` });
    expect(await problemsOf(tree, failing)).toEqual([
      expect.stringMatching(/^capdSource: expected a clone whose/),
      line,
    ]);
  });
});

const manifestsWith = (labels: Record<string, string>): StackManifests => {
  const object = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "devclusters.infrastructure.cluster.x-k8s.io", labels },
  };
  const provider = { name: "infrastructure-docker", crds: [], objects: [], placed: [{ object, place: "document 1" }] };
  const none = { name: "none", crds: [], objects: [] };
  return { certManager: none, providers: [none, provider], inventory: none, cni: {}, loadBalancer: none, extra: {} };
};

describe("the contract of a clone", () => {
  const clone = { path: "clone", image: "slipway/capd-manager:0", contract: "v1beta2" };
  const label = (contract: string) => ({ [`cluster.x-k8s.io/${contract}`]: contract });

  test.each([
    [{ ...label("v1beta1"), ...label("v1beta2") }, []],
    [{ ...label("v1beta10"), ...label("v1beta2") }, ["v1beta10"]],
    [{ ...label("v1"), ...label("v1beta2") }, ["v1"]],
    [label("v1beta1"), ["v1beta1"]],
    [{ "cluster.x-k8s.io/provider": "infrastructure-docker" }, []],
  ])("is compared with the newest of %j", (labels, expected) => {
    const problems = cloneProblems(clone, manifestsWith(labels));
    expect(problems.map(({ rule, got }) => [rule, got])).toEqual(
      expected.map((contract) => [
        `a clone with the contract ${contract}, which the CRDs of infrastructureManifest have`,
        "the contract v1beta2 in metadata.yaml",
      ]),
    );
    expect(cloneProblems(undefined, manifestsWith(labels))).toEqual([]);
  });
});

test("the settings get the image of a clone, and stay the same without a clone", () => {
  const settings = readSettings({ config: { capdImageSource: "build", capdSource: "../cluster-api" }, pins });
  const clone = { path: "../cluster-api", image: "slipway/capd-manager:0", contract: "v1beta2" };
  expect(withClone(settings, clone).capd).toEqual({ ...settings.capd, image: clone.image });
  expect(withClone(settings, undefined)).toBe(settings);
});

const hasGo = spawnSync("go", ["version"]).status === 0;

(hasGo ? describe : describe.skip)("the Go of this machine", () => {
  test("lists the files that the build reads, and no others", async () => {
    const before = await readCapdClone(tree, version);
    writeBelow(tree, "test/infrastructure/docker/main_windows.go", "package main\n\nvar other = 1\n");
    writeBelow(tree, "test/infrastructure/docker/main_test.go", "package main\n\nvar other = 1\n");
    expect(await readCapdClone(tree, version)).toEqual(before);
    writeBelow(tree, "test/infrastructure/docker/text.txt", "changed\n");
    const embedded = await readCapdClone(tree, version);
    writeBelow(tree, "version/version.go", "package version\n\nfunc Get() string { return text }\n");
    const replaced = await readCapdClone(tree, version);
    expect(new Set([before.image, embedded.image, replaced.image]).size).toBe(3);
  });

  test("refuses an import that it does not find", async () => {
    writeBelow(tree, "version/version.go", 'package version\n\nimport _ "example.org/missing"\n');
    const error = await readCapdClone(tree, version).catch(String);
    expect(error).toMatch(/capdSource: expected a clone whose packages Go can list.*\n.*version\.go:3:8/);
  });
});
