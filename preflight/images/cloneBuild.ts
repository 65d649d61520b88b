import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Problem, printableLines } from "../../lib/base/problem";
import { isAtLeast } from "../../lib/versions/semver";
import { complaintOf, exec, type ExecOptions, type ExecResult } from "../../system/exec";

/** Runs Go. Tests replace it. */
export type GoExec = (args: readonly string[], options: ExecOptions) => Promise<ExecResult>;

/** Runs the Go of the PATH. */
export const go: GoExec = (args, options) => exec("go", args, options);

const setting = "capdSource";
const moduleName = "sigs.k8s.io/cluster-api";
const mainPackage = "./infrastructure/docker";

/** Go's settings for a clone: as its go.mod says, without a change of the clone, and with the same bytes in any folder. */
export const cloneEnvironment = {
  CGO_ENABLED: "0",
  GOOS: "linux",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-mod=readonly -trimpath -buildvcs=false",
};

/**
 * Returns the arguments of `go` that build CAPD's manager in the module `test` of a clone.
 *
 * @param version version of Cluster API that the manager reports, without the leading v
 * @param target path of the binary
 */
export const cloneBuildArguments = (version: string, target: string): string[] => [
  "build",
  "-ldflags",
  `-s -w -X ${moduleName}/version.gitVersion=v${version} -X ${moduleName}/version.gitTreeState=dirty`,
  "-o",
  target,
  mainPackage,
];

/**
 * Returns Go's version and platform as text, or the problem of a Go that cannot build a clone.
 *
 * @param needed Go's version in go.mod of the clone; undefined if the clone has none
 */
export const inspectGo = async (
  needed: string | undefined,
  runGo: GoExec,
): Promise<{ identity: string; problem?: Problem }> => {
  // Go reads go.mod of its folder and refuses to answer for a newer one.
  const result = await runGo(["env", "GOVERSION", "GOARCH"], { cwd: "/", env: cloneEnvironment });
  const wanted = needed === undefined ? "Go" : `Go ${needed} or newer`;
  const remedy = `Install ${wanted} (https://go.dev/dl), or remove capdSource`;
  if (result.code !== 0) {
    const got = /ENOENT/.test(result.failure?.message ?? "") ? "none" : complaintOf(result);
    return {
      identity: "",
      problem: { key: setting, rule: `${wanted} on the PATH, which builds the clone`, got, remedy },
    };
  }
  const identity = result.stdout.trim();
  const running = /^go(\d\S*)/.exec(identity)?.[1];
  // A development version of Go has no number to compare.
  if (needed === undefined || running === undefined || isAtLeast(running, needed)) return { identity };
  return {
    identity,
    problem: { key: setting, rule: `${wanted}, as go.mod of the clone requires`, got: running, remedy },
  };
};

/** The fields of a Go package in the list of `go list`. */
export interface GoPackage {
  Dir: string;
  Standard?: boolean;
  Module?: {
    Path: string;
    Dir?: string;
    GoMod?: string;
    Main?: boolean;
    Replace?: { Version?: string };
  };
  [files: `${string}Files`]: string[] | undefined;
}

/** The lists of files that `go build` reads. Go leaves out files for other platforms, and tests. */
const fileLists = ["Go", "Cgo", "C", "CXX", "M", "H", "F", "S", "Swig", "SwigCXX", "Syso", "Embed"].map(
  (name) => `${name}Files` as const,
);

/**
 * Lists the packages of CAPD's manager that are not part of Go or of a downloaded module.
 *
 * @param cwd folder of CAPD's Go module
 * @throws with the lines of Go
 */
export const listPackages = async (cwd: string, runGo: GoExec): Promise<GoPackage[]> => {
  const fields = ["Dir", "Standard", "Module", ...fileLists].join(",");
  const result = await runGo(["list", "-deps", `-json=${fields}`, mainPackage], { cwd, env: cloneEnvironment });
  if (result.code !== 0) throw new Error(goFailure("a clone whose packages Go can list", complaintOf(result)));
  const packages = JSON.parse(`[${result.stdout.trim().replace(/^\}\n\{$/gm, "},{")}]`) as GoPackage[];
  // The checksums in go.sum cover downloaded modules. A folder in a replace line has no version.
  return packages.filter(({ Module: one }) => one?.Main || (one?.Replace && !one.Replace.Version));
};

/** Returns the error of a Go command: what was expected, and the lines of Go. */
export const goFailure = (rule: string, lines: string): string =>
  `${setting}: expected ${rule}, got the lines below. Correct the clone.\n${printableLines(lines.trim())}`;

/** Returns a line with module, path and checksum for each file of packages, and for go.mod and go.sum of their modules. */
export const checksumFiles = (packages: readonly GoPackage[]): string[] => {
  const lines = packages.flatMap(({ Dir, Module: one, ...lists }) =>
    [
      ...fileLists.flatMap((list) => (lists as GoPackage)[list] ?? []).map((file) => join(Dir, file)),
      ...(one?.GoMod === undefined ? [] : [one.GoMod]),
      ...(one?.Main && one.GoMod !== undefined ? [join(dirname(one.GoMod), "go.sum")] : []),
    ].map((file) => `${one?.Path} ${relative(one?.Dir ?? "", file)} ${checksumOf(file)}`),
  );
  return [...new Set(lines)].sort();
};

const checksumOf = (file: string): string =>
  existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "missing";
