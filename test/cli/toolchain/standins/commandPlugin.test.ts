import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { check, create, diff, invokeRun, remove, update } from "../../../../provider/plugin/command";
import { makeServer } from "../../../../cli/toolchain/standins/command/server";
import { allowCommands, runningCommands, stopCommands } from "../../../../provider/plugin/execute";
import {
  asSecret,
  hasSecret,
  isSame,
  reveal,
  unknown,
  type Properties,
  type Value,
} from "../../../../provider/plugin/values";
import { connectPlugin } from "../../../helpers/pluginClient";

let folder: string;
let lines: string[];
const log = (line: string): void => void lines.push(line);
const run = async (inputs: Properties): Promise<Properties> => (await create("name", inputs, false, log)).state;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-command-")));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("check", () => {
  const reasons = (inputs: Properties): Record<string, string> =>
    Object.fromEntries(check(inputs).failures.map(({ property, reason }) => [property, reason]));

  test("takes all documented inputs, and values that are not known yet", () => {
    const inputs: Properties = {
      create: "a",
      update: "b",
      delete: unknown,
      triggers: [1, { a: unknown }],
      interpreter: ["bash", "-c"],
      dir: "/",
      environment: { A: unknown, B: "b" },
      stdin: asSecret("s"),
      logging: "none",
      addPreviousOutputInEnv: false,
    };
    expect(check(inputs)).toEqual({ inputs, failures: [] });
  });

  test("drops what is null or the engine's own", () => {
    expect(check({ create: "a", update: null, __defaults: [] }).inputs).toEqual({ create: "a" });
  });

  test.each<[string, Value, string]>([
    ["create", 1, "expected a string, got 1"],
    ["interpreter", "bash", 'expected a list of strings, got "bash"'],
    ["environment", { A: 1 }, "A: expected a string, got 1"],
    ["logging", "some", 'expected one of stdout, stderr, stdoutAndStderr, none, got "some"'],
    ["triggers", "x", 'expected a list, got "x"'],
    ["addPreviousOutputInEnv", "no", 'expected true or false, got "no"'],
    ["assetPaths", ["*"], "is not supported by Slipway's stand-in"],
    ["archivePaths", [unknown], "is not supported by Slipway's stand-in"],
    ["creat", "a", "is not a property. Use one of addPreviousOutputInEnv, archivePaths"],
  ])("refuses %s: %j", (property, value, reason) => {
    expect(reasons({ [property]: value })[property]).toContain(reason);
  });
});

describe("diff", () => {
  test("is empty for equal inputs in any order and secrecy", () => {
    const old: Properties = { create: "a", environment: { A: "1", B: "2" }, stdout: "out" };
    const news: Properties = { environment: { B: "2", A: asSecret("1") }, create: "a", stdin: null };
    expect(diff(old, news)).toEqual({ changes: {}, replaces: [] });
  });

  test("any changed input is an update, delete and environment included", () => {
    const old: Properties = { create: "a", delete: "b", environment: { A: "1" } };
    expect(diff(old, { create: "a", delete: "c", environment: { A: "2" }, stdin: "new" })).toEqual({
      changes: { delete: "update", environment: "update", stdin: "add" },
      replaces: [],
    });
    expect(diff(old, { create: "a" }).changes).toEqual({ delete: "delete", environment: "delete" });
  });

  test.each<[string, Properties, Properties]>([
    ["changed", { triggers: [1] }, { triggers: [2] }],
    ["added", {}, { triggers: [] }],
    ["removed", { triggers: [1] }, {}],
    ["not known yet", { triggers: [1] }, { triggers: [unknown] }],
  ])("triggers %s: replaced", (_, old, news) => expect(diff(old, news).replaces).toEqual(["triggers"]));
});

