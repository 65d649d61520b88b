import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { missingOptional, type LockPackages } from "../../../cli/toolchain/npmLock";
import { root } from "../../../system/checkout";

test("package-lock.json has an entry for every platform, else npm ci refuses it (make lock adds them)", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: LockPackages };
  expect(Object.keys(missingOptional(packages))).toEqual([]);
});

test("what is missing gets the platform of its name", () => {
  const packages: LockPackages = {
    "": {},
    "node_modules/a": {
      dev: true,
      optionalDependencies: { "@a/b-linux-x64-musl": "1.0.0", "@a/b-linux-arm-gnueabihf": "~1.0.0", "@a/b-here": "2" },
    },
    "node_modules/x/node_modules/@a/b-darwin-arm64": {},
    "node_modules/c": { optionalDependencies: { "@a/b-darwin-arm64": "1.0.0", "c-linux-s390x-gnu": "3.0.0" } },
  };
  expect(missingOptional(packages)).toEqual({
    "node_modules/@a/b-linux-x64-musl": {
      version: "1.0.0",
      cpu: ["x64"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    },
    "node_modules/@a/b-linux-arm-gnueabihf": {
      version: "1.0.0",
      cpu: ["arm"],
      dev: true,
      optional: true,
      os: ["linux"],
    },
    "node_modules/c-linux-s390x-gnu": {
      version: "3.0.0",
      cpu: ["s390x"],
      libc: ["glibc"],
      optional: true,
      os: ["linux"],
    },
  });
});
