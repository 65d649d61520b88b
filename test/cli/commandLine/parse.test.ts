import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync, spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CommandDefinition, Invocation } from "../../../cli/commandLine/definition";
import { requireFiles } from "../../../cli/commandLine/fileOptions";
import { findCommand, parseInvocation } from "../../../cli/commandLine/parse";
import { optionsOf, type PulumiOperation } from "../../../cli/commandLine/pulumiOptions";
import { takeStack } from "../../../cli/commandLine/run";
import { UsageError } from "../../../cli/commandLine/usageError";
import { commands } from "../../../cli/commands";
import { root } from "../../../system/checkout";

const parse = (name: string, ...args: string[]): Invocation | "help" =>
  parseInvocation(findCommand(commands, name), args);
const passed = (name: string, ...args: string[]): readonly string[] => (parse(name, ...args) as Invocation).passed;

describe("options for Pulumi", () => {
  test.each<[string, string[], string[]]>([
    [
      "a value as the next argument",
      ["--target", "urn:1", "--target", "urn:2"],
      ["--target", "urn:1", "--target", "urn:2"],
    ],
    ["a value behind =", ["--target=urn:a=b", "--message="], ["--target=urn:a=b", "--message="]],
    ["a value that looks like an option", ["--message", "--yes", "--diff"], ["--message", "--yes", "--diff"]],
    ["a switch with a value", ["--diff=false", "--refresh"], ["--diff=false", "--refresh"]],
    ["letters", ["-t", "urn:1", "-turn:2", "-t=urn:3"], ["--target", "urn:1", "--target=urn:2", "--target=urn:3"]],
    ["letters in a group", ["-drp", "4", "-r=false"], ["--debug", "--refresh", "--parallel", "4", "--refresh=false"]],
    ["what Slipway sets itself", ["--yes", "-y", "--skip-preview", "-fd", "--yes=true"], ["--debug"]],
    ["everything after --", ["--diff", "--", "--wath", "x", "--", "--yes"], ["--diff", "--wath", "x", "--", "--yes"]],
    ["Slipway's own option between them", ["--diff", "--stack", "dev", "--target", "u"], ["--diff", "--target", "u"]],
  ])("pass %s in the user's order", (_, args, expected) => {
    expect(passed("up", ...args)).toEqual(expected);
  });

  test("belong to an operation: no --yes for preview, no --replace for destroy", () => {
    expect(() => parse("preview", "--yes")).toThrow(UsageError);
    expect(() => parse("destroy", "--replace", "urn")).toThrow(UsageError);
    expect(() => parse("status", "--diff")).toThrow(UsageError);
  });

  const pulumi = join(root, ".tools", "bin", "pulumi");
  const operations: PulumiOperation[] = ["up", "preview", "refresh", "destroy"];
  (existsSync(pulumi) ? test.each : test.skip.each)(operations)("are options of the pinned pulumi %s", (operation) => {
    const env = { ...process.env, PULUMI_DEBUG_COMMANDS: "true", PULUMI_EXPERIMENTAL: "true" };
    const help = spawnSync(pulumi, [operation, "--help"], { env, encoding: "utf8" }).stdout;
    for (const { name, short, value } of optionsOf(operation)) {
      const line = help.split("\n").find((text) => new RegExp(`^\\s+(-\\w, )?--${name}(?![\\w-])`).test(text));
      expect([name, line?.includes(short ? `-${short}, --${name}` : `    --${name}`)]).toEqual([name, true]);
      expect([name, / (string|stringArray|strings|int|int32|file:)( |\[)/.test(line ?? "")]).toEqual([
        name,
        value !== undefined || name === "refresh" || name === "suppress-permalink",
      ]);
    }
  });
});

describe("files in options for Pulumi", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-files-"));
    writeFileSync(join(folder, "file"), "{}");
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("circle", join(folder, "circle"));
    symlinkSync("missing", join(folder, "broken"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = (name: string, ...args: string[]) =>
    requireFiles((parse(name, ...args) as Invocation).files ?? [], folder);

  test.each(["folder", "pipe", "circle", "file/below", "missing", "broken", "/dev/null/x"])(
    "%s cannot be read",
    (path) => {
      expect(() => check("up", "--plan", path)).toThrow(
        /^--plan: expected a file that can be read, got ".*" \(.*\)\. Name/,
      );
      expect(() => check("up", "--policy-pack-config", path)).toThrow(/^--policy-pack-config: expected a file/);
    },
  );

  test.each(["folder", "pipe", "circle", "file/below", "missing/below", "file/."])("%s cannot be written", (path) => {
    for (const option of ["--save-plan", "--import-file"])
      expect(() => check("preview", `${option}=${path}`)).toThrow(
        /: expected a file that can be written, got ".*" \(.*\)/,
      );
  });

  test("may be new, exist, be a device, and for events a pipe", () => {
    check("preview", "--save-plan", "new", "--import-file", "file", "--event-log", "/dev/null");
    check("preview", "--event-log", "pipe", "--save-plan=broken");
    check("up", "--plan", join(folder, "file"));
  });

  test("all have their problems in one error", () => {
    expect(() => check("preview", "--save-plan", "folder", "--import-file", "pipe")).toThrow(
      /^--save-plan: .*a folder.*\n--import-file: .*a named pipe/,
    );
  });
});

describe("own options and arguments", () => {
  test("are read into options and operands", () => {
    expect(parse("status", "--watch", "-s", "ha")).toEqual({
      options: { watch: true, stack: "ha" },
      operands: [],
      passed: [],
    });
    expect(parse("plan", "--json", "--refresh", "--stack=ha")).toEqual({
      options: { json: true, stack: "ha" },
      operands: [],
      passed: ["--refresh"],
    });
    expect(parse("completion", "zsh")).toMatchObject({ operands: ["zsh"] });
  });

  test.each(["--help", "-h"])("%s asks for help, whatever stands beside it", (flag) => {
    expect(parse("up", "--wath", flag)).toBe("help");
    expect(parse("status", flag, "surplus")).toBe("help");
  });

  test.each<[string, string[], RegExp]>([
    ["status", ["--wath"], /^--wath: expected an option of slipway status, got "--wath"\. Did you mean --watch\?$/],
    ["up", ["--dif"], /Did you mean --diff\? Options after -- go to Pulumi unchecked\.$/],
    ["up", ["--targets=urn"], /^--targets: .*got "--targets=urn"\. Did you mean --target\?/],
    ["up", ["-q"], /^-q: expected an option of slipway up/],
    ["up", ["-dq"], /^-dq: expected an option of slipway up/],
    ["route", ["--json"], /^--json: .*See slipway route --help\.$/],
    ["status", ["--watch=true"], /^--watch: .*got "--watch=true"/],
    ["up", ["surplus"], /^up: expected no argument, got "surplus"/],
    ["status", ["--", "surplus"], /^status: expected no argument, got "surplus"/],
    ["status", ["-s", "a", "--stack=a"], /^--stack: expected one value, got "a" and "a"\. Give the option once\.$/],
    ["status", ["-sa", "-s", "b"], /^--stack: expected one value/],
    ["up", ["--parallel", "4", "-p5"], /^--parallel: expected one value, got "4" and "5"/],
    ["up", ["-m", "a", "--message="], /^--message: expected one value, got "a" and ""/],
    ["preview", ["--save-plan=a", "--save-plan", "b"], /^--save-plan: expected one value/],
    ["up", ["--color", "blue"], /^--color: expected always or never or raw or auto, got "blue"/],
    ["up", ["--target"], /^--target: expected a value, got nothing\./],
    ["up", ["-dt"], /^-dt: expected a value, got nothing\./],
    ["up", ["--stack"], /^--stack: expected a value, got nothing\./],
    ["completion", [], /^SHELL: expected a value, got nothing\./],
    ["completion", ["bahs"], /^SHELL: expected bash or zsh, got "bahs"\. Did you mean bash\?$/],
    ["completion", ["bash", "zsh"], /^completion: expected at most 1 argument, got "zsh"/],
  ])("%s %j is refused", (name, args, message) => {
    expect(() => parse(name, ...args)).toThrow(UsageError);
    expect(() => parse(name, ...args)).toThrow(message);
  });

  test.each(["--password:hunter2", "--password=hunter2", "--token:a=hunter2", "--token=a:hunter2"])(
    "%s is refused without its value",
    (word) => {
      const flag = /^--\w+/.exec(word)?.[0] ?? "";
      for (const read of [() => parse("status", word), () => findCommand(commands, word, ["status"])]) {
        expect(read).toThrow(new RegExp(`^(?!.*hunter2)${flag}: expected `, "s"));
      }
    },
  );

  test("an unknown command gets the nearest name, and never a hidden one", () => {
    expect(() => findCommand(commands, "destory")).toThrow(/Did you mean destroy\?$/);
    expect(() => findCommand(commands, "--verison")).toThrow(/Did you mean --version\?$/);
    expect(() => findCommand(commands, "package")).toThrow(/See slipway --help\.$/);
    expect(findCommand(commands, "packages").isHidden).toBe(true);
  });
});

describe("a command that passes arguments through", () => {
  const passing: CommandDefinition = {
    name: "passing",
    summary: "passes arguments",
    usesStack: true,
    arguments: [{ name: "CLUSTER", summary: "a cluster", completes: "clusters" }],
    options: [{ flags: "--format <NAME>", summary: "a format", completes: ["json", "yaml"] }],
    passesThrough: true,
    examples: [],
    load: () => Promise.reject(new Error("not loaded")),
  };

  test("leaves everything behind the cluster alone", () => {
    const rest = ["-n", "kube-system", "exec", "-it", "pod", "--stack", "x", "--help", "--", "sh", "-c", "a b"];
    expect(parseInvocation(passing, ["capd", ...rest])).toEqual({ options: {}, operands: ["capd"], passed: rest });
  });

  test("reads its own options before the cluster only", () => {
    expect(parseInvocation(passing, ["--stack", "ha", "capd", "get", "pods"])).toEqual({
      options: { stack: "ha" },
      operands: ["capd"],
      passed: ["get", "pods"],
    });
    expect(parseInvocation(passing, ["--help", "capd"])).toBe("help");
    expect(() => parseInvocation(passing, ["-n", "default", "capd"])).toThrow(/^-n: expected an option/);
    expect(() => parseInvocation(passing, [])).toThrow(/^CLUSTER: expected a value, got nothing/);
  });

  test("refuses a value outside an option's list", () => {
    expect(() => parseInvocation(passing, ["--format", "xml", "capd"])).toThrow(
      '--format: expected json or yaml, got "xml"',
    );
  });
});

describe("--stack", () => {
  test("sets STACK, and agrees with the same STACK", () => {
    const env: NodeJS.ProcessEnv = {};
    takeStack("ha", env);
    takeStack("ha", env);
    takeStack(undefined, env);
    expect(env).toEqual({ STACK: "ha" });
  });

  test("is refused beside another STACK, and without a name", () => {
    expect(() => takeStack("ha", { STACK: "dev" })).toThrow(
      '--stack: expected the same stack as STACK="dev", got "ha". Give only one of them.',
    );
    expect(() => takeStack("", {})).toThrow(UsageError);
    expect(() => takeStack("../x", {})).toThrow(UsageError);
  });
});
