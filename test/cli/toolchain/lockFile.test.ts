import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { root } from "../../../system/checkout";

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  os?: string[];
}

const { packages, lockfileVersion } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  lockfileVersion: number;
  packages: Record<string, Entry>;
};
const entries = Object.entries(packages).filter(([path]) => path !== "");

describe("package-lock.json", () => {
  test("is of a form that has a checksum for each package", () => {
    expect(lockfileVersion).toBe(3);
    expect(entries.length).toBeGreaterThan(300);
  });

  test("has a SHA-512 checksum for each package, but for native parts of test tools on platforms it was not written on", () => {
    // Filled in by make lock without a download, where the registry that wrote the file did not serve them.
    const nativeParts = /^node_modules\/(@swc\/core|@unrs\/resolver-binding)-(?!linux-(x64|arm64)-)/;
    const without = entries.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
    expect(without.filter(([path, entry]) => !nativeParts.test(path) || !entry.optional || !entry.os)).toEqual([]);
  });

  test("takes packages from the npm registry alone: no other host, repository, folder or link", () => {
    const elsewhere = entries.filter(
      ([, entry]) =>
        "link" in entry ||
        !/^\d+\.\d+\.\d+/.test(entry.version ?? "") ||
        !(entry.resolved ?? "https://registry.npmjs.org/").startsWith("https://registry.npmjs.org/"),
    );
    expect(elsewhere).toEqual([]);
  });

  test("is followed to the letter, and runs no package's scripts", () => {
    const script = readFileSync(join(root, "scripts", "start.cjs"), "utf8");
    expect(script).toMatch(/args = \["ci", "--ignore-scripts", /);
  });

  test("package.json names exact versions", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
