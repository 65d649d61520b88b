import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readIfThere, writeAtomically } from "../../system/files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("replaces a file whole and leaves no partial file", () => {
  const file = join(folder, "a", "b.txt");
  writeAtomically(file, "one");
  writeAtomically(file, "two");
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(readdirSync(join(folder, "a"))).toEqual(["b.txt"]);
});

test("closes a private file and its folder to other users, also where the file was open", () => {
  const file = join(folder, "private", "key");
  writeAtomically(file, "k", { private: true });
  expect([statSync(file).mode & 0o777, statSync(join(folder, "private")).mode & 0o777]).toEqual([0o600, 0o700]);
  const open = join(folder, "open");
  writeFileSync(open, "old", { mode: 0o644 });
  writeAtomically(open, "new", { private: true });
  expect(statSync(open).mode & 0o777).toBe(0o600);
});

test("leaves nothing behind where the file cannot be replaced", () => {
  expect(() => writeAtomically(folder, "x")).toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test("reads a missing file as undefined, and fails for a folder", async () => {
  expect(await readIfThere(join(folder, "none"))).toBeUndefined();
  await expect(readIfThere(folder)).rejects.toThrow("EISDIR");
});
