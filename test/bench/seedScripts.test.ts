import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const folder = __dirname;

test.each(["seed-up", "seed-down"])("%s runs in the checkout, whose files it names", (script) => {
  const text = readFileSync(join(folder, script), "utf8");
  const [, path = ""] = /^cd "\$\(dirname "\$0"\)\/([^"]+)"$/m.exec(text) ?? [];
  const checkout = join(folder, path);
  expect(existsSync(join(checkout, "pins.json"))).toBe(true);
  const named = [...text.matchAll(/\b(?:test|scripts)\/[\w./-]*\w/g)].map(([name]) => name);
  expect(named.filter((name) => !existsSync(join(checkout, name)))).toEqual([]);
});
