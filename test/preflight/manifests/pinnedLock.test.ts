import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { builtFile, sha256Of, verifyChecksum } from "../../../preflight/manifests/lock";
import { manifestStore } from "../../../preflight/manifests/store";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-pinned-"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const content = Buffer.from("kind: List\n");
const url = "https://example.org/a.yaml";
const options = { name: "cniManifest", lockFile: "own.json", pinnedLockFile: "package.json", cacheDir: "cache" };

test("a checksum of the package holds, and nothing is written", async () => {
  writeFileSync("package.json", JSON.stringify({ [url]: sha256Of(content) }));
  await expect(verifyChecksum(url, content, options)).resolves.toMatchObject({ text: "kind: List\n" });
  expect(existsSync("own.json")).toBe(false);
  await expect(verifyChecksum(url, Buffer.from("other"), options)).rejects.toThrow(/^cniManifest: expected SHA-256/);
});

test("a checksum of the package wins over an older one of the program", async () => {
  writeFileSync("package.json", JSON.stringify({ [url]: sha256Of(content) }));
  writeFileSync("own.json", JSON.stringify({ [url]: "0".repeat(64) }));
  await expect(verifyChecksum(url, content, options)).resolves.toBeDefined();
});

test("a new location is entered in the program's own file alone", async () => {
  writeFileSync("package.json", JSON.stringify({ "https://example.org/b.yaml": "1".repeat(64) }));
  await verifyChecksum(url, content, options);
  expect(JSON.parse(readFileSync("own.json", "utf8"))).toEqual({ [url]: sha256Of(content) });
  expect(readFileSync("package.json", "utf8")).not.toContain("a.yaml");
});

test("a program outside of the checkout reads the checkout's checksums and built manifests", () => {
  expect(manifestStore("cniManifest")).toMatchObject({
    lockFile: "manifests.lock.json",
    pinnedLockFile: join(home, "manifests.lock.json"),
  });
  expect(join(process.cwd(), builtFile(".tools/manifests/calico.yaml"))).toBe(
    join(home, ".tools", "manifests", "calico.yaml"),
  );
  expect(builtFile("manifest.yaml")).toBe("manifest.yaml");
});
