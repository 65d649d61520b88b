import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readCapdClone } from "../../preflight/images/capdClone";
import { listOfTree, writeBelow, writeCapdTree } from "../helpers/capdTree";
import { type FakeCheckout, fakeCheckout } from "../helpers/fakeCheckout";

let checkout: FakeCheckout;
let tree: string;
let image: string;

const version = "1.14.2";
const goEnvironment = "go1.26.8\namd64\n";

beforeEach(async () => {
  checkout = fakeCheckout();
  const { folder, fakeTool } = checkout;
  for (const name of ["scripts", "cli", "lib", "preflight", "system", "node_modules", "pins.json", "Pulumi.yaml"])
    symlinkSync(join(__dirname, "..", "..", name), join(folder, name));
  tree = join(folder, "my clone");
  writeCapdTree(tree);
  writeBelow(folder, "list.json", listOfTree(tree));
  ({ image } = await readCapdClone(tree, version, ([command]) =>
    Promise.resolve({ code: 0, stdout: command === "env" ? goEnvironment : listOfTree(tree), stderr: "" }),
  ));
  fakeTool(
    "docker",
    `echo "docker $1 $2" >>"$CALLS"
case "$1" in
build) touch "$ROOT/built" ;;
image) [ -n "$HAS_IMAGE" ] || [ -e "$ROOT/built" ] || { echo "No such image" >&2; exit 1; }; echo sha256:built ;;
esac`,
  );
});
afterEach(() => checkout.remove());

/** Writes a fake Go. `build` is what `go build` does. */
const fakeGo = (build: string): void =>
  checkout.fakeTool(
    "go",
    `echo "go $1" >>"$CALLS"
case "$1" in
env) printf '${goEnvironment.replace(/\n/g, "\\n")}' ;;
list) cat "$ROOT/list.json" ;;
build) ${build} ;;
esac`,
  );

const run = (more: Record<string, string> = {}) => {
  const { folder } = checkout;
  const calls = join(folder, "calls");
  const { status, stdout, stderr } = spawnSync("steps/capd-build", [], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, ROOT: folder, CALLS: calls, HAS_IMAGE: "" },
      ...{ CLUSTER_API_VERSION: version, IMAGE: image, CAPD_SOURCE: "my clone" },
      ...more,
    },
  });
  return { status, stdout, stderr, calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [] };
};

test("builds nothing if the image of the tag exists", () => {
  fakeGo("exit 1");
  expect(run({ HAS_IMAGE: "true" })).toMatchObject({
    status: 0,
    stdout: "sha256:built\n",
    calls: ["docker image inspect"],
  });
});

test("builds the clone in the settings' folder, relative to the project, and then its image", () => {
  fakeGo('[ "$PWD" = "$ROOT/my clone/test" ] && [ "$GOWORK" = off ] && shift && touch "$4"');
  const { status, stdout, calls } = run();
  expect({ status, stdout }).toEqual({ status: 0, stdout: "sha256:built\n" });
  expect(calls.filter((call) => call.startsWith("go") || call.includes("build"))).toEqual([
    "go build",
    ...["go env", "go list"],
    "docker build --tag",
  ]);
});

test("ends with the compiler's lines, and builds no image", () => {
  const line = "infrastructure/docker/main.go:10:2: syntax error: unexpected newline";
  fakeGo(`echo "${line}" >&2; exit 1`);
  const { status, stderr, calls } = run();
  expect(status).toBe(1);
  expect(stderr).toContain("capdSource: expected a clone that compiles, got the lines below.");
  expect(stderr).toContain(line);
  expect(calls).not.toContain("docker build --tag");
});

test("refuses files that changed during the build", () => {
  fakeGo('echo changed >"$ROOT/my clone/test/infrastructure/docker/text.txt"');
  const { status, stderr, calls } = run();
  expect(status).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`capdSource: expected the files of ${image} during the build, got those of slipway`),
  );
  expect(calls).not.toContain("docker build --tag");
});
