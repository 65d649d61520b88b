import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { downloadModule, goEnvironment, goModText } from "../../../cli/toolchain/source/goGroup";
import { goModule } from "../../../lib/versions/pins";
import { cacheRoot } from "../../../system/cacheFolder";
import { root } from "../../../system/checkout";
import { must } from "../harness";

const pkg = "github.com/pulumi/pulumi/pkg/v3";
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** Pulumi's Go SDK, with which generated SDKs are compiled. */
export const goSdk = { module: sdk, version: goModule(sdk) };

/** A Go program for these tests, which Go builds with the versions of another module. */
interface Program {
  /** Name in the cache. It is also the folder of main.go below test/e2e/sdk, unless a module has the program. */
  readonly folder: string;
  readonly executable: string;
  /** Module and version whose go.mod decides about Go and about replacements. */
  readonly like: readonly [module: string, version: string];
  readonly requires?: Readonly<Record<string, string>>;
  /** The program's package in the module `like`. @default - main.go of these tests */
  readonly importPath?: string;
  /** Scripts of the module that the program starts. They are copied beside the executable. @default - none */
  readonly scripts?: readonly string[];
}

/** Builds a program in the cache, once for each source and version, and returns the executable. */
const build = async (program: Program): Promise<string> => {
  const { folder, executable, requires = {}, importPath, scripts = [] } = program;
  const [module, version] = program.like;
  const source = join(root, "test", "e2e", "sdk", folder, "main.go");
  const text = `${version}\n${importPath ?? readFileSync(source, "utf8")}`;
  const key = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const target = join(cacheRoot(), "test", `sdk-${folder}-${key}`);
  const built = join(target, "bin", executable);
  if (existsSync(built)) return built;
  const fresh = `${target}.partial-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  if (importPath === undefined) cpSync(source, join(fresh, "main.go"));
  const { GoMod, Dir } = await downloadModule(`${module}@${version}`, () => undefined);
  const likeFile = JSON.parse(must("go", ["mod", "edit", "-json", GoMod])) as Parameters<typeof goModText>[1];
  const all = { [module]: version, ...requires };
  const group = { name: folder, like: `${module}@${version}`, requires: all, copyReplaces: true, mains: [] };
  writeFileSync(join(fresh, "go.mod"), goModText(group, likeFile));
  must("go", ["build", "-o", join("bin", executable), importPath ?? "."], { cwd: fresh, env: goEnvironment });
  for (const script of scripts) {
    const copy = join(fresh, "bin", basename(script));
    cpSync(join(Dir, script), copy);
    chmodSync(copy, 0o755); // files of a module are not executable
  }
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

/** Returns a folder with Pulumi's language host for Go. Later versions of the module do not contain the host. */
export const goHost = async (): Promise<string> => {
  const importPath = `${sdk}/go/pulumi-language-go`;
  return dirname(
    await build({ folder: "gohost", executable: "pulumi-language-go", like: [sdk, "v3.60.0"], importPath }),
  );
};

/** Returns a folder with Pulumi's language host for Python. Later versions of the module do not contain the host. */
export const pythonHost = async (): Promise<string> => {
  const folder = "python/cmd/pulumi-language-python";
  const host = { folder: "pythonhost", executable: "pulumi-language-python", like: [sdk, "v3.68.0"] as const };
  return dirname(await build({ ...host, importPath: `${sdk}/${folder}`, scripts: [`${folder}-exec`] }));
};
