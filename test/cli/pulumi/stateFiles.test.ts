import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { lockFolder, repairStateFiles } from "../../../cli/pulumi/fileBackend";

const base = mkdtempSync(join(tmpdir(), "slipway-test-"));
const backend = `file://${base}`;
const folder = join(base, ".pulumi", "stacks", "slipway");
afterAll(() => rmSync(base, { recursive: true }));

const half = ["dev.json.zst.attrs", "dev.json.zst.18a4c0ffee.tmp"];
const files: Readonly<Record<string, string>> = {
  "dev.json.zst": "state",
  "dev.json.zst.attrs": "",
  "dev.json.zst.18a4c0ffee.tmp": "half a sta",
  "dev.json.zst.bak": "state",
  "dev.json.zst.bak.attrs": "{}",
  "dev2.json.zst.attrs": '{"md5',
};

const mend = (): string[] => {
  const lines: string[] = [];
  repairStateFiles(backend, "dev", (line) => lines.push(line));
  return lines;
};

test("what a killed run wrote half goes, of a stack's own files, and not while a run has the lock", () => {
  mkdirSync(folder, { recursive: true });
  mkdirSync(lockFolder(backend, "dev"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const lock = join(lockFolder(backend, "dev"), "a.json");
  writeFileSync(lock, "{}");
  expect(mend()).toEqual([]);
  rmSync(lock);
  expect(mend()).toHaveLength(2);
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(files)
      .filter((name) => !half.includes(name))
      .sort(),
  );
});

test("other backends have no such files", () =>
  repairStateFiles("https://api.pulumi.com", "dev", () => {
    throw new Error("nothing to say");
  }));