describe("create", () => {
  test("runs in /bin/sh and cuts one newline from each stream", async () => {
    const state = await run({ create: "printf 'a\\n\\n'; echo b >&2; echo $0" });
    expect(state.stdout).toBe("a\n\n/bin/sh");
    expect(state.stderr).toBe("b");
  });

  test("keeps the inputs in the state and makes an id from the name", async () => {
    const { id, state } = await create("kind", { create: "true", triggers: [1] }, false, log);
    expect(id).toMatch(/^kind[0-9a-f]{8}$/);
    expect(state).toEqual({ create: "true", triggers: [1], stdout: "", stderr: "" });
  });

  test("interpreter, dir, environment and stdin", async () => {
    process.env.SLIPWAY_TEST = "outer";
    const state = await run({
      interpreter: ["bash", "-euc"],
      dir: folder,
      environment: { A: "a b" },
      stdin: "input\n",
      create: 'echo "$BASH_VERSION" | head -c1; pwd; cat; echo "$A $SLIPWAY_TEST"',
    });
    delete process.env.SLIPWAY_TEST;
    expect(state.stdout).toMatch(/^\d/);
    expect((state.stdout as string).slice(1)).toBe(`${folder}\ninput\na b outer`);
  });

  test("has an empty stdin by default", async () => expect((await run({ create: "cat" })).stdout).toBe(""));

  test("accepts a command that does not read its stdin", async () => {
    expect((await run({ create: "true", stdin: "x".repeat(1_000_000) })).stdout).toBe("");
  });

  test("runs nothing without create", async () => expect((await run({ delete: "x" })).stdout).toBe(""));

  test("returns long output completely", async () => {
    const { stdout } = await run({
      create: "i=0; while [ $i -lt 20000 ]; do echo 0123456789äö; i=$((i+1)); done",
      logging: "none",
    });
    expect(stdout).toBe(Array(20_000).fill("0123456789äö").join("\n"));
  });

  test("reports code, command and both streams after a failure", async () => {
    await expect(run({ create: "echo out; echo err >&2; exit 3" })).rejects.toThrow(
      /^exit status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
    );
  });

  test("names a missing interpreter or dir", async () => {
    await expect(run({ create: "true", interpreter: ["/no/such"] })).rejects.toThrow("/no/such");
    await expect(run({ create: "true", dir: "/no/dir" })).rejects.toThrow("(dir: /no/dir)");
  });

  test("preview runs nothing and knows no output", async () => {
    const mark = join(folder, "ran");
    const { state } = await create("n", { create: `touch ${mark}` }, true, log);
    expect(state).toEqual({ create: `touch ${mark}`, stdout: unknown, stderr: unknown });
    expect(existsSync(mark)).toBe(false);
  });

  test("one secret input makes every output secret, in preview too", async () => {
    const inputs: Properties = { create: "cat", stdin: asSecret("geheim") };
    const state = await run(inputs);
    expect(hasSecret(state.stdout!) && hasSecret(state.stderr!)).toBe(true);
    expect(reveal(state)).toMatchObject({ stdout: "geheim", stdin: "geheim" });
    expect(hasSecret((await create("n", inputs, true, log)).state.stdout!)).toBe(true);
  });

  test("runs fifty commands at the same time", async () => {
    const begun = Date.now();
    const states = await Promise.all(
      Array.from({ length: 50 }, (_, index) => run({ create: `sleep 0.3; echo ${index}` })),
    );
    expect(states.map(({ stdout }) => Number(stdout))).toEqual([...Array(50).keys()]);
    expect(Date.now() - begun).toBeLessThan(5000);
  });
});

describe("update", () => {
  const old: Properties = { create: "x", stdout: "before", stderr: "old err" };

  test("runs update, with the last output in its environment", async () => {
    const state = await update(old, { update: "echo $PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR" }, false, log);
    expect(state.stdout).toBe("before/old err");
  });

  test("runs create without update", async () => {
    expect((await update(old, { create: "echo again" }, false, log)).stdout).toBe("again");
  });

  test("keeps the outputs without update and create", async () => {
    expect(await update(old, { delete: "d" }, false, log)).toEqual({
      delete: "d",
      stdout: "before",
      stderr: "old err",
    });
  });

  test("addPreviousOutputInEnv: false keeps the output out", async () => {
    const news: Properties = { update: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false };
    expect((await update(old, news, false, log)).stdout).toBe("[]");
  });

  test("preview knows no output", async () => {
    expect(await update(old, { create: "y" }, true, log)).toEqual({ create: "y", stdout: unknown, stderr: unknown });
  });
});

describe("delete", () => {
  test("runs the state's delete with the state's environment and output", async () => {
    const file = join(folder, "deleted");
    const state: Properties = {
      create: "x",
      delete: `echo "$A $PULUMI_COMMAND_STDOUT" > ${file}`,
      environment: asSecret({ A: "a" }),
      stdout: asSecret("id-1"),
      stderr: "",
    };
    await remove(state, log);
    expect(readFileSync(file, "utf8")).toBe("a id-1\n");
  });

  test("does nothing without delete", async () => {
    await expect(remove({ create: "exit 1", stdout: "" }, log)).resolves.toBeUndefined();
  });

  test("fails if the command fails", async () => {
    await expect(remove({ delete: "echo no >&2; exit 1" }, log)).rejects.toThrow(
      'exit status 1: running "echo no >&2; exit 1":\nno\n',
    );
  });
});

describe("local.run", () => {
  test("gives inputs and outputs back", async () => {
    const { result } = await invokeRun({ command: "echo $A", environment: { A: "1" } }, log);
    expect(result).toEqual({ command: "echo $A", environment: { A: "1" }, stdout: "1", stderr: "" });
  });

  test("needs a command, and knows no triggers", async () => {
    const { failures } = await invokeRun({ triggers: [] }, log);
    expect(failures.map(({ property }) => property)).toEqual(["triggers", "command"]);
  });
});

