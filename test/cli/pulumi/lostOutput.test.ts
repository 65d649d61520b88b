import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { root } from "../../../system/checkout";
import { type FakeCheckout, fakeCheckout } from "../../helpers/fakeCheckout";

let checkout: FakeCheckout;
beforeEach(() => {
  checkout = fakeCheckout();
  // Every line may end a program whose pipe was closed; the file shows that the program came to its end.
  checkout.fakeTool(
    "pulumi",
    "for i in 1 2 3 4 5; do echo line $i; echo aside $i >&2; sleep 0.1; done\ntouch finished\nexit 3",
  );
  const target = { checkout: checkout.folder, stack: "dev", backend: "file://" };
  writeFileSync(
    join(checkout.folder, "program.ts"),
    `import { finishOutput, guardOutput } from "${root}/cli/commandLine/output";
import { runPulumi } from "${root}/cli/pulumi/run";
guardOutput();
const PATH = "${join(checkout.folder, ".tools", "bin")}:" + process.env.PATH;
void runPulumi({ ...${JSON.stringify(target)}, variables: { PATH } }, ["up"])
  .then(finishOutput)
  .then((code) => process.exit(code));
`,
  );
});
afterEach(() => checkout.remove());

/** Runs the program in bash, in which \`RUN\` stands for its command, and returns its exit code and the output. */
const runIn = (command: string): { code: string; stderr: string; isFinished: boolean } => {
  const program = `node ${join(root, "scripts", "run.cjs")} program.ts`;
  const script = `${command.replace("RUN", program)}; echo "code \${PIPESTATUS[0]}" >&3`;
  const { stderr, output } = spawnSync("bash", ["-c", script], {
    cwd: checkout.folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  return { code: (output[3] ?? "").trim(), stderr, isFinished: existsSync(join(checkout.folder, "finished")) };
};

describe("a run of Pulumi comes to its end", () => {
  test("and keeps its exit code if the reader of the output goes away", () => {
    const { code, stderr, isFinished } = runIn("RUN | head -1");
    expect([code, isFinished]).toEqual(["code 3", true]);
    expect(stderr).not.toContain("EPIPE");
  });

  test("if the reader of both outputs goes away", () => {
    expect(runIn("RUN 2>&1 | true")).toMatchObject({ code: "code 3", isFinished: true });
  });

  test("with an error if the disk is full", () => {
    const { code, stderr, isFinished } = runIn("RUN >/dev/full");
    expect([code, isFinished]).toEqual(["code 1", true]);
    expect(stderr).toMatch(/^slipway: standard output: expected .*, got a full disk \(ENOSPC\)\. .*$/m);
  });

  test("with all lines otherwise", () => {
    expect(runIn("RUN >out 2>err; cat out err; test $(cat out err | wc -l) = 10")).toMatchObject({ code: "code 0" });
  });
});
