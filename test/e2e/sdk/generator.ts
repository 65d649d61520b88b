import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { downloadModule, goEnvironment, goModText } from "../../../cli/toolchain/source/goGroup";
import { goModule } from "../../../lib/versions/pins";
import { cacheRoot } from "../../../system/cacheFolder";
import { root } from "../../../system/checkout";
import { must } from "../harness";

const pkg = "github.com/pulumi/pulumi/pkg/v3";
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** Pulumi's Go SDK, with which generated SDKs are compiled. */
export const goSdk = { module: sdk, version: goModule(sdk) };

/** A Go program of these tests, which Go builds with the versions of another module. */
interface Program {
  /** Folder below test/e2e/sdk. */
  readonly folder: string;
  readonly executable: string;
  /** Module and version whose go.mod decides about Go and about replacements. */
  readonly like: readonly [module: string, version: string];
  readonly requires?: Readonly<Record<string, string>>;
}

/** Builds a program in the cache, once for each text of its file and version, and returns the executable. */
const build = async ({ folder, executable, like: [module, version], requires = {} }: Program): Promise<string> => {
  const source = join(root, "test", "e2e", "sdk", folder, "main.go");
  const text = `${version}\n${readFileSync(source, "utf8")}`;
  const key = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const target = join(cacheRoot(), "test", `sdk-${folder}-${key}`);
  const built = join(target, "bin", executable);
  if (existsSync(built)) return built;
  const fresh = `${target}.partial-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  cpSync(source, join(fresh, "main.go"));
  const { GoMod } = await downloadModule(`${module}@${version}`, () => undefined);
  const likeFile = JSON.parse(must("go", ["mod", "edit", "-json", GoMod])) as Parameters<typeof goModText>[1];
  const all = { [module]: version, ...requires };
  const group = { name: folder, like: `${module}@${version}`, requires: all, copyReplaces: true, mains: [] };
  writeFileSync(join(fresh, "go.mod"), goModText(group, likeFile));
  must("go", ["build", "-o", join("bin", executable), "."], { cwd: fresh, env: goEnvironment });
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  return built;
};

/** Generates the SDKs of a schema, as text, into a folder: nodejs, go and python. The first call compiles the generator. */
export const generateSdks = async (schema: string, folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "schema.json");
  writeFileSync(file, schema);
  const like = [pkg, goModule(pkg)] as const;
  must(await build({ folder: "generate", executable: "generate", like, requires: { [sdk]: goSdk.version } }), [
    file,
    folder,
  ]);
};

/** Returns a folder with Pulumi's language host for YAML. The first call compiles it, in two minutes. */
export const yamlHost = async (): Promise<string> => {
  const like = ["github.com/pulumi/pulumi-yaml", "v1.25.0"] as const;
  return dirname(await build({ folder: "yamlhost", executable: "pulumi-language-yaml", like }));
};
