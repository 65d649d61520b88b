import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { declaredNames, longSentences, parseSource, proseOf, rulesOf } from "../helpers/prose";
import banned from "./bannedPhrases.json";

// Three lists of banned words. `phrases` are searched in all tracked text, in either case and across line breaks.
// `names` are old identifiers that mean nothing else, so they are searched as whole words in all text.
// `declarations` are ordinary English words that say nothing as a name, such as `found`. Only a TypeScript declaration of
// such a name counts. Words that are good names in some places (`text`, `count`, `part`, `one`, `flag`) are not listed.
// Run with UPDATE_STYLE=1 to lower the numbers of the ratchet file; that never raises a number.

const root = join(__dirname, "..", "..");
const ratchetFile = join(__dirname, "styleRatchet.json");
const maximumWords = 30;

type Counts = Record<string, number>;
type Ratchet = Record<"phrases" | "longSentences", Counts>;

const trackedTexts = (): [path: string, text: string][] => {
  const unchecked = banned.unchecked.map((pattern) => new RegExp(pattern));
  return execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((path) => !unchecked.some((pattern) => pattern.test(path)) && existsSync(join(root, path)))
    .map((path) => [path, readFileSync(join(root, path), "utf8")]);
};

/** Returns the group of a file in the ratchet: a room of lib, else the first folder or the file itself. */
const groupOf = (path: string): string => /^lib\/[^/]+|^[^/]+/.exec(path)![0];

const add = (counts: Counts, key: string, count: number): void => {
  if (count > 0) counts[key] = (counts[key] ?? 0) + count;
};

const countPhrases = (counts: Counts, text: string): void => {
  const flat = text.replace(/\n[ \t]*(?:\*|\/\/|#)?[ \t]*/g, " ");
  const count = (pattern: string, flags: string): number => [...flat.matchAll(new RegExp(pattern, flags))].length;
  for (const [phrase, pattern] of Object.entries(banned.phrases)) add(counts, phrase, count(pattern, "gi"));
  for (const name of banned.names) add(counts, `name ${name}`, count(`\\b${name}\\b`, "g"));
};

const countAll = (texts: [path: string, text: string][]): Ratchet => {
  const ratchet: Ratchet = { phrases: {}, longSentences: {} };
  for (const [path, text] of texts) {
    countPhrases(ratchet.phrases, text);
    const source = path.endsWith(".ts") ? parseSource(path, text) : undefined;
    for (const name of source ? declaredNames(source) : []) {
      if (banned.declarations.includes(name)) add(ratchet.phrases, `declaration ${name}`, 1);
    }
    for (const [place, blocks] of Object.entries(proseOf(path, text, source))) {
      add(ratchet.longSentences, `${place} in ${groupOf(path)}`, longSentences(blocks, maximumWords).length);
    }
  }
  return ratchet;
};

const sorted = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

const readRatchet = (): Ratchet => JSON.parse(readFileSync(ratchetFile, "utf8")) as Ratchet;

/** Returns the counts, where no number of the ratchet file is lower. */
const lowered = (now: Counts, limit: Counts): Counts =>
  sorted(Object.fromEntries(Object.entries(now).map(([key, count]) => [key, Math.min(count, limit[key] ?? 0)])));

let counts: Ratchet;

beforeAll(() => {
  counts = countAll(trackedTexts());
  if (process.env.UPDATE_STYLE !== "1") return;
  const limits = existsSync(ratchetFile) ? readRatchet() : counts;
  const next: Ratchet = {
    phrases: lowered(counts.phrases, limits.phrases),
    longSentences: lowered(counts.longSentences, limits.longSentences),
  };
  writeFileSync(ratchetFile, `${JSON.stringify(next, undefined, 2)}\n`);
});

describe("the ratchet file", () => {
  // A higher count means new bad prose. A lower count means that the file must follow: UPDATE_STYLE=1.
  test("states how often each banned phrase occurs", () => {
    expect(sorted(counts.phrases)).toEqual(readRatchet().phrases);
  });

  test(`states how many sentences have more than ${maximumWords} words`, () => {
    expect(sorted(counts.longSentences)).toEqual(readRatchet().longSentences);
  });
});

describe("the count of banned phrases", () => {
  const count = (path: string, text: string): Counts => countAll([[path, text]]).phrases;

  test("finds a phrase across the line break of a comment", () => {
    expect(count("steps/x", "# This is\n# no sentence.")).toEqual({ "is no": 1 });
  });

  test("accepts file names of checksums and Go's go.sum", () => {
    expect(count("docs/x.md", "SHA512SUMS, sha256sum, go.sum")).toEqual({});
  });

  test("counts an ordinary word only where TypeScript declares it", () => {
    expect(count("lib/x.ts", "// found\nconst found = 1;\nf((own) => own.found);")).toEqual({
      "declaration found": 1,
      "declaration own": 1,
    });
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

describe("the count of long sentences", () => {
  const long = Array(maximumWords + 1)
    .fill("word")
    .join(" ");
  const count = (path: string, text: string): Counts => countAll([[path, text]]).longSentences;

  test.each([
    ["docs", "README.md", `# Title\n\n${long}.`],
    ["docstrings", "lib/base/x.ts", `/** ${long}. */`],
    ["comments", "lib/base/x.ts", `// ${long}.`],
    ["comments", "steps/x", `#!/bin/sh\n# ${long}.`],
    ["errors", "lib/base/x.ts", `throw new Error("${long}");`],
    ["errors", "lib/base/x.ts", `const problem = { key, rule: \`${long} \${x}\` };`],
  ])("finds one in %s of %s", (place, path, text) => {
    expect(count(path, text)).toEqual({ [`${place} in ${groupOf(path)}`]: 1 });
  });

  test("counts neither code blocks nor code in backquotes", () => {
    expect(count("README.md", `\`\`\`sh\n${long}\n\`\`\`\n\nRun \`${long}\` now.`)).toEqual({});
  });
});
