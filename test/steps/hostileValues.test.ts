import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hostileTexts } from "../helpers/hostileTexts";
import { fakeCheckout } from "../helpers/fakeCheckout";

let folder: string;
let remove: () => void;

// In a folder of its own: steps take the checkout's tools first, and here those only write down what they are given.
beforeEach(() => {
  const checkout = fakeCheckout();
  ({ folder, remove } = checkout);
  const fake = `printf '%s\\0' "\${0##*/}" "$@" >>"$CALLS"; printf '\\1\\0' >>"$CALLS"`;
  for (const tool of ["docker", "kind", "kubectl", "clusterctl"]) checkout.fakeTool(tool, fake);
});
afterEach(() => remove());

/** Variables of steps that settings and names of clusters and containers come into. */
const settable = [
  "ARCHIVE",
  "BASE",
  "CLUSTER",
  "CONTROL_PLANE",
  "DAEMON_SETS",
  "IMAGE",
  "IMAGES",
  "KINDS",
  "NAMESPACE",
];
settable.push("MISSING_CONTAINERS", "NODE", "NODE_IMAGE", "OWNERS", "REACH", "STOPPED_CONTAINERS", "URL", "VERSION");
settable.push("ADDRESSES", "CERT_SANS", "ENDPOINT", "IN_THE_WAY", "MANAGEMENT", "MANAGEMENT_ADDRESSES");
settable.push("CERTIFICATE", "MACHINE_POOLS", "NODE_IMAGES", "PODS", "SCALED_OWNERS", "SERVICE_CIDR", "SERVICE_DOMAIN");

/** Variables that only the program sets: numbers, checksums, and its own paths. */
const written = ["ARCHIVE_SHA256", "KUBECONFIG", "KUBECONFIG_FILE", "NODES", "TIMEOUT", "TIMEOUT_SECONDS"];
written.push("UNTRUSTED_SECONDS", "WORKLOAD_KUBECONFIG");

/** Runs a step with a text for all that settings could ever put into it; gives the calls of tools, word by word. */
const run = (step: string, text: string, more: Record<string, string> = {}): string[][] => {
  const calls = join(folder, "calls");
  spawnSync(`steps/${step}`, [], {
    cwd: folder,
    input: `${text}\n`,
    timeout: 20_000,
    env: {
      PATH: process.env.PATH,
      ...Object.fromEntries(settable.map((name) => [name, text])),
      // Numbers and paths that the program writes itself.
      ...{ NODES: "0", TIMEOUT: "0m", TIMEOUT_SECONDS: "0", UNTRUSTED_SECONDS: "0", ARCHIVE_SHA256: "0", CALLS: calls },
      ...{ KUBECONFIG_FILE: "kubeconfigs/a.yaml", KUBECONFIG: "a.yaml", WORKLOAD_KUBECONFIG: "b.yaml" },
      ...more,
    },
  });
  if (!existsSync(calls)) return [];
  const all = readFileSync(calls, "utf8").split("\0\u0001\0");
  return all.filter((call) => call !== "").map((call) => call.split("\0"));
};

/** Files that are not steps, and steps whose input only comes from manifests and pins. */
const notTested = ["capd-build", "crds-apply", "crds-delete", "environment.sh", "http-request.mjs"];
notTested.push("api-readyz.mjs", "fill-node-image", "import-images");
const steps = readdirSync("steps").filter((name) => !notTested.includes(name));

/** The environment's own, and what a step sets before it reads it. */
const programVariables = [
  "PATH",
  "PWD",
  "BASH_SOURCE",
  "SECONDS",
  "TMPDIR",
  "SLIPWAY_TIMEOUT",
  "PULUMI_COMMAND_STDOUT",
  "PULUMI_K8S_DELETE_UNREACHABLE",
  "HTTP_PROXY",
  "HTTPS_PROXY",
];

test("every variable that a step reads is one of these", () => {
  const read = ["environment.sh", ...steps].flatMap((step) =>
    [...readFileSync(join("steps", step), "utf8").matchAll(/\$\{?#?([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name),
  );
  const known = [...settable, ...written, ...programVariables];
  expect([...new Set(read)].filter((name) => name !== undefined && !known.includes(name))).toEqual([]);
});

// bash reads what stands in an index as a command where it counts.
test.each(["a[$(touch pwned)]", "1 + a[`touch pwned`]", "$(touch pwned)", "1; touch pwned", "1\n2"])(
  "a SLIPWAY_TIMEOUT that is %j is refused, and runs nothing",
  (text) => {
    const { status, stderr } = spawnSync("steps/kind-delete", [], {
      cwd: folder,
      env: { PATH: process.env.PATH, CLUSTER: "a", CALLS: join(folder, "calls"), SLIPWAY_TIMEOUT: text },
      encoding: "utf8",
    });
    expect(existsSync(join(folder, "pwned"))).toBe(false);
    expect(status).toBe(1);
    expect(stderr).toContain("expected a number of seconds");
  },
);

/** One of each sort: every step costs a process. */
const sorts = ["substitution", "sequence", "sequence out of quotes", "line break", "short option"] as const;

describe.each(sorts.map((textType) => [textType, hostileTexts[textType]]))("a value that is %s", (_, text) => {
  test.each(steps)("runs nothing in %s", (step) => {
    run(step, text);
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });

  test("is one word, and the value of its option", () => {
    const after = (calls: string[][], option: string): string[] =>
      calls.flatMap((call) => call.flatMap((word, index) => (word === option ? (call[index + 1] ?? []) : [])));
    expect(after(run("kind-delete", text), "--name")).toEqual([text]);
    expect(after(run("kind-create", text, { IMAGES: "", NODE_IMAGES: "" }), "--image")).toEqual([text]);
  });
});

test.each(Object.entries(hostileTexts).filter(([what]) => what !== "line break"))(
  "an archive whose name is %s is checked and loaded",
  (_, text) => {
    writeFileSync(join(folder, text), "images");
    const checksum = createHash("sha256").update("images").digest("hex");
    const calls = run("capd-archive", text, { ARCHIVE_SHA256: checksum, IMAGE: "example.org/capd:v1" });
    expect(calls[0]).toEqual(["docker", "load", "--input", text]);
  },
);
