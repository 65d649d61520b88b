import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import packageFile from "../../package.json";
import { root } from "../../system/checkout";

const preloaded = ["--require", "./scripts/program.cjs"];

/** Runs JavaScript in the checkout with what Pulumi's Node process has preloaded; gives what it prints as JSON. */
const run = (code: string, before = preloaded): unknown => {
  const { status, stdout } = spawnSync("node", [...before, "--eval", code], {
    cwd: root,
    env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true" },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return JSON.parse(stdout) as unknown;
};

const loaded =
  "Object.keys(require.cache).filter((file) => /typescript\\.js$|arborist.lib.index\\.js$/.test(file)).length";

describe("Pulumi's process for index.ts", () => {
  test("takes the program without ts-node, and loads neither TypeScript nor Arborist", () =>
    expect(
      run(`require("@pulumi/pulumi");
        const program = require("./index.ts");
        console.log(JSON.stringify([typeof program, process.env.PULUMI_NODEJS_TYPESCRIPT ?? null, ${loaded}]));`),
    ).toEqual(["function", null, 0]));

  test.each([
    ["the program", 'require("@pulumi/pulumi"); require("./index.ts");'],
    ["the command line", 'process.argv = ["node", "run.cjs", "cli/main.ts"]; require("./scripts/run.cjs");'],
  ])("%s loads no HTTP client before it asks something", (_, code) =>
    expect(
      run(`process.on("exit", () => {
        process.exitCode = 0;
        console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /node_modules.undici/.test(file))));
      });
      ${code}`),
    ).toEqual([]),
  );

  test("loads TypeScript once a resource is made of a function", () =>
    expect(
      run(`const { runtime } = require("@pulumi/pulumi");
        runtime.serializeFunction((a) => a + 1).then(({ text }) => console.log(JSON.stringify([text.includes("a + 1"), ${loaded}])));`),
    ).toEqual([true, 1]));

  test("keeps no places in the program: each that moves would cost a write of the state", () =>
    expect(
      run(`const { Resource } = require("@pulumi/pulumi");
        require("./index.ts");
        console.log(JSON.stringify(Resource.callsites()));`),
    ).toEqual([]));

  describe("patches the SDK in the version that the patches were checked with, and no other", () => {
    /** Each patch, and an expression that is true where the patch is in place. */
    const patches = {
      "loads modules late": "Module._load !== before.load",
      "keeps no places in the program": 'require("@pulumi/pulumi").Resource.callsites().length === 0',
      "takes no traces": "Error.prepareStackTrace === undefined",
      "says nothing to the engine's developers": 'require("@pulumi/pulumi").log.debug !== before.debug',
    };

    /** Runs the preload and the program with an installed SDK of some version, and returns which patches are in place. */
    const patchesWith = (version: string): unknown =>
      run(
        `const { Module } = require("node:module");
        const { log } = require("@pulumi/pulumi");
        Error.prepareStackTrace = (error) => error.stack;
        const before = { load: Module._load, debug: log.debug };
        require("@pulumi/pulumi/package.json").version = ${JSON.stringify(version)};
        require("./scripts/program.cjs");
        require("./index.ts");
        console.log(JSON.stringify([${Object.values(patches).join(", ")}]));`,
        [],
      );

    test.each([
      ["all in the pinned one", packageFile.dependencies["@pulumi/pulumi"], true],
      ["none in another", "0.0.0", false],
    ])("%s", (_, version, isPatched) =>
      expect(patchesWith(version)).toEqual(Object.keys(patches).map(() => isPatched)),
    );
  });

  test("has its patches checked again when the pin moves", () => {
    // For another version: read how the SDK uses Resource.callsites, log.debug, Error.prepareStackTrace, typescript and
    // @npmcli/arborist, measure a preview with and without the patches, and enter the version here.
    expect(packageFile.dependencies["@pulumi/pulumi"]).toBe("3.248.0");
  });
});
