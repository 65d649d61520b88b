import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloadModule, goEnvironment, goModText } from "../../../cli/toolchain/source/goGroup";
import { goModule } from "../../../lib/versions/pins";
import { cacheRoot } from "../../../system/cacheFolder";
import { root } from "../../../system/checkout";
import { must } from "../harness";

const pkg = "github.com/pulumi/pulumi/pkg/v3";
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** Version of Pulumi's Go SDK, with which generated SDKs are compiled. */
export const goSdk = { module: sdk, version: goModule(sdk) };

/** Builds a Go program in a folder of the cache, once for each text of its files, and returns the executable. */
const build = async (name: string, folder: string): Promise<string> => {
  const version = goModule(pkg);
  const text = readFileSync(join(folder, "main.go"), "utf8");
  const key = createHash("sha256").update(`${version}\n${text}`).digest("hex").slice(0, 12);
  const target = join(cacheRoot(), "test", `${name}-${key}`);
  if (existsSync(join(target, name))) return join(target, name);
  const fresh = `${target}.partial-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  cpSync(join(folder, "main.go"), join(fresh, "main.go"));
  const like = await downloadModule(`${pkg}@${version}`, () => undefined);
  const likeFile = JSON.parse(must("go", ["mod", "edit", "-json", like.GoMod])) as Parameters<typeof goModText>[1];
  const group = {
    name,
    like: `${pkg}@${version}`,
    requires: { [pkg]: version, [sdk]: goSdk.version },
    copyReplaces: true,
  };
  writeFileSync(join(fresh, "go.mod"), goModText({ ...group, mains: [] }, likeFile));
  must("go", ["build", "-o", name, "."], { cwd: fresh, env: goEnvironment });
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  return join(target, name);
};

/** Generates the SDKs of a schema, as text, into a folder: nodejs, go and python. The first call compiles the generator. */
export const generateSdks = async (schema: string, folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "schema.json");
  writeFileSync(file, schema);
  must(await build("sdk-generator", join(root, "test", "e2e", "sdk", "generate")), [file, folder]);
};
