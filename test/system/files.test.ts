import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import {
  createAtomically,
  createFolder,
  filesBelow,
  pointLink,
  readIfThere,
  writeAtomically,
} from "../../system/files";

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

test("keeps the mode of a file, and a link to the file", () => {
  const [file, link] = [join(folder, "file"), join(folder, "link")];
  writeFileSync(file, "old");
  chmodSync(file, 0o664);
  symlinkSync(file, link);
  writeAtomically(link, "new");
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new", 0o664]);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["file", "link"]);
});

test("lists the files below a folder, and none below a folder that does not exist", () => {
  const files = ["a", "b/c", "b/d/e"].map((name) => join(folder, name));
  for (const file of files) writeAtomically(file, "");
  symlinkSync(folder, join(folder, "loop"));
  expect(filesBelow(folder).sort()).toEqual([...files, join(folder, "loop")].sort());
  expect(filesBelow(join(folder, "missing"))).toEqual([]);
});

test("creates a file once", () => {
  const file = join(folder, "a", "once");
  expect(createAtomically(file, "one", { private: true })).toBe(true);
  expect(createAtomically(file, "two")).toBe(false);
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["one", 0o600]);
  expect(readdirSync(join(folder, "a"))).toEqual(["once"]);
});

test("points a link elsewhere in one step, and leaves a file as it is", () => {
  const link = join(folder, "a", "link");
  pointLink(link, "one");
  pointLink(link, "two");
  expect([readlinkSync(link), readdirSync(join(folder, "a"))]).toEqual(["two", ["link"]]);
  writeFileSync(join(folder, "file"), "x");
  expect(() => pointLink(join(folder, "file"), "one")).toThrow("expected a symbolic link or no file");
});

test("leaves nothing behind where the file cannot be replaced", () => {
  expect(() => writeAtomically(folder, "x")).toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test("reads a missing file as undefined, and fails for a folder", async () => {
  expect(await readIfThere(join(folder, "none"))).toBeUndefined();
  await expect(readIfThere(folder)).rejects.toThrow("EISDIR");
});

test("creates a folder with its parents, and ends where the system creates none", () => {
  const path = join(folder, "x", "y", "z");
  createFolder(path, 0o700);
  createFolder(path);
  expect([statSync(path).isDirectory(), statSync(join(folder, "x")).mode & 0o777]).toEqual([true, 0o700]);
  expect(() => createFolder("/proc/slipway/x")).toThrow("ENOENT");
  writeFileSync(join(folder, "file"), "");
  expect(() => createFolder(join(folder, "file", "x"))).toThrow("ENOTDIR");
  symlinkSync("missing", join(folder, "broken"));
  expect(() => createFolder(join(folder, "broken"))).toThrow("EEXIST");
});
