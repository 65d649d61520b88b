import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliReference } from "../cli/commandLine/reference";
import { commands } from "../cli/commands";
import { settingsJsonSchema, settingsDocument } from "../lib/settings/docs";
import { root } from "../system/checkout";

// Writes what is generated: from the table of settings the stack files' JSON schema and the list in the documentation, from
// the definitions of commands their reference.
const files = ["slipway.schema.json", join("docs", "settings.md"), join("docs", "reference", "cli.md")];
writeFileSync(join(root, "slipway.schema.json"), JSON.stringify(settingsJsonSchema(), null, 2));
writeFileSync(join(root, "docs", "settings.md"), settingsDocument());
writeFileSync(join(root, "docs", "reference", "cli.md"), cliReference(commands));
execFileSync("npx", ["prettier", "--log-level", "warn", "--write", ...files], { cwd: root, stdio: "inherit" });
