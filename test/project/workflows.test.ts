import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";

interface Workflow {
  permissions: unknown;
  jobs: Record<string, { strategy: { matrix: { runner: string[] } }; steps: { run?: string; if?: string }[] }>;
}

const root = join(__dirname, "..", "..");
const text = readFileSync(join(root, ".github", "workflows", "release-route.yml"), "utf8");
const { permissions, jobs } = load(text) as Workflow;

test("the workflow of the release route creates twice and deletes, on amd64 and arm64", () => {
  const { strategy, steps } = jobs["up"]!;
  expect(strategy.matrix.runner).toEqual(["ubuntu-24.04", "ubuntu-24.04-arm"]);
  const commands = steps.map(({ run }) => run).filter((run) => /^make (up|destroy)$/.test(run ?? ""));
  expect(commands).toEqual(["make up", "make up", "make destroy"]);
  expect(steps.at(-1)).toMatchObject({ run: "make destroy", if: "always()" });
  expect(permissions).toEqual({ contents: "read" });
});

test("the workflow and the page about tests say together whether it ever ran", () => {
  const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8").replace(/\s+/g, " ");
  expect(text.includes("NOT RUN YET")).toBe(page.includes("This workflow has not been run yet"));
});
