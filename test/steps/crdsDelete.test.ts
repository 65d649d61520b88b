import { spawnSync } from "node:child_process";
import { afterAll, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove: clean } = fakeCheckout();
afterAll(clean);

/** Runs the step against an API that answers or not; whether it ended well. */
const remove = (answers: boolean, unreachableIsGone: boolean): boolean => {
  fakeTool("kubectl", answers ? 'case "$*" in "delete crd one"*) exit 7 ;; esac' : "exit 1");
  const env = { ...process.env, PULUMI_K8S_DELETE_UNREACHABLE: String(unreachableIsGone) };
  return spawnSync("bash", ["steps/crds-delete"], { cwd: folder, env, input: "one checksum file\n" }).status === 0;
};

test("CRDs of a cluster that is gone are gone; an API that merely does not answer is an error", () => {
  expect(remove(false, true)).toBe(true);
  expect(remove(false, false)).toBe(false);
});

test("where the API answers they are deleted, whatever was said", () => {
  expect(remove(true, true)).toBe(false); // kubectl delete was called, and here fails
});
