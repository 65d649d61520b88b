import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cliReference } from "../cli/commandLine/reference";
import { commands } from "../cli/commands";
import { settingsJsonSchema, settingsDocument } from "../lib/settings/docs";
import { root } from "../system/checkout";
import { writeAtomically } from "../system/files";

// Writes what is generated: from the table of settings the stack files' JSON schema and the list in the documentation, from
// the definitions of commands their reference.
const files = ["slipway.schema.json", join("docs", "settings.md"), join("docs", "reference", "cli.md")];
writeAtomically(join(root, "slipway.schema.json"), JSON.stringify(settingsJsonSchema(), null, 2));
writeAtomically(join(root, "docs", "settings.md"), settingsDocument());
writeAtomically(join(root, "docs", "reference", "cli.md"), cliReference(commands));
execFileSync("npx", ["prettier", "--log-level", "warn", "--write", ...files], { cwd: root, stdio: "inherit" });
