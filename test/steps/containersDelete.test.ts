import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove: clean } = fakeCheckout();
const container = join(folder, "container");
afterAll(clean);
beforeEach(() => writeFileSync(container, ""));

/** Runs the step on a Docker with one container, and with a script for its removal. */
const remove = (removal: string): { status: number | null; stderr: string } => {
  fakeTool(
    "docker",
    `case "$1" in ps) [ ! -e silent ] || { echo "no daemon" >&2; exit 1; }; if [ -e container ]; then echo one; fi ;; rm) ${removal} ;; esac`,
  );
  const { status, stderr } = spawnSync("bash", ["steps/containers-delete"], {
    cwd: folder,
    env: { ...process.env, CLUSTER: "capd" },
    encoding: "utf8",
  });
  return { status, stderr };
};

test("a cluster's containers are removed, and none is success too", () => {
  expect(remove("rm container")).toEqual({ status: 0, stderr: "" });
  expect(existsSync(container)).toBe(false);
  expect(remove("exit 1")).toEqual({ status: 0, stderr: "" });
});

test("those that something else removes are waited for", () => {
  const busy =
    'if [ -e asked ]; then rm asked container; else touch asked; fi; echo "removal of one is already in progress"';
  expect(remove(`${busy}; exit 1`)).toEqual({ status: 0, stderr: "" });
  expect(existsSync(container)).toBe(false);
});

test("what Docker cannot remove is an error, in its words", () => {
  rmSync(join(folder, "asked"), { force: true });
  expect(remove('echo "device is busy" >&2; exit 1')).toEqual({ status: 1, stderr: "device is busy\n" });
});

test("a Docker that does not answer is an error", () => {
  writeFileSync(join(folder, "silent"), "");
  expect(remove("exit 0")).toEqual({ status: 1, stderr: "no daemon\n" });
});
