import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { flagsOf } from "../../cli/commandLine/parse";
import { commands } from "../../cli/commands";
import { root } from "../../system/checkout";

const which = (program: string): string => spawnSync("which", [program], { encoding: "utf8" }).stdout.trim();

/** Where a command may leave something: a checkout, a home and a temporary folder of its own. */
let place: string;
let checkout: string;
let environment: Record<string, string>;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "slipway-front-"));
  checkout = join(place, "checkout");
  for (const name of ["bin", "home", "tmp", "elsewhere", "checkout"]) mkdirSync(join(place, name));
  // No npm, docker, pulumi or go: what needs one of them fails.
  for (const program of ["bash", "node", "readlink"]) symlinkSync(which(program), join(place, "bin", program));
  for (const name of ["cli", "lib", "preflight", "provider", "scripts", "steps", "system"])
    cpSync(join(root, name), join(checkout, name), { recursive: true, preserveTimestamps: true });
  for (const name of readdirSync(root).filter((file) => /\.(json|yaml)$/.test(file)))
    cpSync(join(root, name), join(checkout, name), { preserveTimestamps: true });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  environment = { PATH: join(place, "bin"), HOME: join(place, "home"), TMPDIR: join(place, "tmp") };
  run(["--help"]); // makes the bundle
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const run = (args: string[], env: Record<string, string> = {}, program = join(checkout, "scripts", "slipway")) => {
  const { status, stdout, stderr } = spawnSync(which("bash"), [program, ...args], {
    cwd: join(place, "elsewhere"),
    env: { ...environment, ...env },
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
};

/** Every path below the place; symbolic links are not followed. */
const contents = (): string[] => spawnSync("find", [place], { encoding: "utf8" }).stdout.split("\n").sort();

const listed = commands.filter(({ isHidden }) => !isHidden);

describe("slipway --help", () => {
  test("lists every command on one line", () => {
    const { code, stdout, stderr } = run(["--help"]);
    const lines = stdout.slice(stdout.indexOf("Commands:\n")).trimEnd().split("\n").slice(1);
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(listed.map(({ name, summary }) => [name, summary]));
    expect([code, stderr]).toEqual([0, ""]);
  });

  test.each(listed.map(({ name }) => name))("%s --help shows all parts of the help and starts nothing", (name) => {
    const before = contents();
    const { code, stdout, stderr } = run([name, "--help"], { STACK: "nope", SLIPWAY_ROUTE: "nonsense" });
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of [`Usage: slipway ${name} `, "Options:", "Environment variables:", "Exit codes:", "Example"])
      expect(stdout).toContain(part);
    const definition = commands.find((command) => command.name === name);
    for (const flag of definition ? flagsOf(definition) : []) expect(stdout).toContain(flag);
    expect(contents()).toEqual(before);
  });

  test("is the same as slipway help COMMAND", () => {
    expect(run(["help", "status"])).toEqual(run(["status", "--help"]));
  });
});

test("slipway --version prints the versions of the program, the tools and the pins", () => {
  const pins = JSON.parse(readFileSync(join(root, "pins.json"), "utf8")) as Record<string, Record<string, string>>;
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const bare = run(["--version"]);
  expect(bare.stdout).toMatch(new RegExp(`^slipway ${version} `));
  expect(bare.stdout).toContain("tools: not installed yet (slipway tools)");
  expect(bare.stdout).toMatch(
    new RegExp(`kubernetes ${pins.release?.kubernetes}, .*clusterApi ${pins.release?.clusterApi}`),
  );
  const tools = join(place, "home", "source", "tools-123");
  mkdirSync(join(tools, "bin"), { recursive: true });
  writeFileSync(join(tools, "bin", "pulumi"), "");
  symlinkSync(tools, join(checkout, ".tools"));
  try {
    expect(run(["-V"]).stdout).toContain(`tools (source route): pulumi ${pins.pulumi?.cli}, kind ${pins.source?.kind}`);
  } finally {
    rmSync(join(checkout, ".tools"));
    rmSync(dirname(tools), { recursive: true });
  }
});

describe("wrong use ends with 2, one line of complaint, and starts nothing:", () => {
  test.each<[string[], RegExp, Record<string, string>?]>([
    [[], /expected a command, got nothing/],
    [["destory"], /Did you mean destroy\?/],
    [["--verbose"], /expected an option of slipway or a command/],
    [["help", "stauts"], /Did you mean status\?/],
    [["status", "--wath"], /Did you mean --watch\?/],
    [["up", "--dif"], /Did you mean --diff\?/],
    [["destroy", "now"], /expected no argument, got "now"/],
    [["plan", "--jsn"], /Did you mean --json\?/],
    [["sweep", "--yess"], /Did you mean --yes\?/],
    [["status", "--stack", "ha"], /expected the same stack as STACK="dev", got "ha"/, { STACK: "dev" }],
    [["help", "plan", "extra"], /help: expected at most 1 argument, got "extra"\. See slipway --help\./],
    [["--help", "plan", "extra"], /help: expected at most 1 argument, got "extra"/],
    [["--version", "extra"], /--version: expected no argument, got "extra"/],
    [["--json", "status"], /--json: expected behind the command, got before status\. Write slipway status --json\./],
    [
      ["--stack=ha", "status"],
      /--stack: expected behind the command, got before status\. Write slipway status --stack\./,
    ],
    [["--diff", "up", "-s", "ha"], /Write slipway up --diff\./],
    [["--nonsense", "status"], /--nonsense: expected behind the command, .*See slipway status --help\./],
    [["status", "-s", "a", "-s", "b"], /--stack: expected one value, got "a" and "b"\. Give the option once\./],
    [["status", "--wat\u001b[31mch\n"], /--wat\\u001b\[31mch\\u000a: expected an option/],
    [["sta\u202ets\u009b"], /expected a command, got "sta\\u202ets\\u009b"/],
    [["up", "api-token=hunter2"], /got "api-token=\[secret\]"/],
    [["up", "--db-password=hunter2"], /got "--db-password=\[secret\]"/],
  ])("%j", (args, message, env = {}) => {
    const before = contents();
    const { code, stdout, stderr } = run(args, env);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(contents()).toEqual(before);
  });
});

describe("a stack's name is checked before anything else:", () => {
  test.each(["../x", "/etc/x", "a/b", ".", "..", ".hidden", "-x", "a b", "a\u001b[31m", "a\n", "ä", "a".repeat(101)])(
    "%j",
    (name) => {
      const before = contents();
      const byOption = run(["status", "--stack", name]);
      const byVariable = run(["status"], { STACK: name });
      expect([byOption.code, byVariable.code]).toEqual([2, 2]);
      expect(byOption.stderr).toMatch(/^slipway: --stack: expected a stack's name of 1 to 100 .*, got ".*"\. .*\n$/);
      expect(byVariable.stderr).toBe(byOption.stderr.replace("--stack", "STACK"));
      expect(byOption.stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
      expect(contents()).toEqual(before);
    },
  );
});

describe("the output", () => {
  const shell = (command: string) =>
    spawnSync(which("bash"), ["-c", command.replaceAll("slipway", join(checkout, "scripts", "slipway"))], {
      env: { ...environment, PATH: `${environment["PATH"]}:${process.env["PATH"]}` },
      encoding: "utf8",
    });

  test.each(["help", "status --help", "--version", "completion bash"])(
    "of slipway %s on a full disk is an error of one line",
    (args) => {
      const { status, stderr } = shell(`slipway ${args} >/dev/full`);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^slipway: standard output: expected .*, got a full disk \(ENOSPC\)\. .*\n$/);
    },
  );

  test.each(["help", "status --help", "--version", "completion bash"])(
    "of slipway %s ends quietly when its reader goes away",
    (args) => {
      const { stdout, stderr } = shell(`slipway ${args} | true; echo "\${PIPESTATUS[0]}"`);
      expect([stdout, stderr]).toEqual(["0\n", ""]);
    },
  );

  test("to a closed stream is refused", () => {
    const { status, stderr } = shell("slipway help >&-");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^slipway: standard output: expected an open file, got a closed one\. .*\n$/);
  });

  test("of an error may have no reader either", () => {
    expect(shell("slipway nonsense 2>/dev/full").status).toBe(2);
    expect(shell("slipway nonsense 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}").status).toBe(2);
  });
});

describe("a wrong HOME", () => {
  test("that is relative is refused before anything is written", () => {
    const before = contents();
    const { code, stderr } = run(["route"], { HOME: "home", SLIPWAY_ROUTE: "release" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^slipway: HOME: expected the absolute path of your home folder, got "home"\. .*\n$/);
    expect(contents()).toEqual(before);
  });
});

describe("a stack file that is not one", () => {
  const file = () => join(checkout, "Pulumi.odd.yaml");
  afterEach(() => rmSync(file(), { recursive: true, force: true }));

  test.each<[string, () => void, RegExp]>([
    [
      "a list",
      () => writeFileSync(file(), "- a\n"),
      /Pulumi\.odd\.yaml: expected a map with the key config, got a list/,
    ],
    ["a text", () => writeFileSync(file(), "text\n"), /expected a map with the key config, got a string/],
    [
      "a text as config",
      () => writeFileSync(file(), "config: x\n"),
      /config: expected a map of settings, got a string/,
    ],
    ["broken YAML", () => writeFileSync(file(), "config: [\n"), /expected YAML that parses/],
    ["a folder", () => mkdirSync(file()), /Pulumi\.odd\.yaml: expected a file that can be read, got a folder/],
    [
      "a pipe",
      () => spawnSync("mkfifo", [file()]),
      /Pulumi\.odd\.yaml: expected a file that can be read, got a named pipe/,
    ],
    [
      "links in a circle",
      () => symlinkSync(file(), file()),
      /expected a file that can be read, got symbolic links in a circle/,
    ],
  ])("is refused by plan before the tools are built: %s", (_, create, message) => {
    create();
    for (const name of ["plan", "up", "preview"]) {
      const { code, stdout, stderr } = run([name, "--stack", "odd"], { SLIPWAY_ROUTE: "release" });
      expect([name, code, stderr]).toEqual([name, 1, expect.stringMatching(message)]);
      expect(stdout).not.toContain("to build");
    }
  });
});

describe("a stack without settings is named in one sentence, and nothing is created:", () => {
  test.each(listed.filter(({ usesStack }) => usesStack).map(({ name }) => name))("%s", (name) => {
    const before = contents();
    const needed = name === "kubectl" ? ["capd", "get", "pods"] : [];
    const { code, stdout, stderr } = run([name, "--stack=nope", ...needed]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^slipway: stack: expected a stack with a settings file \(.*\), got "nope"\. .*\n$/);
    expect(contents()).toEqual(before);
  });

  test("also by STACK", () => {
    expect(run(["status"], { STACK: "nope" })).toEqual(run(["status", "--stack", "nope"]));
  });
});

test("works through a symbolic link from another folder", () => {
  const link = join(place, "bin", "slipway");
  symlinkSync(join(checkout, "scripts", "slipway"), link);
  try {
    expect(run(["status", "--help"], {}, link)).toMatchObject({ code: 0, stderr: "" });
    const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { bin: Record<string, string> };
    expect(bin).toEqual({ slipway: "scripts/slipway" });
  } finally {
    rmSync(link);
  }
});

test("no colours in a pipe, and none on a terminal with NO_COLOR", () => {
  const colour = /\u001b\[[\d;]*m/;
  expect(run(["--help"]).stdout).not.toMatch(colour);
  const command = `${join(checkout, "scripts", "slipway")} up --help; ${join(checkout, "scripts", "slipway")} status --wath`;
  const { stdout } = spawnSync("script", ["-qfec", command, "/dev/null"], {
    env: { ...process.env, NO_COLOR: "1", TERM: "xterm-256color" },
    encoding: "utf8",
  });
  expect(stdout).toMatch(/Usage: slipway up[^]*Did you mean --watch/);
  expect(stdout).not.toMatch(colour);
});

test.each([["--help"], ["up --help"], ["--version"]])(
  "slipway %s takes 150 ms, and at most four times as long on a busy machine",
  (args) => {
    // Processor time, the median of ten. Other work on the machine makes it longer too, because programs share its caches.
    const loop = `TIMEFORMAT='%U %S'; for i in 1 2 3 4 5 6 7 8 9 10; do time ${join(checkout, "scripts", "slipway")} ${args} >/dev/null; done`;
    const { stderr } = spawnSync(which("bash"), ["-c", loop], { env: environment, encoding: "utf8" });
    const seconds = stderr
      .trim()
      .split("\n")
      .map((line) => line.split(" ").reduce((total, part) => total + Number(part), 0))
      .sort((a, b) => a - b);
    expect(seconds).toHaveLength(10);
    expect(seconds[5]).toBeLessThanOrEqual(0.6);
  },
);

test("help loads no code of a command, and no package but commander", () => {
  const preload = join(place, "preload.cjs");
  writeFileSync(
    preload,
    `const { Module } = require("node:module");
const load = Module._load;
const seen = new Set();
Module._load = function (name, ...rest) { seen.add(name); return load.call(this, name, ...rest); };
process.on("exit", () => process.stderr.write([...seen].filter((name) => /^[@a-z]/.test(name) && !Module.isBuiltin(name)).join(" ")));
`,
  );
  const { stderr } = run(["up", "--help"], { NODE_OPTIONS: `--require ${preload}` });
  rmSync(preload);
  expect(stderr.split(" ")).toEqual(["commander"]);
});

describe("before the command", () => {
  let small: string;
  let calls: string;
  beforeEach(() => {
    small = mkdtempSync(join(place, "small-"));
    calls = join(small, "calls");
    mkdirSync(join(small, "scripts"));
    mkdirSync(join(small, "bin"));
    for (const name of ["slipway", "start.cjs"]) cpSync(join(root, "scripts", name), join(small, "scripts", name));
    cpSync(join(root, "pins.json"), join(small, "pins.json"));
    writeFileSync(join(small, "scripts", "run.cjs"), 'console.log("RAN " + process.argv.slice(3).join(" "));\n');
    writeFileSync(join(small, "package-lock.json"), "{}");
    const npm = `#!/bin/bash\necho "$*" >>${calls}\n/bin/mkdir -p node_modules && echo >node_modules/.package-lock.json\n`;
    writeFileSync(join(small, "bin", "npm"), npm);
    chmodSync(join(small, "bin", "npm"), 0o755);
  });

  const start = (args: string[], env: Record<string, string> = {}) =>
    run(args, { PATH: `${join(small, "bin")}:${join(place, "bin")}`, ...env }, join(small, "scripts", "slipway"));
  const installs = (): number => {
    try {
      return readFileSync(calls, "utf8").trimEnd().split("\n").length;
    } catch {
      return 0;
    }
  };
  const change = (text: string, date = new Date(Date.now() + 60_000)): void => {
    writeFileSync(join(small, "package-lock.json"), text);
    utimesSync(join(small, "package-lock.json"), date, date);
  };

  test("packages are installed once, and again only for another package-lock.json", () => {
    expect(start(["status", "--watch"])).toMatchObject({ code: 0, stdout: "RAN status --watch\n" });
    expect(readFileSync(calls, "utf8")).toBe("ci --ignore-scripts --no-audit --no-fund --loglevel=error\n");
    start(["status"]);
    change("{}");
    start(["status"]); // only a new date
    expect(installs()).toBe(1);
    change('{"a": 1}');
    start(["status"]);
    expect(installs()).toBe(2);
  });

  test("help installs packages only where they are missing", () => {
    start(["--help"]);
    expect(installs()).toBe(1);
    change('{"a": 1}');
    for (const args of [["--help"], ["up", "--help"], ["--version"]]) expect(start(args).code).toBe(0);
    expect(installs()).toBe(1);
    start(["up"]);
    expect(installs()).toBe(2);
  });

  test("an install that fails ends the command and is done again", () => {
    writeFileSync(join(small, "bin", "npm"), `#!/bin/bash\necho "$*" >>${calls}\nexit 7\n`);
    expect(start(["status"])).toMatchObject({ code: 7, stdout: "" });
    expect(start(["status"]).code).toBe(7);
    expect(installs()).toBe(2);
  });

  test("an old Node, a missing Node and a missing npm are named", () => {
    const preload = join(small, "old.cjs");
    writeFileSync(
      preload,
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.19.0" } });\n' +
        'Object.defineProperty(process, "version", { value: "v18.19.0" });\n',
    );
    expect(start(["status"], { NODE_OPTIONS: `--require ${preload}` })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "slipway: node: expected version 20 or newer, got v18.19.0. Install Node 20 or newer (https://nodejs.org).\n",
    });
    rmSync(join(small, "bin", "npm"));
    expect(start(["status"]).stderr).toContain("npm: expected on PATH, got nothing");
    symlinkSync(which("readlink"), join(small, "bin", "readlink"));
    expect(start(["status"], { PATH: join(small, "bin") }).stderr).toMatch(
      /^slipway: node: expected on PATH, got nothing\. Install Node 20/,
    );
    expect(installs()).toBe(0);
  });
});
