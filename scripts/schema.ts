import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cliReference } from "../cli/commandLine/reference";
import { commands } from "../cli/commands";
import { projectFile, settingsDocument, settingsJsonSchema } from "../lib/settings/docs";
import { kindReference, kindSchema } from "../provider/kind/package";
import { slipwayReference } from "../provider/slipway/schema";
import { root } from "../system/checkout";
import { writeAtomically } from "../system/files";

// Generates the JSON schema of stack files, docs/settings.md and the block `config` of Pulumi.yaml from the settings' schema.
// Generates docs/reference/cli.md from the definitions of commands. Generates the Pulumi schema of the package kind, and
// the reference pages of the packages kind and slipway.
const files = {
  "slipway.schema.json": JSON.stringify(settingsJsonSchema(), null, 2),
  [join("docs", "reference", "settings.md")]: settingsDocument(),
  [join("docs", "reference", "kind-provider.md")]: kindReference(),
  [join("docs", "reference", "package.md")]: slipwayReference(),
  [join("docs", "reference", "cli.md")]: cliReference(commands),
  [join("provider", "kind", "schema.json")]: JSON.stringify(kindSchema(), null, 2),
  "Pulumi.yaml": projectFile(readFileSync(join(root, "Pulumi.yaml"), "utf8")),
};
for (const [name, content] of Object.entries(files)) writeAtomically(join(root, name), content);
execFileSync("npx", ["prettier", "--log-level", "warn", "--write", ...Object.keys(files)], {
  cwd: root,
  stdio: "inherit",
});
