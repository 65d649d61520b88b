import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFile, settingsDocument, settingsJsonSchema } from "../lib/settings/docs";
import { root } from "../system/checkout";

// Writes what follows from the schema of the settings: the JSON schema of stack files, the documentation, and the block
// `config` of Pulumi.yaml.
const files = {
  "slipway.schema.json": JSON.stringify(settingsJsonSchema(), null, 2),
  [join("docs", "settings.md")]: settingsDocument(),
  "Pulumi.yaml": projectFile(readFileSync(join(root, "Pulumi.yaml"), "utf8")),
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
execFileSync("npx", ["prettier", "--log-level", "warn", "--write", ...Object.keys(files)], {
  cwd: root,
  stdio: "inherit",
});
