import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../system/checkout";

/** Returns the example of a language in docs/guides/kind-provider.md: the block below the heading. */
export const exampleOf = (heading: "YAML" | "TypeScript" | "Go" | "Python"): string => {
  const page = readFileSync(join(root, "docs", "guides", "kind-provider.md"), "utf8");
  const [, text] = new RegExp(`^## ${heading}\\n+\`\`\`\\w+\\n([^]*?)^\`\`\`$`, "m").exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/guides/kind-provider.md: expected an example of ${heading}, got none`);
  return text;
};
