import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { root } from "../../system/checkout";
import { filesBelow } from "../../system/files";
import { startPlugin } from "../helpers/startPlugin";

const place = mkdtempSync(join(tmpdir(), "slipway-pack-"));
const packed = join(place, "plugins", "kind");
beforeAll(() => {
  execFileSync("node", ["scripts/run.cjs", "scripts/pack.ts", place], { cwd: root, stdio: "pipe" });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-packed-"));
  cpSync(packed, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const launcher = (): string => join(folder, "pulumi-resource-kind");

/** Runs a launcher that ends by itself, in a folder that is not the plugin's. */
const run = (env: NodeJS.ProcessEnv = process.env) => {
  const { status, stdout, stderr } = spawnSync("/bin/sh", [launcher()], {
    cwd: "/",
    env,
    encoding: "utf8",
    timeout: 9000,
  });
  return { status, stdout, stderr };
};

/** A folder with the programs of a PATH that has no Node, or another Node. */
const pathWith = (node?: string): string => {
  const bin = join(folder, "bin");
  execFileSync("mkdir", [bin]);
  for (const program of ["dirname", "readlink"])
    symlinkSync(
      execFileSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim(),
      join(bin, program),
    );
  if (node !== undefined) writeFileSync(join(bin, "node"), node, { mode: 0o755 });
  return bin;
};

describe("the packed plugin", () => {
  test("starts through a link within two seconds, from a folder without packages, and answers with its schema", async () => {
    const link = join(place, "link");
    rmSync(link, { force: true });
    symlinkSync(launcher(), link);
    const started = Date.now();
    const { client, close } = await startPlugin(link, {
      PATH: dirname(process.execPath) + ":/usr/bin:/bin",
      HOME: place,
    });
    expect(Date.now() - started).toBeLessThan(2000);
    const schema = await new Promise<string>((resolve, reject) =>
      client.getSchema(new proto.GetSchemaRequest(), (error, response) =>
        error ? reject(error) : resolve(response.getSchema()),
      ),
    );
    close();
    expect(JSON.parse(schema)).toEqual(JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")));
  });

  test("has every step that it runs, and every file that these steps use", () => {
    const sources = filesBelow(join(root, "provider", "kind")).map((file) => readFileSync(file, "utf8"));
    const steps = readdirSync(join(packed, "steps"));
    const used = [
      ...sources.flatMap((text) => [...text.matchAll(/(?:executeStep|runStep)\("([\w-]+)"/g)]),
      ...steps.flatMap((step) => [
        ...readFileSync(join(packed, "steps", step), "utf8").matchAll(/(?:steps|%\/\*\})\/([\w.-]+\w)/g),
      ]),
    ].map(([, name]) => name ?? "");
    expect(used.length).toBeGreaterThan(10);
    expect([...new Set(used)].sort()).toEqual(steps.sort());
  });

  test("prints only its port to standard output, and ends with its parent", async () => {
    // The shell stands for the engine, and the engine's own child is the plugin.
    const engine = spawn("/bin/sh", ["-c", `"${launcher()}" & echo $! >&2; wait`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, pid] = await Promise.all([firstText(engine, "stdout"), firstText(engine, "stderr")]);
    expect(stdout).toMatch(/^\d{4,5}\n$/);
    engine.kill("SIGKILL");
    const isRunning = (): boolean => {
      try {
        return process.kill(Number(pid), 0);
      } catch {
        return false;
      }
    };
    for (let tries = 0; tries < 60 && isRunning(); tries++) await sleep(100);
    expect(isRunning()).toBe(false);
  });

  test("says in one sentence that Node is missing or too old", () => {
    const path = pathWith();
    expect(run({ PATH: path })).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "pulumi-resource-kind: node: expected on PATH, got nothing. Install Node 20 or newer (https://nodejs.org).\n",
    });
    const old = `Object.defineProperty(process.versions, "node", { value: "18.1.0" });`;
    writeFileSync(join(folder, "old.cjs"), old);
    const node = `#!/bin/sh\nexec "${process.execPath}" --require "${join(folder, "old.cjs")}" "$@"\n`;
    writeFileSync(join(path, "node"), node, { mode: 0o755 });
    const { status, stderr } = run({ PATH: path });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^pulumi-resource-kind: node: expected version 20 or newer, got v.*\. Install Node 20 .*\n$/,
    );
  });

  test("names the missing files of its folder in one sentence", () => {
    rmSync(join(folder, "plugin.cjs"));
    rmSync(join(folder, "steps", "kind-create"));
    expect(run()).toEqual({
      status: 1,
      stdout: "",
      stderr: `pulumi-resource-kind: plugin.cjs, steps/kind-create: expected in ${folder}, got nothing. Copy the whole folder of one version to ${folder} again.\n`,
    });
  });

  test("refuses a folder with files of two versions", () => {
    const file = join(folder, "package.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"version": "[^"]*"/, '"version": "9.9.9"'));
    const { status, stdout, stderr } = run();
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^pulumi-resource-kind: plugin\.cjs: expected version 9\.9\.9 of package\.json, got \d+\.\d+\.\d+\. Copy the whole folder .*\n$/,
    );
  });
});

/** Returns the first text on a stream of a process. */
const firstText = (child: ChildProcess, stream: "stdout" | "stderr"): Promise<string> =>
  new Promise((resolve) => child[stream]!.once("data", (text: Buffer) => resolve(text.toString())));
