import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import {
  environmentScript,
  localBackend,
  pulumiEnvironment,
  requirePassphraseFile,
  writeEnvironmentScript,
} from "../../../cli/pulumi/environment";
import { removeStaleLocks } from "../../../cli/pulumi/fileBackend";
import { chooseStack, keepSettingsClean, knownStacks, withoutSalt } from "../../../cli/pulumi/stack";
import { hasNoState } from "../../../cli/teardown/destroy";
import { openCache } from "../../../cli/toolchain/build/cache";
import { pointLink } from "../../../system/files";
import { cacheRoot } from "../../../system/cacheFolder";

// As in Node 20.0, which does not know the option `recursive` and ignores it.
jest.mock("node:fs", () => {
  const fs = jest.requireActual<typeof import("node:fs")>("node:fs");
  const readdirSync = (path: string, options: object = {}) => fs.readdirSync(path, { ...options, recursive: false });
  return { ...fs, readdirSync };
});

let checkout: string;
let home: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-stack-"));
  home = mkdtempSync(join(tmpdir(), "slipway-home-"));
  for (const stack of ["dev", "offline"]) writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), "config:\n  a: b\n");
});
afterEach(() => [checkout, home].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("stack", () => {
  test("is the default of the route, unless STACK is set", () => {
    expect(chooseStack(checkout, "release", {}).stack).toBe("dev");
    expect(chooseStack(checkout, "source", {}).stack).toBe("offline");
    expect(chooseStack(checkout, "source", { STACK: "dev" })).toEqual({ stack: "dev", reason: "STACK" });
    expect(chooseStack(checkout, "source", { STACK: "" }).stack).toBe("offline");
  });

  test("refuses a stack without a settings file, and names the known stacks", () => {
    expect(() => chooseStack(checkout, "release", { STACK: "prod" })).toThrow(
      "stack: expected a stack with a settings file (dev, offline)",
    );
    writeFileSync(join(checkout, "Pulumi.yaml"), "name: slipway\n");
    expect(knownStacks(checkout)).toEqual(["dev", "offline"]);
  });
});

describe("salt", () => {
  const before = "# comment\nconfig:\n  a: b\n";
  const salt = "encryptionsalt: v1:abc=:v1:def:ghi==\n";

  test.each([
    ["added at the end", before, before + salt, before],
    ["added at the front", before, salt + before, before],
    ["layout changed with it", before, `# comment\nconfig:\n    a: b\n${salt}`, before],
    ["settings changed with it", before, `${before}  c: d\n${salt}`, `${before}  c: d\n`],
    [
      "secrets depend on it",
      before,
      `${before}  c:\n    secure: v1:xyz\n${salt}`,
      `${before}  c:\n    secure: v1:xyz\n${salt}`,
    ],
    ["was there before", before + salt, before + salt, before + salt],
    ["nothing added", before, before, before],
    [
      "numbers without quotes stay",
      "config:\n  slipway:workerReplicas: 1\n",
      'config:\n  slipway:workerReplicas: "1"\nencryptionsalt: v1\n',
      "config:\n  slipway:workerReplicas: 1\n",
    ],
    [
      "a key without a namespace, maps on one line and an unknown top-level key stay",
      "config:\n  clusters: [{ name: a }]\nconfg: {}\n",
      "config:\n  slipway:clusters:\n    - name: a\nencryptionsalt: v1\n",
      "config:\n  clusters: [{ name: a }]\nconfg: {}\n",
    ],
    [
      "a setting that Pulumi changed is kept",
      "config:\n  slipway:workerReplicas: 1\n",
      'config:\n  slipway:workerReplicas: "2"\nencryptionsalt: v1\n',
      'config:\n  slipway:workerReplicas: "2"\n',
    ],
  ])("%s", (_, old, now, expected) => expect(withoutSalt(old, now)).toBe(expected));

  test("is removed after success and failure", async () => {
    const file = join(checkout, "Pulumi.dev.yaml");
    const original = readFileSync(file, "utf8");
    const spoil = (): void => writeFileSync(file, original + salt);
    chmodSync(file, 0o640);
    await keepSettingsClean(file, () => Promise.resolve(spoil()));
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([original, 0o640]);
    await expect(
      keepSettingsClean(file, () => {
        spoil();
        return Promise.reject(new Error("no"));
      }),
    ).rejects.toThrow("no");
    expect(readFileSync(file, "utf8")).toBe(original);
  });

  test.each([
    ["UTF-16", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["a byte order mark and CRLF", (text: string) => Buffer.from(`\uFEFF${text.replaceAll("\n", "\r\n")}`)],
  ])("is removed from a file with %s, whose bytes come back", async (_, encode) => {
    const file = join(checkout, "Pulumi.dev.yaml");
    const bytes = encode("config:\n  slipway:a: b\n");
    writeFileSync(file, bytes);
    await keepSettingsClean(file, () => {
      writeFileSync(file, `config:\n  slipway:a: b\n${salt}`);
      return Promise.resolve();
    });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test("of a killed run is removed, and a salt in git stays", async () => {
    const git = (...args: string[]): void =>
      void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: checkout });
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "x");
    const file = join(checkout, "Pulumi.dev.yaml");
    const original = readFileSync(file, "utf8");
    writeFileSync(file, original + salt);
    await keepSettingsClean(file, () => Promise.resolve());
    expect(readFileSync(file, "utf8")).toBe(original);
    writeFileSync(file, original + salt);
    git("commit", "--quiet", "--all", "--message", "y");
    await keepSettingsClean(file, () => Promise.resolve());
    expect(readFileSync(file, "utf8")).toBe(original + salt);
  });
});

describe("environment", () => {
  const open = (env: NodeJS.ProcessEnv = {}) => pulumiEnvironment(checkout, { env: { PATH: "/bin", ...env }, home });

  test("has a local backend and a random permanent passphrase by default, both private", () => {
    const { variables, backend } = open();
    expect(backend).toBe(`file://${join(checkout, ".slipway")}`);
    expect(variables).toMatchObject({ PULUMI_BACKEND_URL: backend, PATH: `${join(checkout, ".tools/bin")}:/bin` });
    const file = join(checkout, ".slipway", "passphrase");
    expect(variables.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(file);
    expect([mode(file), mode(join(checkout, ".slipway"))]).toEqual(["600", "700"]);
    const secret = readFileSync(file, "utf8");
    expect(secret.trim().length).toBeGreaterThan(40);
    open();
    expect(readFileSync(file, "utf8")).toBe(secret);
  });

  test("makes files with secrets private, also existing ones", () => {
    const folder = join(checkout, ".slipway");
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(folder, 0o755);
    const script = writeEnvironmentScript(checkout, open());
    expect([mode(folder), mode(script), mode(join(folder, "passphrase"))]).toEqual(["700", "600", "600"]);
    chmodSync(join(folder, "passphrase"), 0o644);
    open();
    expect(mode(join(folder, "passphrase"))).toBe("600");
  });

  test.each([
    [{ PULUMI_CONFIG_PASSPHRASE: "" }],
    [{ PULUMI_CONFIG_PASSPHRASE: "mine" }],
    [{ PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" }],
  ])("the user's passphrase is left alone: %j", (env) => {
    expect(open(env).variables.PULUMI_CONFIG_PASSPHRASE_FILE).toBeUndefined();
    expect(existsSync(join(checkout, ".slipway", "passphrase"))).toBe(false);
  });

  test("respects PULUMI_BACKEND_URL, and then creates no passphrase", () => {
    const { variables, backend, reason } = open({ PULUMI_BACKEND_URL: "s3://bucket" });
    expect([backend, reason]).toEqual(["s3://bucket", "PULUMI_BACKEND_URL"]);
    expect(variables.PULUMI_BACKEND_URL).toBeUndefined();
    expect(variables.PULUMI_CONFIG_PASSPHRASE_FILE).toBeUndefined();
  });

  test("respects a login in each folder that Pulumi uses", () => {
    const folder = join(home, "elsewhere");
    mkdirSync(folder);
    writeFileSync(join(folder, "credentials.json"), '{"current": "https://api.pulumi.com"}');
    expect(open({ PULUMI_HOME: folder }).backend).toBe("https://api.pulumi.com");
    expect(open({ PULUMI_CREDENTIALS_PATH: folder }).reason).toBe("pulumi login");
    expect(open().reason).toMatch(/^the default/);
    mkdirSync(join(home, ".pulumi"));
    writeFileSync(join(home, ".pulumi", "credentials.json"), '{"current": "file://~"}');
    expect(open().backend).toBe("file://~");
    expect(open().variables.PULUMI_CONFIG_PASSPHRASE_FILE).toBeDefined();
  });

  test("prefers the project's backend to the login", () => {
    writeFileSync(join(checkout, "Pulumi.yaml"), "name: x\nbackend:\n  url: gs://b\n");
    expect(open().backend).toBe("gs://b");
  });

  test("does not replace a lost passphrase while a state exists", () => {
    const stacks = join(checkout, ".slipway", ".pulumi", "stacks", "slipway");
    mkdirSync(stacks, { recursive: true });
    writeFileSync(join(stacks, "dev.json"), "{}");
    expect(() => open()).toThrow(
      `passphrase: expected the passphrase of the state in ${join(checkout, ".slipway/.pulumi/stacks")}`,
    );
  });

  test("compresses a file backend, and keeps the user's garbage collection and parallelism", () => {
    expect(open().variables).toMatchObject({
      PULUMI_DIY_BACKEND_ZSTD: "true",
      PULUMI_PARALLEL: "64",
      GOGC: "300",
      GOMEMLIMIT: "1GiB",
    });
    const { variables } = open({ PULUMI_BACKEND_URL: "s3://bucket", PULUMI_PARALLEL: "4", GOGC: "off" });
    for (const name of ["PULUMI_DIY_BACKEND_ZSTD", "PULUMI_PARALLEL", "GOGC", "GOMEMLIMIT"]) {
      expect(variables).not.toHaveProperty(name);
    }
  });

  test.each(["demo.json", "demo.json.zst", "demo.json.gz"])("recognizes the state %s of a stack", (file) => {
    const here = checkout;
    const states = join(here, ".slipway", ".pulumi", "stacks", "slipway");
    expect(hasNoState(here, "demo", localBackend(here))).toBe(true);
    mkdirSync(states, { recursive: true });
    expect(hasNoState(here, "demo", localBackend(here))).toBe(true);
    writeFileSync(join(states, file), "");
    expect(hasNoState(here, "demo", localBackend(here))).toBe(false);
    expect(hasNoState(here, "other", localBackend(here))).toBe(true);
  });

  test("forbids plugin downloads on both routes", () => {
    expect(open().variables.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe("true");
  });

  test("gives a shell the same environment by env.sh, and changes PATH once", () => {
    const odd = join(checkout, "it's a $HOME");
    mkdirSync(odd);
    const environment = pulumiEnvironment(odd, { env: { PATH: "/bin" }, home });
    const file = writeEnvironmentScript(odd, environment);
    expect(mode(file)).toBe("600");
    const script = `set -eu; . "$0"; . "$0"; printf '%s\\n' "$PATH" "$PULUMI_BACKEND_URL" "$PULUMI_CONFIG_PASSPHRASE_FILE"`;
    const lines = execFileSync("/bin/sh", ["-c", script, file], {
      env: { PATH: "/usr/bin:/bin" },
      encoding: "utf8",
    }).split("\n");
    expect(lines).toEqual([
      `${odd}/.tools/bin:/usr/bin:/bin`,
      `file://${odd}/.slipway`,
      `${odd}/.slipway/passphrase`,
      "",
    ]);
    chmodSync(file, 0o644);
    writeEnvironmentScript(odd, environment);
    expect(mode(file)).toBe("600");
  });

  test("writes no secret into env.sh", () => {
    const environment = open({ PULUMI_CONFIG_PASSPHRASE: "geheim" });
    expect(environmentScript(checkout, environment)).not.toContain("geheim");
  });
});

describe("locks of killed runs", () => {
  const lock = (name: string, content: object): string => {
    const folder = join(checkout, ".pulumi", "locks", "organization", "slipway", "dev");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json.attrs`), "{}");
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
    return join(folder, `${name}.json`);
  };

  test("are removed if their process ran on this host and has ended; other locks stay", () => {
    const dead = lock("dead", { pid: 2 ** 22 - 3, hostname: hostname() });
    const alive = lock("alive", { pid: process.pid, hostname: hostname() });
    const elsewhere = lock("elsewhere", { pid: 2 ** 22 - 3, hostname: "another" });
    const printed: string[] = [];
    removeStaleLocks(`file://${checkout}`, "dev", (line) => printed.push(line));
    expect([dead, `${dead}.attrs`, alive, elsewhere].map((file) => existsSync(file))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(printed).toHaveLength(1);
  });

  test("are not searched in other backends and in stacks without locks", () => {
    removeStaleLocks("s3://bucket", "dev", () => undefined);
    removeStaleLocks(`file://${checkout}`, "none", () => undefined);
  });
});

test("credentials of Pulumi that are a pipe are not opened", () => {
  const folder = join(home, "credentials");
  mkdirSync(folder);
  execFileSync("mkfifo", [join(folder, "credentials.json")]);
  expect(pulumiEnvironment(checkout, { env: { PULUMI_CREDENTIALS_PATH: folder }, home }).backend).toBe(
    localBackend(checkout),
  );
});

describe("the user's passphrase file", () => {
  const check = (env: NodeJS.ProcessEnv): void =>
    requirePassphraseFile(checkout, pulumiEnvironment(checkout, { env, home }), env);

  test.each<[string, (path: string) => void, string]>([
    ["missing", () => undefined, "no such file or folder (ENOENT)"],
    ["a folder", (path) => mkdirSync(path), "a folder"],
    ["a named pipe", (path) => execFileSync("mkfifo", [path]), "a named pipe"],
    ["a link to itself", (path) => symlinkSync(path, path), "symbolic links in a circle (ELOOP)"],
  ])("is refused if it is %s", (_, create, words) => {
    const path = join(home, "passphrase");
    create(path);
    expect(() => check({ PULUMI_CONFIG_PASSPHRASE_FILE: path })).toThrow(
      `PULUMI_CONFIG_PASSPHRASE_FILE: expected a regular file that can be read, got "${path}" (${words}).`,
    );
    check({ PULUMI_CONFIG_PASSPHRASE_FILE: path, PULUMI_CONFIG_PASSPHRASE: "" });
    check({ PULUMI_CONFIG_PASSPHRASE_FILE: path, PULUMI_BACKEND_URL: "https://api.pulumi.com" });
  });

  test("may be relative to the checkout", () => {
    check({ PULUMI_CONFIG_PASSPHRASE_FILE: "Pulumi.dev.yaml" });
  });
});

describe("cache", () => {
  test.each([
    [{ SLIPWAY_CACHE: "/a/b" }, "/a/b"],
    [{ SLIPWAY_CACHE: "/a", XDG_CACHE_HOME: "/x" }, "/a"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/slipway"],
    [{ XDG_CACHE_HOME: "relative" }, expect.stringMatching(/\/\.cache\/slipway$/)],
    [{}, expect.stringMatching(/\/\.cache\/slipway$/)],
  ])("%j", (env, expected) => expect(cacheRoot(env)).toEqual(expected));

  test("refuses a relative SLIPWAY_CACHE", () => {
    expect(() => cacheRoot({ SLIPWAY_CACHE: "cache" })).toThrow(
      'SLIPWAY_CACHE: expected an absolute path, got "cache"',
    );
  });

  test("has a folder for each route", () => {
    expect(openCache("source", "/c").artifacts).toBe("/c/source/artifacts");
    expect(openCache("release", "/c").lock).toBe("/c/release/lock");
  });

  test("updates the link .tools, but replaces no folder of the user", () => {
    const link = join(checkout, ".tools");
    pointLink(link, home);
    pointLink(link, home);
    pointLink(link, checkout);
    expect(existsSync(join(link, "Pulumi.dev.yaml"))).toBe(true);
    rmSync(link);
    mkdirSync(link);
    expect(() => pointLink(link, home)).toThrow("expected a symbolic link or no file");
  });
});
