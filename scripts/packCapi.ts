// Packs the npm package @slipway/capi: `node scripts/run.cjs scripts/packCapi.ts FOLDER`. It writes the package's files to
// FOLDER/package and the archive beside them, and prints the archive's path.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import manifest from "../package.json";
import { root } from "../system/checkout";
import { bundle } from "./bundle.cjs";

/** Name of the package in the npm registry. */
const packageName = "@slipway/capi";

/** Programs that start from a bundle. Their paths without a suffix are those in the checkout. */
const programs = [
  "provider/slipway/main.ts",
  "provider/kind/main.ts",
  "cli/main.ts",
  "cli/diagnosis/main.ts",
  "cli/toolchain/source/buildCapdImage.ts",
];

/** Files and folders that the programs read, and the scripts that start them. */
const files = [
  "LICENSE",
  "Pulumi.yaml",
  "manifests.lock.json",
  "pins.json",
  "sources.lock.json",
  "tools.lock.json",
  "steps",
  "scripts/bundle.cjs",
  "scripts/plugin.cjs",
  "scripts/run.cjs",
  "scripts/sdk.cjs",
  "scripts/slipway",
  "scripts/start.cjs",
  "provider/kind/pulumi-resource-kind",
  "provider/slipway/pulumi-resource-slipway",
  "cli/toolchain/source/files",
  "cli/toolchain/source/go",
];

/** Dependencies that only a checkout needs: a package has bundles already. */
const onlyInCheckout = ["esbuild", "zod"];

const writePackage = (folder: string): void => {
  const { version, description, license, engines, bin } = manifest;
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => !onlyInCheckout.includes(name)),
  );
  const text = { name: packageName, version, description, license, engines, bin, dependencies };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(text, null, 2)}\n`);
};

const pack = (target: string): string => {
  const folder = join(target, "package");
  rmSync(folder, { recursive: true, force: true });
  for (const file of files) cpSync(join(root, file), join(folder, file), { recursive: true });
  // For a folder that a command names, pulumi looks for an executable without the package's name.
  for (const plugin of ["kind", "slipway"]) {
    const executable = join(folder, "provider", plugin, "pulumi-resource-");
    cpSync(`${executable}${plugin}`, executable);
  }
  for (const program of programs) {
    const path = join(folder, "bundles", program.replace(/\.ts$/, ".cjs"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bundle(join(root, program)).text);
  }
  writePackage(folder);
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", target, folder], { encoding: "utf8" }),
  ) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm pack: expected an archive of ${folder}, got none.`);
  return join(target, packed.filename);
};

const [target = "dist"] = process.argv.slice(2);
process.stdout.write(`${pack(resolve(target))}\n`);
