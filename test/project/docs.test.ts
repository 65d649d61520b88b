import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { phrases } from "./bannedPhrases.json";

const root = join(__dirname, "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));

/** Pages that people write; generated ones have their words from the code, and a test of their own. */
const byHand = pages.filter((file) => !/^<!-- (Generated|Written) by `?npm run schema/m.test(read(file)));

/** A fenced block, with the text around it. */
interface Block {
  language: string;
  lines: string[];
  /** The last line with text before the block. */
  before: string;
  /** The paragraph behind the block. */
  after: string;
}

/** Splits a page into its prose and its fenced blocks. */
const split = (text: string): { prose: string; blocks: Block[] } => {
  const blocks: Block[] = [];
  const fence = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
  const prose = text.replace(fence, (_all, indent: string, language: string, body: string, start: number) => {
    const before = text.slice(0, start).trimEnd().split("\n").at(-1)?.trim() ?? "";
    const end = start + _all.length;
    const after =
      text
        .slice(end)
        .trimStart()
        .split(/\n\s*\n/)[0] ?? "";
    blocks.push({ language, lines: body.split("\n").map((line) => line.slice(indent.length)), before, after });
    return "";
  });
  return { prose: prose.replace(/<!--[\s\S]*?-->/g, ""), blocks };
};

const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, "`");

/** GitHub's anchors of a page's headings. */
const anchorsOf = (text: string): string[] => {
  const seen = new Map<string, number>();
  return [...split(text).prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/`/g, "");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
};

/** The page's links to files of the repository: path from the root, and anchor. */
const linksOf = (file: string): { path: string; anchor: string; target: string }[] =>
  [...withoutCode(split(read(file)).prose).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const [place = "", anchor = ""] = target.split("#");
    return [{ path: place === "" ? file : relative(root, join(root, dirname(file), place)), anchor, target }];
  });

/** Why a link leads nowhere; empty for a good one. */
const brokenLinks = (file: string): string[] =>
  linksOf(file).flatMap(({ path, anchor, target }) => {
    if (path.startsWith("..") || !existsSync(join(root, path))) return [`${target}: no such file`];
    return anchor === "" || anchorsOf(read(path)).includes(anchor) ? [] : [`${target}: no such heading`];
  });

test.each(pages)("%s links only to files and headings that exist", (file) => {
  expect(brokenLinks(file)).toEqual([]);
});

describe("README", () => {
  test("has at most 75 lines", () => expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(75));

  test.each([
    "lib/network/loadBalancerRange.ts",
    "lib/diagnosis/diagnose.ts",
    "components/management/capdImage.ts",
    "steps/capd-build",
    "cli/toolchain/source/buildCapdImage.ts",
    "cli/pulumi/run.ts",
    "cli/recovery/interrupted.ts",
    "lib/settings/rules/networks.ts",
  ])("leads to %s in two steps", (wanted) => {
    const first = linksOf("README.md").map(({ path }) => path);
    const second = first.filter((path) => pages.includes(path)).flatMap((path) => linksOf(path).map((one) => one.path));
    expect([...first, ...second]).toContain(wanted);
  });
});

/** Commands in the pages: the file of the suite that runs each, and the text in it that does. */
const runBy: readonly { command: RegExp; file: string; text: string }[] = [
  { command: /^(make|scripts\/slipway) up$/, file: "test/e2e/throwAwayStack.ts", text: '"scripts/slipway", ["up"' },
  { command: /^make destroy$/, file: "test/e2e/throwAwayStack.ts", text: '"scripts/slipway", ["destroy"]' },
  {
    command: /^\.tools\/bin\/kubectl .* port-forward /,
    file: "test/e2e/scenarios/reach.ts",
    text: "port-forward .*)$/m",
  },
  { command: /^make preview$/, file: "test/bench/run.ts", text: '"scripts/slipway", ["preview"]' },
  { command: /^make stop$/, file: "test/e2e/scenarios/pause.ts", text: 'run("stop")' },
  { command: /^make start$/, file: "test/e2e/scenarios/pause.ts", text: 'run("start")' },
  { command: /^make plan$/, file: "test/e2e/run.ts", text: 'slipway("plan")' },
  { command: /^make status$/, file: "test/e2e/scenarios/stuck.ts", text: 'slipway("status")' },
  { command: /^make doctor$/, file: "test/e2e/secretPlaces.ts", text: 'verb("doctor")' },
  { command: /^make support$/, file: "test/e2e/supportArchive.ts", text: '["support"]' },
  { command: /^make sweep$/, file: "test/e2e/scenarios/lost.ts", text: 'slipway("sweep")' },
  { command: /^scripts\/slipway packages$/, file: "Makefile", text: "scripts/slipway packages" },
  { command: /^npm test$/, file: "scripts/test", text: "npx jest" },
  { command: /^npx jest test\/lib\/versions$/, file: "scripts/test", text: "npx jest" },
  { command: /^npm run typecheck$/, file: "scripts/test", text: "npx tsc --noEmit" },
  { command: /^npm run lint$/, file: "scripts/test", text: "npx eslint ." },
  { command: /^\. \.slipway\/env\.sh$/, file: "test/system/temporary.test.ts", text: "environmentScript(" },
  { command: /^kubectl --kubeconfig \S+ get nodes$/, file: "test/e2e/run.ts", text: '"get", "nodes"' },
  { command: /^clusterctl --kubeconfig \S+ describe cluster/, file: "test/e2e/run.ts", text: '"describe", "cluster"' },
];

const shells = ["sh", "bash", "shell", "console"];

/** The commands of a block: lines of a script, or those behind a prompt. */
const commandsOf = ({ language, lines }: Block): string[] =>
  lines
    .flatMap((line) => (language === "console" ? (/^\$ (.+)$/.exec(line)?.[1] ?? []) : line))
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");

/** Commands of a page that no suite runs and that carry no mark. */
const unprovenCommands = (file: string): string[] =>
  split(read(file))
    .blocks.filter(({ language }) => shells.includes(language))
    .flatMap((block) => {
      if (/^<!-- not run: .+ -->$/.test(block.before))
        return /not run by a test/.test(block.after) ? [] : [`${block.lines[0]}: say that it is not run by a test`];
      return commandsOf(block).filter((line) => !runBy.some(({ command }) => command.test(line)));
    });

describe("commands", () => {
  test.each(byHand)("of %s are run by a suite, or marked", (file) => expect(unprovenCommands(file)).toEqual([]));

  test.each(runBy)("$command is in $file", ({ file, text }) => expect(read(file)).toContain(text));

  test.each(pages)("make in %s is given targets of the Makefile", (file) => {
    const [, targets = ""] = /^\.PHONY: (.+)$/m.exec(read("Makefile")) ?? [];
    const used = [...read(file).matchAll(/`(?:\S+=\S* )*make ([a-z0-9-]+)/g)].map(([, target]) => target);
    expect(used.filter((target) => !["node_modules", ...targets.split(" ")].includes(target ?? ""))).toEqual([]);
  });

  test("the example in CONTRIBUTING fits the code", () => {
    expect(read("lib/versions/supportMatrix.ts")).toMatch(/^const hangs\b[^=]*= \{$/m);
    expect(read("test/lib/versions/support.test.ts")).toContain('expect(unsupported("1.13.1", "workload", version))');
  });
});

describe("English", () => {
  // The page on style quotes what to avoid.
  const written = byHand.filter((file) => file !== "docs/style.md");

  test.each(written)("%s has no sentence of more than 30 words", (file) => {
    const { prose } = split(read(file));
    const plain = prose.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/`[^`]*`/g, "code");
    const parts = plain.split(/\n\s*\n|\n\s*(?=[-*#|]|\d+\.)|\|/).flatMap((part) => part.split(/[.!?](?=\s|$)/));
    expect(parts.filter((part) => part.split(/\s+/).filter((word) => /\w/.test(word)).length > 30)).toEqual([]);
  });

  const banned = new RegExp(Object.values(phrases).join("|"), "i");
  test.each(written)("%s has no banned phrase", (file) => {
    const plain = split(read(file)).prose.replace(/`[^`]*`/g, "code");
    expect(plain.split("\n").filter((line) => banned.test(line))).toEqual([]);
  });
});
