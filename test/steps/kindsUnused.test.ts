import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

let folder: string;

// In a folder of its own: the step takes the checkout's kubectl first, and here that is a stand-in.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-steps-"));
  symlinkSync(join(process.cwd(), "steps"), join(folder, "steps"));
  const bin = join(folder, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  const fake =
    '#!/bin/sh\n[ "$2" != crd ] || { case "$KNOWN" in *"$3"*) exit 0;; *) exit 1;; esac; }\nprintf "%s" "$LEFT"\n';
  writeFileSync(join(bin, "kubectl"), fake);
  chmodSync(join(bin, "kubectl"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (known: string, left: string): { status: number | null; stderr: string } =>
  spawnSync("steps/kinds-unused", [], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, KINDS: "a.example.org b.example.org", KNOWN: known, LEFT: left },
  });

describe("before kinds go", () => {
  test.each([
    ["none is there", "", "default x\n"],
    ["none is in use", "a.example.org b.example.org", ""],
  ])("all is well where %s", (_, known, left) => {
    expect(run(known, left)).toMatchObject({ status: 0, stderr: "" });
  });

  test("objects that others made stop the destroy, each by its name", () => {
    const { status, stderr } = run("b.example.org", "default theirs\n");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^b\.example\.org are left that this stack did not make.*\ndefault theirs\n$/);
  });
});
