import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { tar } from "../../../cli/support/pack";

const time = new Date("2026-01-02T03:04:05Z");
const list = (archive: Buffer): string[] =>
  execFileSync("tar", ["--list", "--file", "-"], { input: archive, encoding: "utf8" }).split("\n").filter(Boolean);
const read = (archive: Buffer, name: string): Buffer =>
  execFileSync("tar", ["--extract", "--to-stdout", "--file", "-", name], { input: archive, maxBuffer: 1 << 26 });

test("tar reads what is written, whatever its length", () => {
  const sizes = [0, 1, 511, 512, 513, 70_000];
  const files = sizes.map((size) => ({ name: `a/of-${size}`, content: Buffer.alloc(size, "x") }));
  const archive = tar(files, time);
  expect(list(archive)).toEqual(files.map(({ name }) => name));
  for (const { name, content } of files) expect(read(archive, name).equals(content)).toBe(true);
});

test("files are their owner's alone, and have the time that is given", () => {
  const shown = execFileSync("tar", ["--list", "--verbose", "--utc", "--full-time", "--file", "-"], {
    input: tar([{ name: "a", content: "ü" }], time),
    encoding: "utf8",
  });
  expect(shown).toMatch(/^-rw------- .* 2 2026-01-02 03:04:05 a\n$/);
});

test("long paths are cut between folder and name", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const name = words.join("/");
      expect(list(tar([{ name, content: "x" }], time))).toEqual([name]);
    }),
    { numRuns: 20 },
  );
});

test("a name that no header takes is an error", () => {
  expect(() => tar([{ name: "x".repeat(101), content: "" }], time)).toThrow(/too long/);
});
