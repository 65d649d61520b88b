import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { startPlugin } from "../../helpers/startPlugin";

const program = join(process.cwd(), "provider/slipway/pulumi-resource-slipway");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-plugin-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Copies the plugin without its modules into a package, whose package.json says what the test needs. */
const copyPackage = (name: string, sdk: string | undefined): string => {
  const target = join(folder, name);
  for (const file of ["provider/slipway", "scripts", "package.json", "pins.json"])
    cpSync(file, join(target, file), { recursive: true });
  if (sdk !== undefined) {
    mkdirSync(join(target, "node_modules/@pulumi/pulumi"), { recursive: true });
    writeFileSync(join(target, "node_modules/@pulumi/pulumi/package.json"), JSON.stringify({ version: sdk }));
  }
  return join(target, "provider/slipway/pulumi-resource-slipway");
};

describe("the plugin slipway", () => {
  test("answers with its schema, from a folder that is not the checkout", async () => {
    const { client, close } = await startPlugin(program, { ...process.env, PWD: folder });
    const text = await new Promise<string>((resolve, reject) =>
      client.getSchema(new proto.GetSchemaRequest(), (error, response) =>
        error ? reject(error) : resolve(response.getSchema()),
      ),
    );
    close();
    expect(JSON.parse(text)).toMatchObject({ name: "slipway", resources: { "slipway:index:Lab": {} } });
  });

  test("prints only its port, and ends with its parent", async () => {
    // The shell is the parent, which is killed after the first line.
    const shell = spawn("sh", ["-c", `"${program}" 127.0.0.1:1 & echo "$!" >&2; wait`], { cwd: folder });
    const [out, pid] = await Promise.all(
      [shell.stdout, shell.stderr].map(
        (stream) => new Promise<string>((resolve) => stream.once("data", (data: Buffer) => resolve(data.toString()))),
      ),
    );
    expect(out).toMatch(/^\d+\n$/);
    shell.kill("SIGKILL");
    const isRunning = (): boolean => {
      try {
        return process.kill(Number(pid), 0);
      } catch {
        return false;
      }
    };
    for (let tries = 0; isRunning() && tries < 100; tries++) await new Promise((done) => setTimeout(done, 100));
    expect(isRunning()).toBe(false);
  });

  test.each([
    [
      "no SDK",
      undefined,
      /^slipway [\d.]+: @pulumi\/pulumi: expected version [\d.]+ beside the plugin, got no package\. /,
    ],
    ["another SDK", "3.1.0", /^slipway [\d.]+: @pulumi\/pulumi: expected version [\d.]+, got 3\.1\.0\. Install/],
  ])("refuses a package with %s in one sentence on standard error", (name, sdk, message) => {
    const { status, stdout, stderr } = spawnSync(copyPackage(name, sdk), ["127.0.0.1:1"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("says that Node is missing", () => {
    const env = { PATH: join(folder, "bin") };
    mkdirSync(env.PATH);
    for (const tool of ["dirname", "readlink"]) cpSync(`/usr/bin/${tool}`, join(env.PATH, tool));
    const { status, stdout, stderr } = spawnSync("/bin/sh", [program], { env, encoding: "utf8" });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      "slipway: node: expected on PATH, got nothing. Install Node 20 or newer (https://nodejs.org).\n",
    );
  });
});
