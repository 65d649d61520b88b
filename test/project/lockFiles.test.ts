import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { pins } from "../../lib/versions/pins";
import { readStackFile } from "../../preflight/stackFile";

type Texts = Record<string, string>;

const root = join(__dirname, "..", "..");
const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(root, name), "utf8")) as T;
const lockFiles = ["tools.lock.json", "manifests.lock.json"];

/** Returns what is wrong with the sources of a lock file's entries. */
const faults = (lock: Texts, sources: Texts): string[] => [
  ...Object.keys(lock)
    .filter((location) => !sources[location]?.trim())
    .map((location) => `${location}: expected a source in sources.lock.json`),
  ...Object.keys(sources)
    .filter((location) => !Object.hasOwn(lock, location))
    .map((location) => `${location}: expected an entry in the lock file, got only a source`),
];

describe("the lock files", () => {
  test.each(lockFiles)("%s has SHA-256 checksums, sorted by location", (name) => {
    const lock = readJson<Texts>(name);
    expect(Object.keys(lock)).toEqual(Object.keys(lock).sort());
    for (const sha256 of Object.values(lock)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(lockFiles)("%s has no entry without a source", (name) =>
    expect(faults(readJson<Texts>(name), readJson<Record<string, Texts>>("sources.lock.json")[name] ?? {})).toEqual([]),
  );

  test("an entry without a source, and a source without an entry, are faults", () => {
    expect(faults({ a: "1", b: "2" }, { a: "why", b: " " })).toEqual(["b: expected a source in sources.lock.json"]);
    expect(faults({}, { a: "why" })).toEqual(["a: expected an entry in the lock file, got only a source"]);
  });

  test("manifests.lock.json has no address of a version that is not pinned", () => {
    const { settings } = readStackFile(root, "dev", "release");
    const locations = Object.keys(readJson<Texts>("manifests.lock.json")).filter((location) =>
      location.includes("://"),
    );
    expect(locations).toHaveLength(3);
    for (const location of locations) expect(Object.values(settings?.manifests ?? {})).toContain(location);
    expect(pins.release.metallb).toBe(pins.source.metallb); // the same bytes on both routes
  });
});
