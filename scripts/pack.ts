// Packs the plugin kind as a folder that runs without this checkout: `npm run pack`, or `npm run pack -- FOLDER` for another
// folder than dist.
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { engines, license, version } from "../package.json";
import { root } from "../system/checkout";

/** Steps that the plugin runs, and the files that these steps use. */
const steps = [
  ...["environment.sh", "import-images", "load-images"],
  ...["kind-create", "kind-update", "kind-delete"],
  ...["node-image", "fill-node-image"],
  ...[
    "wait-for-answer",
    "give-addresses",
    "repair-containers",
    "repair-node",
    "wait-for-api",
    "api-readyz.mjs",
    "published-port",
    "follow-machines",
  ],
].map((name) => `steps/${name}`);

/**
 * Names of the launcher. For a folder that a command names, `pulumi` 3.276 looks for an executable without the package's
 * name (cmd/pulumi/packageinstallation).
 */
const executables = ["pulumi-resource-kind", "pulumi-resource-"];

/** Writes the packed plugin into a folder, and replaces an earlier one in one step. */
const packKind = (folder: string): void => {
  const fresh = `${folder}.partial-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, "steps"), { recursive: true });
  buildSync({
    absWorkingDir: root,
    entryPoints: ["./provider/kind/main.ts"],
    outfile: join(fresh, "plugin.cjs"),
    banner: { js: `// ${version}` }, // start.cjs compares it with package.json
    bundle: true,
    platform: "node",
    target: "node20",
    legalComments: "eof",
    logLevel: "warning",
  });
  const packed = join(root, "provider", "kind", "packed");
  for (const name of executables) cpSync(join(packed, "pulumi-resource-kind"), join(fresh, name));
  cpSync(join(packed, "start.cjs"), join(fresh, "start.cjs"));
  cpSync(join(root, "provider", "kind", "schema.json"), join(fresh, "schema.json"));
  cpSync(join(root, "LICENSE"), join(fresh, "LICENSE"));
  for (const step of steps) cpSync(join(root, step), join(fresh, step));
  for (const name of executables) chmodSync(join(fresh, name), 0o755);
  const files = [...executables, "start.cjs", "plugin.cjs", "schema.json", ...steps];
  const description = "Pulumi plugin for kind clusters";
  const packageFile = { name: "@slipway/kind-plugin", version, description, license, engines, files };
  writeFileSync(join(fresh, "package.json"), `${JSON.stringify(packageFile, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
};

const [, , target = join(root, "dist")] = process.argv;
const folder = resolve(target, "plugins", "kind");
packKind(folder);
console.log(`${folder}: plugin kind ${version}`);
