import { spawn, spawnSync } from "node:child_process";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);

const follow = () =>
  spawnSync("bash", ["steps/follow-machines"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CLUSTER: "one", NAMESPACE: "team" },
  });

describe("follow-machines", () => {
  test("prints the phase of each machine when it changes, and nothing on standard output", () => {
    const lines = ["a|Pending", "b|", "a|Pending", "b|Pending", "a|Running"];
    fakeTool(
      "kubectl",
      `case "$*" in *"--namespace team"*one*--watch*) printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} ;; esac`,
    );
    const { stdout, stderr } = follow();
    expect(stdout).toBe("");
    expect(stderr).toBe("machine a: Pending\nmachine b: Pending\nmachine a: Running\n");
  });

  test("prints each line at once, while kubectl goes on", async () => {
    fakeTool("kubectl", "echo 'a|Pending'; exec sleep 30");
    const child = spawn("bash", ["steps/follow-machines"], {
      cwd: folder,
      env: { ...process.env, CLUSTER: "one", NAMESPACE: "team" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const line = await new Promise((resolve) => child.stderr.once("data", (text: Buffer) => resolve(text.toString())));
    child.kill();
    expect(line).toBe("machine a: Pending\n");
  });

  test("is silent where the kind does not exist", () => {
    fakeTool("kubectl", "echo no such kind >&2; exit 1");
    expect(follow()).toMatchObject({ stdout: "", stderr: "" });
  });
});
