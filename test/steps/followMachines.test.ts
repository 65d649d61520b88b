import { spawnSync } from "node:child_process";
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

  test("is silent where the kind does not exist", () => {
    fakeTool("kubectl", "echo no such kind >&2; exit 1");
    expect(follow()).toMatchObject({ stdout: "", stderr: "" });
  });
});
