import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { settingsJsonSchema, settingsDocument } from "../lib/settings/docs";
import { root } from "../system/checkout";
import { writeAtomically } from "../system/files";

// Writes what is generated from the table of settings: the stack files' JSON schema and the list in the documentation.
const files = ["slipway.schema.json", join("docs", "settings.md")];
writeAtomically(join(root, "slipway.schema.json"), JSON.stringify(settingsJsonSchema(), null, 2));
writeAtomically(join(root, "docs", "settings.md"), settingsDocument());
execFileSync("npx", ["prettier", "--log-level", "warn", "--write", ...files], { cwd: root, stdio: "inherit" });
