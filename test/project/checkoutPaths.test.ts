import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { backendFolder } from "../../cli/pulumi/backendUrl";
import { cacheRoot } from "../../system/cacheFolder";
import { root } from "../../system/checkout";
import { canPreview, copyCheckout, emptyDocker, freeNetwork } from "../helpers/copiedCheckout";

let place: string;
let kept: string;
let docker: string;
beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "slipway-paths-")));
  kept = join(place, "kept");
  copyCheckout(kept);
  docker = emptyDocker(place);
  appendFileSync(join(kept, "Pulumi.offline.yaml"), freeNetwork);
}, 60_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** The environment of a user who was never logged in. */
const environment = (): NodeJS.ProcessEnv => {
  const env = { ...process.env };
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) delete env[name];
  // The tools of this machine, so that no command builds other ones.
  return {
    ...env,
    SLIPWAY_CACHE: cacheRoot(),
    HOME: join(place, "home"),
    PULUMI_HOME: join(place, "home"),
    SLIPWAY_ROUTE: "source",
  };
};

const bash = (script: string, variables: Record<string, string>) => {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: place,
    env: { ...environment(), ...variables },
    encoding: "utf8",
    timeout: 100_000,
    input: "",
  });
  return { status, stdout, stderr };
};

/** Moves the checkout to a path below a new folder while an action runs. */
const at = <T>(path: string, action: (checkout: string, parent: string) => T): T => {
  const parent = join(place, "parent");
  const checkout = join(parent, path);
  mkdirSync(dirname(checkout), { recursive: true });
  renameSync(kept, checkout);
  try {
    return action(checkout, parent);
  } finally {
    renameSync(checkout, kept);
    rmSync(parent, { recursive: true, force: true });
    rmSync(join(kept, ".slipway", ".pulumi"), { recursive: true, force: true });
  }
};

const namesIn = (folder: string): string[] => readdirSync(folder).sort();

/** Creates a stack with the real Pulumi in the environment of .slipway/env.sh, and lists the stacks. */
const createStack = (path: string): void =>
  at(path, (checkout, parent) => {
    const before = namesIn(parent);
    const { status, stdout, stderr } = bash(
      `set -eu; "$CHECKOUT/scripts/slipway" env >/dev/null; cd "$CHECKOUT"; . .slipway/env.sh; . .slipway/env.sh
       pulumi stack init offline --non-interactive >&2; printf '%s\\0' "$PATH" "$PULUMI_BACKEND_URL"
       pulumi stack ls --non-interactive; type pulumi-language-nodejs >&2`,
      { CHECKOUT: checkout, PATH: process.env.PATH ?? "" },
    );
    expect([status, stderr]).toEqual([0, expect.stringContaining("Created stack 'offline'")]);
    const [path = "", backend = "", stacks = ""] = stdout.split("\0");
    expect(path).toBe(`${checkout}/.tools/bin:${process.env.PATH}`);
    expect(backendFolder(backend)).toBe(`${checkout}/.slipway`);
    expect(stacks).toMatch(/^offline\b/m);
    expect(existsSync(`${checkout}/.slipway/.pulumi/stacks/slipway/offline.json.zst`)).toBe(true);
    // A path that Pulumi cuts leaves its state in a folder above.
    expect(namesIn(parent)).toEqual(before);
    expect(stdout + stderr).not.toMatch(/pulumi\.com|login|access token/i);
  });