describe("logging", () => {
  test.each<[string | null, string[]]>([
    [null, ["out 1", "out 2", "err"]],
    ["stdoutAndStderr", ["out 1", "out 2", "err"]],
    ["stdout", ["out 1", "out 2"]],
    ["stderr", ["err"]],
    ["none", []],
  ])("%s", async (logging, lines) => {
    await run({ create: "printf 'out 1\\nout 2'; echo err >&2", logging });
    expect(lines.sort()).toEqual([...lines].sort());
  });

  test("prints lines while the command runs", async () => {
    const state = run({ create: "echo first; sleep 0.4; echo second" });
    while (lines.length === 0) await sleep(5);
    expect(lines).toEqual(["first"]);
    await state;
  });
});

test("cancel ends the shell's children and refuses later commands", async () => {
  const file = join(folder, "alive");
  const state = run({ create: `(while true; do date > ${file}; sleep 0.05; done) & wait` });
  const outcome = expect(state).rejects.toThrow("signal: SIGTERM");
  while (!existsSync(file)) await sleep(5);
  expect(runningCommands()).toBe(1);
  stopCommands();
  await outcome;
  await expect(run({ create: "true" })).rejects.toThrow("cancelled");
  allowCommands();
  rmSync(file);
  await sleep(150);
  expect(existsSync(file)).toBe(false);
});

test("values: secrets and nulls do not count when comparing", () => {
  expect(isSame({ a: [asSecret("x"), null], b: null }, { a: ["x", null] })).toBe(true);
  expect(isSame(["a", "b"], ["b", "a"])).toBe(false);
  expect(isSame(undefined, null)).toBe(true);
});

describe("over gRPC", () => {
  let client: ResourceProviderClient;
  let close: () => void;
  let cancelled = 0;
  const urn = "urn:pulumi:dev::slipway::slipway:index:X$command:local:Command::it";
  const struct = (value: object): Struct => Struct.fromJavaScript(value as Parameters<typeof Struct.fromJavaScript>[0]);
  type Call = (request: object, done: (error: Error | null, response: unknown) => void) => void;
  const call = <Response>(
    method: "create" | "diff" | "check" | "read" | "cancel",
    request: object,
  ): Promise<Response> =>
    new Promise((resolve, reject) => {
      const call = (client[method] as unknown as Call).bind(client);
      call(request, (error, response) => (error ? reject(error) : resolve(response as Response)));
    });

  beforeAll(async () => {
    ({ client, close } = await connectPlugin(makeServer({ version: "1.2.3", onCancel: () => void (cancelled += 1) })));
  });
  afterAll(() => close());

  test("create, diff, update and delete make a round", async () => {
    const created = await call<proto.CreateResponse>(
      "create",
      new proto.CreateRequest().setUrn(urn).setProperties(struct({ create: "echo hi", triggers: [1] })),
    );
    expect(created.getId()).toMatch(/^it[0-9a-f]{8}$/);
    expect(created.getProperties()?.toJavaScript()).toMatchObject({ stdout: "hi" });
    const answer = await call<proto.DiffResponse>(
      "diff",
      new proto.DiffRequest()
        .setUrn(urn)
        .setOldInputs(struct({ create: "a", triggers: [1] }))
        .setNews(struct({ create: "b", triggers: [2] })),
    );
    expect(answer.getChanges()).toBe(proto.DiffResponse.DiffChanges.DIFF_SOME);
    expect(answer.getReplacesList()).toEqual(["triggers"]);
    const { Kind } = proto.PropertyDiff;
    expect(answer.getDetaileddiffMap().get("triggers")?.getKind()).toBe(Kind.UPDATE_REPLACE);
    expect(answer.getDetaileddiffMap().get("create")?.getKind()).toBe(Kind.UPDATE);
  });

  test("an error's text arrives", async () => {
    const request = new proto.CreateRequest().setUrn(urn).setProperties(struct({ create: "echo why; exit 7" }));
    await expect(call("create", request)).rejects.toMatchObject({
      details: 'exit status 7: running "echo why; exit 7":\nwhy\n',
    });
  });

  test("other resources are refused by name", async () => {
    const request = new proto.CheckRequest().setUrn("urn:pulumi:dev::p::command:remote:Command::x").setNews(struct({}));
    await expect(call("check", request)).rejects.toMatchObject({
      details: expect.stringContaining("command:remote:Command: expected command:local:Command"),
    });
  });

  test("read gives the state back", async () => {
    const request = new proto.ReadRequest()
      .setId("i")
      .setUrn(urn)
      .setProperties(struct({ stdout: "s" }))
      .setInputs(struct({ create: "c" }));
    const answer = await call<proto.ReadResponse>("read", request);
    expect([answer.getId(), answer.getProperties()?.toJavaScript(), answer.getInputs()?.toJavaScript()]).toEqual([
      "i",
      { stdout: "s" },
      { create: "c" },
    ]);
  });

  test("cancel reaches the process", async () => {
    await call("cancel", new Empty());
    expect(cancelled).toBe(1);
  });
});
