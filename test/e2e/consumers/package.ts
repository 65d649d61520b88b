import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../../system/cacheFolder";
import { root } from "../../../system/checkout";
import { must } from "../harness";

/** Version of Pulumi's language host for YAML, which these tests build. */
const yamlVersion = "1.25.0";

/** Builds the language host for YAML once, and returns its folder. Two minutes on two cores. */
export const yamlHost = (): string => {
  const folder = join(cacheRoot(), "test", `pulumi-yaml-${yamlVersion}`, "bin");
  if (!existsSync(join(folder, "pulumi-language-yaml"))) {
    mkdirSync(folder, { recursive: true });
    const program = `github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml@v${yamlVersion}`;
    must("go", ["install", program], { cwd: "/", env: { GOBIN: folder, GOFLAGS: "" } });
  }
  return folder;
};

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

/** Installs an archive with npm into a folder, and makes its tools. */
export const installPackage = (archive: string, target: string): Installed => {
  mkdirSync(target, { recursive: true });
  must("npm", ["install", "--prefix", target, "--ignore-scripts", "--no-audit", "--no-fund", archive], { cwd: target });
  const folder = join(target, "node_modules", "@slipway", "capi");
  must(join(target, "node_modules", ".bin", "slipway"), ["tools"], { cwd: target });
  return { folder, tools: join(folder, ".tools", "bin") };
};
