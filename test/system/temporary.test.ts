import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { environmentScript } from "../../cli/pulumi/environment";
import { openTemporary, removeAbandoned, temporaryPrefix } from "../../system/temporary";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "slipway-temporary-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** The number of a process that has ended. */
const goneProcess = (): number => spawnSync("true").pid;

const folderOf = (machine: string, pid: number): string => {
  const folder = mkdtempSync(join(parent, temporaryPrefix(machine, pid)));
  writeFileSync(join(folder, "kubeconfig1"), "secret");
  return folder;
};

describe("the folder of a run", () => {
  test("is closed to others and goes with all that is in it, once", () => {
    const { folder, close } = openTemporary(parent);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, "kubeconfig1"), "secret");
    close();
    expect(readdirSync(parent)).toEqual([]);
    close();
  });

  test("two runs have two, and neither takes the other's", () => {
    const [first, second] = [openTemporary(parent), openTemporary(parent)];
    expect(first.folder).not.toBe(second.folder);
    expect(readdirSync(parent)).toHaveLength(2);
    second.close();
    expect(existsSync(first.folder)).toBe(true);
  });
});

describe("what killed runs left", () => {
  test("goes at the next run", () => {
    const old = folderOf(hostname(), goneProcess());
    const { folder } = openTemporary(parent);
    expect([existsSync(old), existsSync(folder)]).toEqual([false, true]);
  });

  test("stays where its process lives, is another machine's, or was not made by Slipway", () => {
    folderOf(hostname(), process.pid);
    folderOf(`not-${hostname()}`, goneProcess());
    mkdirSync(join(parent, `slipway-run-${hostname()}-1-toolongname`));
    mkdirSync(join(parent, "kubeconfig1"));
    const before = readdirSync(parent);
    expect(removeAbandoned(parent)).toEqual([]);
    expect(readdirSync(parent)).toEqual(before);
  });

  test("a link of that name is not followed", () => {
    const target = join(parent, "target");
    mkdirSync(target);
    symlinkSync(target, join(parent, `${temporaryPrefix(hostname(), goneProcess())}abcdef`));
    expect(removeAbandoned(parent)).toEqual([]);
    expect(existsSync(target)).toBe(true);
  });

  test("stays while a program that the run started uses it", async () => {
    const folder = folderOf(hostname(), goneProcess());
    const child: ChildProcess = spawn("sleep", ["60"], { env: { ...process.env, TMPDIR: folder } });
    await new Promise((resolve) => child.once("spawn", resolve));
    try {
      expect(removeAbandoned(parent)).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
    }
    expect(removeAbandoned(parent)).toHaveLength(1);
  });
});

describe("a plain pulumi after env.sh", () => {
  /** Runs it in a shell with a pulumi that leaves a file in its temporary folder, as the Kubernetes plugin does. */
  const plain = (shell: string, code: number) => {
    const bin = join(parent, "bin");
    mkdirSync(bin);
    const program = '#!/bin/sh\necho secret >"$TMPDIR/kubeconfig1"; stat -c %a "$TMPDIR"; echo "$@"; exit "$CODE"\n';
    writeFileSync(join(bin, "pulumi"), program, { mode: 0o755 });
    const script = environmentScript(parent, { variables: {}, backend: "", reason: "" });
    const temporary = join(parent, "t m p");
    mkdirSync(temporary);
    const text = `set -eu\n${script}\npulumi up 'a  b' || echo "code $?"\necho "TMPDIR $TMPDIR"`;
    const { stdout } = spawnSync(shell, ["-c", text], {
      env: { PATH: `${bin}:${process.env.PATH}`, TMPDIR: temporary, CODE: String(code) },
      encoding: "utf8",
    });
    return { lines: stdout.trim().split("\n"), left: readdirSync(temporary), temporary };
  };

  test.each([
    ["sh", 0],
    ["bash", 0],
    ["sh", 3],
    ["bash", 255],
  ])("%s: has a folder of its own, ends with %i, leaves nothing", (shell, code) => {
    const { lines, left, temporary } = plain(shell, code);
    expect(lines).toEqual(["700", "up a  b", ...(code === 0 ? [] : [`code ${code}`]), `TMPDIR ${temporary}`]);
    expect(left).toEqual([]);
  });
});
