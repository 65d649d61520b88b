import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { pulumiRows, programOf, variablesOf } from "../../../cli/commandLine/help";
import { cliReference } from "../../../cli/commandLine/reference";
import { variables } from "../../../cli/commandLine/variables";
import { commands } from "../../../cli/commands";
import { root } from "../../../system/checkout";

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");

// Prettier lays tables out by their widths; the words are what has to agree.
const words = (text: string): string => text.replace(/\s+|-{3,}/g, " ").replace(/ +/g, " ");

test("npm run schema was run after the last change of a command: docs/reference/cli.md", () => {
  expect(words(read("docs", "reference", "cli.md"))).toBe(words(cliReference(commands)));
});

test("every file of cli/commands is a command of that name in the list", () => {
  const files = readdirSync(join(root, "cli", "commands")).filter((name) => name !== "index.ts");
  expect(files.sort()).toEqual(commands.map(({ name }) => `${name}.ts`).sort());
});

describe.each(commands.map((definition) => [definition.name, definition] as const))(
  "command %s",
  (name, definition) => {
    test("has a summary without a full stop that fits on one line, and examples that call it", () => {
      expect(definition.summary).toMatch(/^[^A-Z].{0,60}[^.]$/);
      expect(definition.examples.length).toBeGreaterThan(0);
      for (const example of definition.examples) expect(example).toContain(`slipway ${name}`);
    });

    test("loads its code when it is called", async () => {
      expect(typeof (await definition.load())).toBe("function");
    });

    test("has no flag twice", () => {
      const command = programOf(commands).commands.find((candidate) => candidate.name() === name);
      const commanderFlags = command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
      const flags = [
        ...commanderFlags,
        ...pulumiRows(definition).flatMap(([row]) => row.match(/(?<!\S)--?[\w-]+/g) ?? []),
      ];
      const present = flags.filter((flag) => flag !== undefined && flag !== null);
      expect(new Set(present).size).toBe(present.length);
    });
  },
);

test("each target of the Makefile that calls scripts/slipway by its flags name is a command, and no command lost its target", () => {
  const [, targets = ""] = /^([a-z ]+):\n\t@scripts\/slipway \$@ \$\(ARGS\)$/m.exec(read("Makefile")) ?? [];
  const names = commands.map(({ name }) => name);
  expect(targets.split(" ").filter((target) => !names.includes(target))).toEqual([]);
  const before = "up preview plan destroy refresh recover sweep tools doctor status support env";
  expect(before.split(" ").filter((target) => !targets.split(" ").includes(target))).toEqual([]);
});

/** Variables that Slipway sets for its flags programs, or that every program reads. */
const internal = [
  "PATH",
  "HOME",
  "TERM",
  "TMPDIR",
  "SLIPWAY_CALLED_IN",
  "WORKLOAD_KUBECONFIG",
  "PULUMI_NODEJS_TYPESCRIPT",
  "PULUMI_CONFIG_SECRET_KEYS",
  "SLIPWAY_AUTOSCALED",
  "CAPD_SOURCE",
];

test("every environment variable that the code reads is in the help of a command", () => {
  const texts = ["cli", "lib", "preflight", "program", "provider", "scripts", "steps", "system"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")),
  );
  const names = texts.flatMap((text) => [
    ...[...text.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)].map(([, name = ""]) => name),
    ...(text.match(/\bSLIPWAY_[A-Z]+\b/g) ?? []),
  ]);
  const documented = [...commands.flatMap(variablesOf), ...internal] as string[];
  expect([...new Set(names)].filter((name) => !documented.includes(name)).sort()).toEqual([]);
  expect(Object.keys(variables).filter((name) => !documented.includes(name))).toEqual([]);
});
