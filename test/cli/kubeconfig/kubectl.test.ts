import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { parseInvocation } from "../../../cli/commandLine/parse";
import { kubectl } from "../../../cli/commands/kubectl";
import { runKubectl } from "../../../cli/kubeconfig/kubectl";
import { type FakeCheckout, fakeCheckout } from "../../helpers/fakeCheckout";

jest.setTimeout(60_000); // each test starts a program, which a busy machine does slowly

let checkout: FakeCheckout;
beforeEach(() => {
  checkout = fakeCheckout();
});
afterEach(() => checkout.remove());

const repository = join(__dirname, "..", "..", "..");

const startKubectl = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ["scripts/run.cjs", "test/helpers/runKubectl.ts", checkout.folder, "/k/capd.yaml", ...args], {
    cwd: repository,
    env: { ...process.env, SLIPWAY_CALLED_IN: checkout.folder },
    stdio: ["pipe", "pipe", "inherit"],
  });

const ended = async (child: ChildProcess): Promise<{ code: unknown; text: string }> => {
  let text = "";
  child.stdout?.on("data", (data) => (text += String(data)));
  const [code] = (await once(child, "close")) as [unknown];
  return { code, text };
};

describe("kubectl", () => {
  test("gets the arguments, the kubeconfig, standard input and the caller's folder; its exit code is kept", async () => {
    checkout.fakeTool("kubectl", 'echo "$KUBECONFIG $PWD"; printf "[%s]" "$@"; cat; exit 7');
    const child = startKubectl("apply", "-f", "-", "a b", "--help", "--", "x");
    child.stdin?.end("some input");
    expect(await ended(child)).toEqual({
      code: 7,
      text: `/k/capd.yaml ${checkout.folder}\n[apply][-f][-][a b][--help][--][x]some input`,
    });
  });

  test("returns 128 plus the number of the signal that ended it", async () => {
    checkout.fakeTool("kubectl", "kill -KILL $$");
    expect((await ended(startKubectl())).code).toBe(137);
  });

  test.each<[NodeJS.Signals, string]>([
    ["SIGINT", "INT"],
    ["SIGTERM", "TERM"],
    ["SIGHUP", "HUP"],
  ])("gets %s, and may end in its own way", async (signal, name) => {
    checkout.fakeTool("kubectl", `trap 'exit 42' ${name}; echo ready; while :; do sleep 0.05; done`);
    const child = startKubectl();
    const end = ended(child);
    child.stdout?.once("data", () => child.kill(signal));
    expect((await end).code).toBe(42);
  });

  test("is reported with the remedy if it is missing", () => {
    expect(() => runKubectl(checkout.folder, "/k", [])).toThrow(
      "kubectl: expected in .tools/bin, got nothing. Run make tools.",
    );
  });
});

test("every argument after the cluster is kubectl's own", () => {
  expect(
    parseInvocation(kubectl, ["--stack", "ha", "capd", "get", "pods", "--help", "--stack", "x", "--", "-y"]),
  ).toEqual({
    options: { stack: "ha" },
    operands: ["capd"],
    passed: ["get", "pods", "--help", "--stack", "x", "--", "-y"],
  });
  expect(parseInvocation(kubectl, ["capd", "--", "x"])).toMatchObject({ passed: ["--", "x"] });
  expect(parseInvocation(kubectl, ["--help"])).toBe("help");
  expect(() => parseInvocation(kubectl, [])).toThrow("CLUSTER: expected a value");
});
