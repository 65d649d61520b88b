import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../../system/checkout";
import { must } from "../harness";
import { npmInstall } from "../sdk/npm";
import { generateSdks } from "../sdk/generator";

/**
 * Packs the npm package in a copy of the checkout, which is deleted before anyone uses the package. So the package cannot
 * read a file of a checkout.
 *
 * @returns path of the archive
 */
export const packInCopy = (target: string): string => {
  const copy = mkdtempSync(join(tmpdir(), "slipway-pack-"));
  try {
    for (const file of must("git", ["ls-files", "-z"], { cwd: root }).split("\0").filter(Boolean)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(root, file), join(copy, file));
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    return must("node", ["scripts/run.cjs", "scripts/packCapi.ts", target], { cwd: copy }).trim();
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

/** An installed package. */
export interface Installed {
  /** The package's folder. */
  readonly folder: string;
  /** Folder with the tools, which `slipway tools` made. */
  readonly tools: string;
}

/** Returns the block of Pulumi.yaml that names the plugins of an installed package. */
export const pluginBlock = ({ folder }: Installed): string => `plugins:
  providers:
    - name: slipway
      path: ${join(folder, "provider/slipway")}
    - name: kind
      path: ${join(folder, "provider/kind")}
`;

/** Installs an archive with npm into a folder, and makes its tools. */
export const installPackage = (archive: string, target: string): Installed => {
  mkdirSync(target, { recursive: true });
  npmInstall(target, archive);
  const folder = join(target, "node_modules", "@slipway", "capi");
  must(join(target, "node_modules", ".bin", "slipway"), ["tools"], { cwd: target });
  return { folder, tools: join(folder, ".tools", "bin") };
};

/** Writes the SDKs for Node, Go and Python into a folder, from the schema that the installed plugin answers. */
export const writeSdks = async (installed: Installed, folder: string): Promise<void> => {
  // pulumi takes the part of a path behind an @ for a version, so the path must not contain @slipway.
  const schema = must("pulumi", ["package", "get-schema", "./slipway"], {
    cwd: join(installed.folder, "provider"),
    env: { PATH: `${installed.tools}:${process.env["PATH"]}`, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  await generateSdks(schema, folder);
};
