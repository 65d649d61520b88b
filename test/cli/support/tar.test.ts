import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { packFiles } from "../../../cli/support/pack";

const time = new Date("2026-01-02T03:04:05Z");
const list = (archive: Buffer): string[] =>
  execFileSync("tar", ["--list", "--gzip", "--file", "-"], { input: archive, encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
const read = (archive: Buffer, name: string): Buffer =>
  execFileSync("tar", ["--extract", "--gzip", "--to-stdout", "--file", "-", name], {
    input: archive,
    maxBuffer: 1 << 26,
  });

test("tar reads what is written, whatever its length", async () => {
  const sizes = [0, 1, 511, 512, 513, 70_000];
  const files = sizes.map((size) => ({ name: `a/of-${size}`, content: Buffer.alloc(size, "x") }));
  const archive = await packFiles(files, time);
  expect(list(archive)).toEqual(files.map(({ name }) => name));
  for (const { name, content } of files) expect(read(archive, name).equals(content)).toBe(true);
});

test("files are their owner's alone, and have the time that is given", async () => {
  const shown = execFileSync("tar", ["--list", "--gzip", "--verbose", "--utc", "--full-time", "--file", "-"], {
    input: await packFiles([{ name: "a", content: "ü" }], time),
    encoding: "utf8",
  });
  expect(shown).toMatch(/^-rw------- .* 2 2026-01-02 03:04:05 a\n$/);
});

test("paths keep their length, also where the format ustar could not hold them", async () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,140}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), async (words) => {
      const name = words.join("/");
      expect(list(await packFiles([{ name, content: "x" }], time))).toEqual([name]);
    }),
    { numRuns: 20 },
  );
});

test("a path that no file system takes is an error", async () => {
  await expect(packFiles([{ name: "x".repeat(300), content: "" }], time)).rejects.toThrow(/ENAMETOOLONG/);
});
