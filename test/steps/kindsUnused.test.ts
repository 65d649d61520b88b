import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);
fakeTool("kubectl", '[ "$2" != crd ] || { case "$KNOWN" in *"$3"*) exit 0;; *) exit 1;; esac; }\nprintf "%s" "$LEFT"');

const run = (known: string, left: string): { status: number | null; stderr: string } =>
  spawnSync("steps/kinds-unused", [], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, KINDS: "a.example.org b.example.org", KNOWN: known, LEFT: left },
  });

describe("before CRDs are deleted", () => {
  test.each([
    ["none is there", "", "default x\n"],
    ["none is in use", "a.example.org b.example.org", ""],
  ])("all is well where %s", (_, known, left) => {
    expect(run(known, left)).toMatchObject({ status: 0, stderr: "" });
  });

  test("objects that others made stop the destroy, each by its name", () => {
    const { status, stderr } = run("b.example.org", "default theirs\n");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CRD b\.example\.org: expected no objects of others.*\ndefault theirs\n$/);
  });
});
