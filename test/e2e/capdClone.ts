import { cpSync, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { must } from "./harness";

const moduleName = "sigs.k8s.io/cluster-api";

/** Adds the owner's write permission to a folder of Go's module cache that was copied. */
const makeWritable = (folder: string): void => {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeWritable(path);
    else if (entry.isFile()) chmodSync(path, 0o644);
  }
};

/** Downloads a Go module and returns its folder, which is read-only. */
const moduleFolder = (path: string, version: string): string => {
  const text = must("go", ["mod", "download", "-json", `${path}@v${version}`], { cwd: "/", env: { GOFLAGS: "" } });
  return (JSON.parse(text) as { Dir: string }).Dir;
};

/** A working copy of Cluster API: its three Go modules, laid out as in its repository. */
export class CapdClone {
  private readonly folder = join(tmpdir(), `slipway-capd-clone-${process.pid}`);
  /** Path for the settings: a symbolic link with a space in its name. */
  readonly path = join(this.folder, "my clone");
  private readonly tree = join(this.folder, "tree");
  private readonly calls = join(this.folder, "calls");

  /** Returns variables that put a `go` on a PATH which records its calls. */
  recording(path: string): Record<string, string> {
    return { PATH: `${join(this.folder, "bin")}${delimiter}${path}`, GO_CALLS: this.calls };
  }

  /** Creates the working copy of a version of Cluster API, without a leading v. */
  create(version: string): void {
    mkdirSync(join(this.folder, "bin"), { recursive: true });
    for (const part of ["", "api", "test"]) {
      const target = join(this.tree, part);
      cpSync(moduleFolder(join(moduleName, part), version), target, { recursive: true });
      makeWritable(target);
    }
    symlinkSync("tree", this.path);
    const go = must("bash", ["-c", "command -v go"]).trim();
    const program = join(this.folder, "bin", "go");
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >>"$GO_CALLS"\nexec "${go}" "$@"\n`);
    chmodSync(program, 0o755);
  }

  /** Returns the first arguments of the calls of Go that were recorded since the last call of this method. */
  takeCalls(): string[] {
    const calls = must("bash", ["-c", 'cat "$1" 2>/dev/null || true', "bash", this.calls]).split("\n").filter(Boolean);
    rmSync(this.calls, { force: true });
    return calls;
  }

  /** Replaces the only occurrence of a text in a file of the working copy, and returns the former content. */
  edit(file: string, text: string, replacement: string): string {
    const path = join(this.tree, file);
    const before = readFileSync(path, "utf8");
    const count = before.split(text).length - 1;
    if (count !== 1) throw new Error(`${file}: expected ${JSON.stringify(text)} once, got it ${count} times`);
    writeFileSync(
      path,
      before.replace(text, () => replacement),
    );
    return before;
  }

  /** Writes the content of a file of the working copy. */
  write(file: string, content: string): void {
    writeFileSync(join(this.tree, file), content);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
