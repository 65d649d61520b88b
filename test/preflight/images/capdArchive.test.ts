import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readArchive } from "../../../preflight/images/capdArchive";

let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-archive-"));
  writeFileSync(path("manifest.json"), "[]");
  execFileSync("tar", ["-cf", path("good.tar"), "-C", folder, "manifest.json"]);
  execFileSync("tar", ["-czf", path("good.tar.gz"), "-C", folder, "manifest.json"]);
  writeFileSync(path("empty.tar"), "");
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(["good.tar", "good.tar.gz"])("identifies %s by its checksum", async (name) => {
  const sha256 = createHash("sha256")
    .update(readFileSync(path(name)))
    .digest("hex");
  expect(await readArchive(path(name))).toEqual({ path: path(name), sha256 });
});

test.each([
  [
    "absent.tar",
    /^capdImageArchive: expected a file that can be read \(no such file or folder \(ENOENT\)\), got ".*absent\.tar"\. Name a file/,
  ],
  ["", /^capdImageArchive: expected a file that can be read \(a folder\)/],
  ["manifest.json", /expected a tar archive, gzipped or not, got ".*manifest\.json"/],
  ["empty.tar", /expected a tar archive/],
])("%j is refused", async (name, expected) => {
  await expect(readArchive(path(name))).rejects.toThrow(expected);
});
