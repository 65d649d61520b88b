import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hostileTexts } from "../support/hostileTexts";

let folder: string;

// In a folder of its own: steps take the checkout's tools first, and here those only write down what they are given.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-steps-"));
  symlinkSync(join(process.cwd(), "steps"), join(folder, "steps"));
  const bin = join(folder, ".tools", "bin");
  mkdirSync(bin, { recursive: true });
  const fake = `#!/bin/bash\nprintf '%s\\0' "\${0##*/}" "$@" >>"$CALLS"; printf '\\1\\0' >>"$CALLS"\n`;
  for (const tool of ["docker", "kind", "kubectl", "clusterctl"]) {
    writeFileSync(join(bin, tool), fake);
    chmodSync(join(bin, tool), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a step with a text for all that settings could ever put into it; gives the calls of tools, word by word. */
const run = (step: string, text: string, more: Record<string, string> = {}): string[][] => {
  const calls = join(folder, "calls");
  const names = ["ARCHIVE", "BASE", "CLUSTER", "CONTROL_PLANE", "DAEMON_SETS", "IMAGE", "IMAGES", "KINDS", "NAMESPACE"];
  names.push("NODE", "NODE_IMAGE", "OWNERS", "REACH", "URL", "VERSION");
  spawnSync(`steps/${step}`, [], {
    cwd: folder,
    input: `${text}\n`,
    timeout: 20_000,
    env: {
      PATH: process.env.PATH,
      ...Object.fromEntries(names.map((name) => [name, text])),
      // Numbers and paths that the program writes itself.
      ...{ NODES: "0", TIMEOUT: "0m", TIMEOUT_SECONDS: "0", ARCHIVE_SHA256: "0", CALLS: calls },
      ...{ KUBECONFIG_FILE: "kubeconfigs/a.yaml", KUBECONFIG: "a.yaml", WORKLOAD_KUBECONFIG: "b.yaml" },
      ...more,
    },
  });
  if (!existsSync(calls)) return [];
  const all = readFileSync(calls, "utf8").split("\0\u0001\0");
  return all.filter((call) => call !== "").map((call) => call.split("\0"));
};

/** What is no step, and steps whose input is made of manifests and pins alone. */
const others = ["capd-build", "crds-apply", "crds-delete", "environment.sh", "http-request.mjs"];
const steps = readdirSync("steps").filter((name) => !others.includes(name));

/** One of each sort: every step costs a process. */
const sorts = ["substitution", "sequence", "sequence out of quotes", "line break", "short option"] as const;

describe.each(sorts.map((sort) => [sort, hostileTexts[sort]]))("a value that is %s", (_, text) => {
  test.each(steps)("runs nothing in %s", (step) => {
    run(step, text);
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });

  test("is one word, and the value of its option", () => {
    const after = (calls: string[][], option: string): string[] =>
      calls.flatMap((call) => call.flatMap((word, index) => (word === option ? (call[index + 1] ?? []) : [])));
    expect(after(run("kind-delete", text), "--name")).toEqual([text]);
    expect(after(run("kind-create", text, { IMAGES: "" }), "--image")).toEqual([text]);
  });
});

test.each(Object.entries(hostileTexts).filter(([what]) => what !== "line break"))(
  "an archive whose name is %s is checked and loaded",
  (_, text) => {
    writeFileSync(join(folder, text), "images");
    const sum = createHash("sha256").update("images").digest("hex");
    const calls = run("capd-archive", text, { ARCHIVE_SHA256: sum, IMAGE: "example.org/capd:v1" });
    expect(calls[0]).toEqual(["docker", "load", "--input", text]);
  },
);
