import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { declaredNames, longSentences, parseSource, proseOf, rulesOf } from "../helpers/prose";
import banned from "./bannedPhrases.json";

// Three lists of banned words. `phrases` are searched in all tracked text, in either case and across line breaks.
// `names` are old identifiers that mean nothing else, so they are searched as whole words in all text.
// `declarations` are ordinary English words that say nothing as a name, for example `found`. Only TypeScript declarations
// with these names are banned. Words that are good names in some places (`text`, `count`, `part`, `flag`) are not listed.
// `unchecked` has the files that are not searched, each with the reason.

const root = join(__dirname, "..", "..");
const maximumWords = 30;

const trackedTexts = (): [path: string, text: string][] => {
  const unchecked = Object.keys(banned.unchecked).map((pattern) => new RegExp(pattern));
  return execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((path) => !unchecked.some((pattern) => pattern.test(path)) && existsSync(join(root, path)))
    .map((path) => [path, readFileSync(join(root, path), "utf8")]);
};

const sourceOf = (path: string, text: string): ReturnType<typeof parseSource> | undefined =>
  path.endsWith(".ts") ? parseSource(path, text) : undefined;

/** Returns the banned phrases, names and declarations in a text, once for each occurrence. */
const bannedIn = (path: string, text: string): string[] => {
  const flat = text.replace(/\n[ \t]*(?:\*|\/\/|#)?[ \t]*/g, " ");
  const repeat = (label: string, pattern: RegExp): string[] => [...flat.matchAll(pattern)].map(() => label);
  const source = sourceOf(path, text);
  return [
    ...Object.entries(banned.phrases).flatMap(([phrase, pattern]) => repeat(phrase, new RegExp(pattern, "gi"))),
    ...banned.names.flatMap((name) => repeat(`name ${name}`, new RegExp(`\\b${name}\\b`, "g"))),
    ...(source ? declaredNames(source) : [])
      .filter((name) => banned.declarations.includes(name))
      .map((name) => `declaration ${name}`),
  ];
};

/** Returns the long sentences in a text, each after its kind of prose. */
const longIn = (path: string, text: string): string[] =>
  Object.entries(proseOf(path, text, sourceOf(path, text))).flatMap(([kind, blocks]) =>
    longSentences(blocks, maximumWords).map((sentence) => `${kind}: ${sentence}`),
  );

describe("all tracked text", () => {
  const inAll = (search: (path: string, text: string) => string[]): string[] =>
    trackedTexts().flatMap(([path, text]) => search(path, text).map((match) => `${path}: ${match}`));

  test("has no banned phrases", () => expect(inAll(bannedIn)).toEqual([]));

  test(`has no sentences with more than ${maximumWords} words`, () => expect(inAll(longIn)).toEqual([]));
});

describe("the search for banned phrases", () => {
  // The phrase is joined from its words, because this file is searched too.
  const phrase = ["is", "no"].join(" ");

  test("finds a phrase across the line break of a comment", () => {
    expect(bannedIn("steps/x", "# This is\n# no sentence.")).toEqual([phrase]);
  });

  test("finds every occurrence, and the old names", () => {
    expect(bannedIn("docs/x.md", `A ${phrase} B. C ${phrase} D.`)).toEqual([phrase, phrase]);
    expect(bannedIn("docs/x.md", `The ${banned.names[0]} of X.`)).toEqual([`name ${banned.names[0]}`]);
  });

  test("accepts file names of checksums and Go's go.sum", () => {
    expect(bannedIn("docs/x.md", "SHA512SUMS, sha256sum, go.sum")).toEqual([]);
  });

  test("finds an ordinary word only where TypeScript declares it", () => {
    expect(bannedIn("lib/x.ts", "// found\nconst found = 1;\nf((own) => own.found);")).toEqual([
      "declaration found",
      "declaration own",
    ]);
  });
});

/** Verbs and adverbs of rules that would complete "must …". A rule completes "expected …". */
const verbPhrase = /^(be|not|have|must|should|contain|differ|exist|hold|leave|map|share|stay|use) /;

describe('a rule of a problem completes the sentence "KEY: expected …"', () => {
  const sources = trackedTexts().filter(([path]) => /^(lib|preflight|cli|program|provider|system)\/.*\.ts$/.test(path));

  test("in every file", () => {
    const rules = sources.flatMap(([path, text]) =>
      rulesOf(parseSource(path, text)).map((rule) => [path, rule] as const),
    );
    expect(rules.length).toBeGreaterThan(60);
    expect(rules.filter(([, rule]) => verbPhrase.test(rule))).toEqual([]);
  });

  test.each([
    'refuse({ key, rule: "be w" });',
    "const rule = `be ${w}`;",
    'const rule = w ? "a w" : "be w";',
    'checkField(isValid, entry, "podCidr", "be w", "Write w");',
    'requireThat(isValid, "be w", "Write w");',
  ])("and is found in %s", (text) => {
    expect(rulesOf(parseSource("lib/x.ts", text)).filter((rule) => verbPhrase.test(rule))).toHaveLength(1);
  });
});

describe("the search for long sentences", () => {
  const long = Array(maximumWords + 1)
    .fill("word")
    .join(" ");

  test.each([
    ["docs", "README.md", `# Title\n\n${long}.`],
    ["docstrings", "lib/base/x.ts", `/** ${long}. */`],
    ["comments", "lib/base/x.ts", `// ${long}.`],
    ["comments", "steps/x", `#!/bin/sh\n# ${long}.`],
    ["errors", "lib/base/x.ts", `throw new Error("${long}");`],
    ["errors", "lib/base/x.ts", `const problem = { key, rule: \`${long} \${x}\` };`],
  ])("finds one in %s of %s", (kind, path, text) => {
    expect(longIn(path, text)).toEqual([expect.stringMatching(`^${kind}: word `)]);
  });

  test("reads neither code blocks nor code in backquotes", () => {
    expect(longIn("README.md", `\`\`\`sh\n${long}\n\`\`\`\n\nRun \`${long}\` now.`)).toEqual([]);
  });
});
