import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../system/checkout";

/** Returns an example of a guide: the first block below the heading. */
export const exampleOf = (heading: string, guide = "kind-provider.md"): string => {
  const page = readFileSync(join(root, "docs", "guides", guide), "utf8");
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const [, text] = /^```\w+\n([^]*?)^```$/m.exec(section) ?? [];
  if (text === undefined) throw new Error(`docs/guides/${guide}: expected an example below ${heading}, got none`);
  return text;
};
