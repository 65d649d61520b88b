import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import { toYaml } from "../../../lib/kubernetes/yaml";
import { parsedOnce } from "../../../preflight/manifests/read";
import { needlesIn, secretDocument, wrappings } from "../../helpers/secretDocuments";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = toYaml({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { b: "1" } });

/** How often a text was parsed, beside its objects. */
const counted = () => {
  let times = 0;
  const read = (from: readonly string[]) =>
    parsedOnce(
      from,
      () => {
        times++;
        return parseManifest(from[0] ?? "");
      },
      folder,
    );
  return { read, times: () => times };
};

test("parses a manifest once, and again if its text or its values change", async () => {
  const { read, times } = counted();
  const [first, second] = [await read([text, "null"]), await read([text, "null"])];
  expect([second, times()]).toEqual([first, 1]);
  await read([text, '{"A":"1"}']);
  await read([`${text}\n`, "null"]);
  expect(times()).toBe(3);
});

test("what was kept half is parsed and kept again", async () => {
  const { read, times } = counted();
  const objects = await read([text]);
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '[{"apiVersion"');
  expect(await read([text])).toEqual(objects);
  expect(await read([text])).toEqual(objects);
  expect(times()).toBe(2);
});

test("what is wrong with a manifest is said each time", async () => {
  const { read } = counted();
  await expect(read(["kind: A"])).rejects.toThrow("apiVersion");
  await expect(read(["kind: A"])).rejects.toThrow("apiVersion");
  expect(readdirSync(folder)).toEqual([]);
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const value = fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string(), scalar));

test("what was kept is what was parsed, whatever the values", () =>
  fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), value), async (data) => {
      const from = [toYaml({ apiVersion: "v1", kind: "A", metadata: { name: "a" }, data })];
      const { read } = counted();
      expect(await read(from)).toEqual(parseManifest(from[0] ?? ""));
      expect(await read(from)).toEqual(parseManifest(from[0] ?? ""));
    }),
    { numRuns: 50 },
  ));

test("a file is closed to other users", async () => {
  await counted().read([text]);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test("files of earlier versions are deleted, since they may hold Secrets", async () => {
  writeFileSync(join(folder, `${"0".repeat(64)}.json`), "[]");
  await counted().read([text]);
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^v2-[0-9a-f]{64}\.json$/)]);
});

test("a manifest that holds a Secret is parsed at every start, and nothing of it is kept", async () => {
  await fc.assert(
    fc.asyncProperty(secretDocument, fc.constantFrom(...Object.values(wrappings)), async ({ object, values }, wrap) => {
      const { read, times } = counted();
      const from = [`${text}---\n${toYaml(wrap(object))}`];
      expect(await read(from)).toEqual(await read(from));
      expect(times()).toBe(2);
      const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
      for (const needle of needlesIn(values)) expect(kept.join("\n").includes(needle)).toBe(false);
    }),
    { numRuns: 50 },
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a Secret without data is kept", async () => {
  const { read, times } = counted();
  const from = [toYaml({ apiVersion: "v1", kind: "Secret", metadata: { name: "a" } })];
  await read(from);
  await read(from);
  expect(times()).toBe(1);
});
