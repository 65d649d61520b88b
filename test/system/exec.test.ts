import { describe, expect, test } from "@jest/globals";
import { createExec, complaintOf, exec, lastLine, requireStart, run, runLines, start } from "../../system/exec";

const node = (code: string): [string, string[]] => [process.execPath, ["--eval", code]];

describe("exec", () => {
  test("returns the exit code and both streams, and does not throw", async () => {
    const result = await exec(...node("console.log('out'); console.error('err'); process.exit(3)"));
    expect(result).toMatchObject({ code: 3, stdout: "out\n", stderr: "err\n" });
    expect(result.failure?.isTimeout).toBe(false);
  });

  test("returns no failure after exit code 0", async () =>
    expect(await exec(...node("process.exit(0)"))).toEqual({ code: 0, stdout: "", stderr: "" }));

  test("passes standard input, the folder and more variables", async () => {
    const code =
      "process.stdin.on('data', (text) => console.log(String(text), process.cwd(), process.env.A, !!process.env.PATH))";
    const { stdout } = await exec(...node(code), { input: "in", cwd: "/", env: { A: "a" } });
    expect(stdout).toBe("in / a true\n");
  });

  test("ends standard input, so that a program which reads it ends too", async () =>
    expect((await exec("cat", [])).code).toBe(0));

  test("does not fail where a program leaves its input unread", async () =>
    expect((await exec("true", [], { input: "x".repeat(1 << 20) })).code).toBe(0));

  test("says that a program could not be started", async () => {
    const result = await exec("no-such-program", []);
    expect(result).toMatchObject({ code: -1, failure: { message: "spawn no-such-program ENOENT" } });
    expect(() => requireStart("no-such-program", result, "Run make tools.")).toThrow(
      "no-such-program: expected a program that runs, got spawn no-such-program ENOENT. Run make tools.",
    );
  });

  test("ends a program whose time is over", async () => {
    const { code, failure } = await exec("sleep", ["60"], { timeout: 0.1 });
    expect([code, failure?.isTimeout, failure?.signal]).toEqual([-1, true, "SIGTERM"]);
  });

  test("hands the command line and standard error to the log, and nothing of standard output", async () => {
    let log = "";
    await exec("sh", ["-c", "echo out; echo err >&2"], { log: (text) => (log += text) });
    expect(log).toBe("$ sh -c echo out; echo err >&2\nerr\n");
  });

  test("keeps characters whole that arrive in two parts", async () => {
    const code =
      "process.stdout.write(Buffer.from([0xc3])); setTimeout(() => process.stdout.write(Buffer.from([0xa4])), 50)";
    expect((await exec(...node(code))).stdout).toBe("ä");
  });
});

describe("the complaint of a program", () => {
  test.each([
    ["standard error", "echo why >&2; exit 1", "why"],
    ["Node's words where standard error is empty", "exit 1", "Command failed: sh -c exit 1\n"],
  ])("is %s", async (_, script, complaint) => expect(complaintOf(await exec("sh", ["-c", script]))).toBe(complaint));
});

describe("run", () => {
  test("returns standard output", async () => expect(await run("echo", ["a"])).toBe("a\n"));

  test.each([
    ["standard error", "echo out; echo err >&2; exit 2", "sh -c echo out; echo err >&2; exit 2 ended with 2\nerr\n"],
    ["standard output without standard error", "echo out; exit 2", "sh -c echo out; exit 2 ended with 2\nout\n"],
    ["the signal", "kill -9 $$", "sh -c kill -9 $$ ended with SIGKILL\n"],
  ])(
    "throws with %s",
    async (_, script, message) => await expect(run("sh", ["-c", script])).rejects.toThrow(new Error(message)),
  );

  test("throws where the program is not there", async () =>
    await expect(run("no-such-program", [])).rejects.toThrow(
      new Error("no-such-program: expected a program that runs, got spawn no-such-program ENOENT. Install it."),
    ));

  test("throws with the limit where the program prints too much, without the advice about its start", async () => {
    const message =
      "sh: expected less output than Slipway's limit, got more (stdout maxBuffer length exceeded). Reduce what the program prints.";
    const options = { outputLimit: 10 };
    await expect(run("sh", ["-c", "echo aaaaaaaaaaaa"], options)).rejects.toThrow(new Error(message));
    const result = await exec("sh", ["-c", "echo aaaaaaaaaaaa"], options);
    expect(() => requireStart("sh", result, "Run make tools.")).toThrow(new Error(message));
  });
});

describe("a created Exec", () => {
  const exec = createExec(process.cwd(), { A: "a" }, 0.5);

  test("answers with its output", async () =>
    expect(await exec("sh", "-c", "echo $A; echo")).toEqual({ text: "a", failed: false }));

  test("answers with the end of its complaint, and with what it printed", async () => {
    const script = "echo out; for i in 1 2 3 4; do echo $i >&2; done; exit 1";
    expect(await exec("sh", "-c", script)).toEqual({ text: "2\n3\n4", failed: true, printed: "out" });
  });

  test("reports a program that gives no answer in time", async () =>
    expect(await exec("sleep", "60")).toEqual({ text: "no answer within 0.5 s", failed: true, printed: "" }));

  test("reports a program that does not exist", async () =>
    expect((await exec("no-such-program")).text).toBe("spawn no-such-program ENOENT"));
});

test("a started program gets the variables of this process too", async () => {
  const child = start("sh", ["-c", 'test -n "$PATH" && test "$A" = a'], { env: { A: "a" } });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
});

describe("runLines", () => {
  test("reports each line of standard output", async () => {
    const lines: string[] = [];
    await runLines(...node("process.stdout.write('one\\ntw'); process.stdout.write('o\\n')"), (line) =>
      lines.push(line),
    );
    expect(lines).toEqual(["one", "two"]);
  });

  test("throws with what a program printed to standard error, or with its exit code", async () => {
    const failed = (code: string) => runLines(...node(code), () => undefined).catch(lastLine);
    expect(await failed("console.error('why\\nmanifest unknown'); process.exit(1)")).toBe("manifest unknown");
    expect(await failed("process.exit(2)")).toMatch(/ended with 2$/);
    expect(await runLines("no-such-program", [], () => undefined).catch(lastLine)).toMatch(/ENOENT/);
  });
});