/** Characters with a meaning in URLs, shells, make, YAML, patterns, or Unicode; a path may have any of them. */
const character = fc.constantFrom(
  ...["#", "%", "?", "&", ";", "$", "*", "'", '"', "`", " ", "~", "!", "^", "|", "<", ">", "=", ",", "+", "@", "-"],
  ...[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "%41",
    "%zz",
    "%2F",
    "$(x)",
    "${x}",
    "..",
    "é",
    "e\u0301",
    "ǘ",
    "日本",
    "🚢",
    "\u200d",
    "a",
  ],
);
const segment = fc
  .array(character, { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(""))
  .filter((name) => name !== "." && name !== "..");

const withTools = existsSync(join(root, ".tools", "bin", "pulumi")) ? describe : describe.skip;

withTools("a checkout with its state", () => {
  test.each([
    ...[
      "a b",
      "#1",
      "100%",
      "%41",
      "%zz",
      "a?b",
      "a&b;c",
      "$HOME",
      "*",
      "[a-z]",
      "it's",
      '"q"',
      "-rf",
      "~",
      "$(id)`id`",
    ],
    ...["e\u0301", "\u00e9", "日本語", "a#b/c?d/e%f", "{a,b}", "a\\".slice(0, 1), "!x!", "a=b", "@x"],
    `${"long/".repeat(400)}${"x".repeat(250)}`,
  ])("works in a folder named %j", (name) => createStack(`${name}/slipway`), 60_000);

  test("works in folders of any characters", () => {
    const paths = fc.array(segment, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
    fc.assert(fc.property(paths, createStack), { numRuns: 12, seed: 19 });
  }, 180_000);

  test("is found through a symbolic link and below one, with one state", () =>
    at("real #%41?/slipway", (checkout) => {
      const links = { itself: checkout, parent: dirname(checkout) };
      for (const [name, target] of Object.entries(links)) symlinkSync(target, join(place, `link % ${name}`));
      for (const entry of [join(place, "link % itself"), join(place, "link % parent", "slipway"), checkout]) {
        const { status, stdout } = bash('cd "$ENTRY" && scripts/slipway env', { ENTRY: entry });
        expect([status, stdout]).toEqual([
          0,
          expect.stringContaining(
            `export PULUMI_BACKEND_URL='file://${place}/parent/real %23%2541%3F/slipway/.slipway'`,
          ),
        ]);
      }
    }));
});

(canPreview() ? test : test.skip)(
  "make shows the plan of a stack from a folder with every character",
  () =>
    at("a b#%41%zz?&;$HOME*$(x)`y`'\"{,}[a]e\u0301🚢/-slipway", (checkout) => {
      const { status, stdout, stderr } = bash('make --directory "$CHECKOUT" plan', {
        CHECKOUT: checkout,
        PATH: `${docker}:${process.env.PATH}`,
      });
      expect(`${stdout}${stderr}`).toContain("cluster capd");
      expect(status).toBe(2); // make's exit code after the exit code 2 of a plan with changes
    }),
  120_000,
);

describe("a checkout whose path cannot work", () => {
  test.each([
    ["a:b", "a path without a colon, which PATH cannot hold", '/parent/a:b/slipway"'],
    ["a\\b", "a path without a backslash, below which Node loads no packages", '/parent/a\\\\b/slipway"'],
    ["a\nb", "a path without control characters", '/parent/a\\nb/slipway"'],
    ["a\tb", "a path without control characters", '/parent/a\\tb/slipway"'],
    ["long/".repeat(620), "a path of at most 3000 bytes", "..."],
  ])("%j is refused by one sentence before anything starts", (name, rule, end) =>
    at(`${name}/slipway`, (checkout) => {
      rmSync(join(checkout, ".slipway"), { recursive: true, force: true });
      const { status, stdout, stderr } = bash('"$CHECKOUT/scripts/slipway" env', { CHECKOUT: checkout });
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^[^\n]+\n$/);
      expect(stderr).toContain(`slipway: the checkout: expected ${rule}, got "${place}`.slice(0, 120));
      expect(stderr).toContain(`${end}${end === "..." ? '"' : ""}. Move the checkout to another folder.`);
      expect(existsSync(join(checkout, ".slipway"))).toBe(false);
    }),
  );

  test("that is not UTF-8 is refused by one sentence", () => {
    const { status, stderr } = bash(
      `mkdir -p $'bytes\\xff' && mv kept $'bytes\\xff/kept' && { $'bytes\\xff/kept/scripts/slipway' env; code=$?
       mv $'bytes\\xff/kept' .; exit "$code"; }`,
      {},
    );
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^slipway: the checkout: expected a path in UTF-8, got [^\n]+\n$/),
    ]);
  });
});
