import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { isSelected, selectionFile } from "../../../cli/pulumi/stack";

let base: string;
const env = () => ({ PULUMI_HOME: join(base, "home") });
const write = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const state = (name: string): void => write(join(base, ".pulumi", "stacks", "slipway", name), "state");
const select = (text: string): void => write(selectionFile("/checkout", env()), text);
const isDevSelected = (backend = `file://${base}`): boolean => isSelected("/checkout", backend, "dev", env());

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "slipway-test-"));
  state("dev.json.zst");
  select('{"stack": "organization/slipway/dev"}');
});
afterEach(() => rmSync(base, { recursive: true }));

test("a stack with a state that Pulumi has selected need not be selected", () => expect(isDevSelected()).toBe(true));

test.each([
  ["another stack is selected", () => select('{"stack": "organization/slipway/ha"}')],
  ["no stack is selected", () => rmSync(selectionFile("/checkout", env()))],
  ["the file is half written", () => select('{"sta')],
  ["the state is another stack's", () => [rmSync(join(base, ".pulumi"), { recursive: true }), state("dev2.json.zst")]],
  [
    "of the state only its copy is left",
    () => [rmSync(join(base, ".pulumi"), { recursive: true }), state("dev.json.bak")],
  ],
])("it is to be selected where %s", (_, change) => {
  change();
  expect(isDevSelected()).toBe(false);
});

test("each checkout has a selection of its own", () =>
  expect(isSelected("/other", `file://${base}`, "dev", env())).toBe(false));

test("it is to be selected where the backend is not a folder", () =>
  expect(isDevSelected("https://api.pulumi.com")).toBe(false));
