import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ProblemError } from "../../../lib/base/problem";
import { dockerConfigFile, openDockerLogins } from "../../../preflight/images/dockerLogins";

const folder = mkdtempSync(join(tmpdir(), "slipway-logins-"));
const file = join(folder, "config.json");
const path = process.env.PATH;

const helper = (name: string, script: string): void => {
  const program = join(folder, "bin", `docker-credential-${name}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o700);
};

beforeAll(() => {
  mkdirSync(join(folder, "bin"));
  process.env.PATH = [join(folder, "bin"), path].join(delimiter);
  helper(
    "good",
    'read -r host; echo "$1 $host" >>"$0.calls"; echo "{\\"Username\\":\\"$host\\",\\"Secret\\":\\"s3cret\\"}"',
  );
  helper("empty", "echo credentials not found in native keychain; exit 1");
  helper("broken", "echo s3cret; echo s3cret >&2; exit 3");
  helper("chatty", "echo s3cret");
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

const open = (config: object) => {
  writeFileSync(file, JSON.stringify(config));
  return openDockerLogins(file);
};

test("a helper gets the host on standard input, once", async () => {
  const read = open({ credsStore: "good" });
  for (let times = 0; times < 2; times += 1)
    expect(await read("a.example.org")).toEqual({ username: "a.example.org", password: "s3cret" });
  const calls = readFileSync(join(folder, "bin", "docker-credential-good.calls"), "utf8");
  expect(calls).toBe("get a.example.org\n");
  expect(await read("registry-1.docker.io")).toMatchObject({ username: "https://index.docker.io/v1/" });
});

test("a helper without a login leaves that of the file", async () => {
  const auths = { "a.example.org": { auth: Buffer.from("me:pw").toString("base64") } };
  const read = open({ credsStore: "empty", auths });
  expect(await read("a.example.org")).toEqual({ username: "me", password: "pw" });
  expect(await read("b.example.org")).toBeUndefined();
});

test.each([
  ["broken", "an error of docker-credential-broken (exit code 3)"],
  ["chatty", "an answer of docker-credential-chatty that is not JSON"],
  ["absent", "no program docker-credential-absent"],
  ["../evil;id", "a credential helper whose name is not a program's name"],
])("a helper that fails is named without what it printed: %s", async (name, unusable) => {
  expect(await open({ credHelpers: { a: name } })("a")).toEqual({ unusable });
});

test("an identity token is a login that nodes cannot use", async () => {
  const read = open({ auths: { a: { identitytoken: "s3cret" } } });
  expect(await read("a")).toEqual({ unusable: "an identity token, which kubelet cannot use" });
});

test("a missing file has no logins, and a broken file is refused without its text", async () => {
  expect(await openDockerLogins(join(folder, "none.json"))("a")).toBeUndefined();
  writeFileSync(file, '{"auths": s3cret');
  expect(() => openDockerLogins(file)).toThrow(ProblemError);
  expect(() => openDockerLogins(file)).toThrow(/config\.json: expected JSON, got another text\./);
  expect(() => openDockerLogins(folder)).toThrow(/got a folder/);
});

test("DOCKER_CONFIG names the folder of the file", () => {
  expect(dockerConfigFile({ DOCKER_CONFIG: "/etc/me", HOME: "/home/me" })).toBe("/etc/me/config.json");
  expect(dockerConfigFile({ HOME: "/home/me" })).toBe("/home/me/.docker/config.json");
});
