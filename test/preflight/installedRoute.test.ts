import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openCache } from "../../cli/toolchain/build/cache";
import { writeLayout } from "../../cli/toolchain/build/layout";
import { requiredTools } from "../../preflight/host/facts";
import { installedRoute } from "../../preflight/installedRoute";
import { readStackFile } from "../../preflight/stackFile";
import { pointLink } from "../../system/files";

let folder: string;
let checkout: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-installed-"));
  checkout = join(folder, "checkout");
  mkdirSync(checkout);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const install = (route: "release" | "source"): void => {
  const links = Object.fromEntries(requiredTools.map((name) => [name, `/anywhere/${name}`]));
  pointLink(join(checkout, ".tools"), writeLayout(openCache(route, join(folder, "cache")), { links, scripts: {} }));
};

describe("the installed route", () => {
  test("is release where no tools are installed", () => expect(installedRoute(checkout)).toBe("release"));

  test("is that of the tools that were installed last", () => {
    install("source");
    expect(installedRoute(checkout)).toBe("source");
    install("release");
    expect(installedRoute(checkout)).toBe("release");
    install("source");
    expect(installedRoute(checkout)).toBe("source");
  });

  test("is not what the user wishes for the next setup", () => {
    install("source");
    mkdirSync(join(checkout, ".slipway"));
    writeFileSync(join(checkout, ".slipway", "route"), "release\nSLIPWAY_ROUTE=release\n");
    expect(installedRoute(checkout)).toBe("source");
  });

  test("stays known when the cache is deleted", () => {
    install("source");
    rmSync(join(folder, "cache"), { recursive: true });
    expect(installedRoute(checkout)).toBe("source");
  });

  test("is release for a folder or a link that Slipway did not make", () => {
    symlinkSync(folder, join(checkout, ".tools"));
    expect(installedRoute(checkout)).toBe("release");
    rmSync(join(checkout, ".tools"));
    mkdirSync(join(checkout, ".tools"));
    expect(installedRoute(checkout)).toBe("release");
  });
});

describe("a stack file", () => {
  const nameOfSet = (route?: "release" | "source") => readStackFile(checkout, "none", route).settings?.pins;

  test("is read for the installed route, or for the one that is about to be installed", () => {
    expect(nameOfSet()).toBe("release");
    expect(nameOfSet("source")).toBe("source");
    install("source");
    expect(nameOfSet()).toBe("source");
    expect(nameOfSet("release")).toBe("release");
  });
});
