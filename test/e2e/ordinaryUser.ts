import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../system/cacheFolder";
import { check, command, must, type Result } from "./harness";
import { copyCheckout } from "./mirror/stranger";

/** All networks from which Docker and Slipway choose by default. */
const dockerNetworks = "172.16.0.0/12";

/**
 * A user of the group docker whose packets to the addresses of containers are dropped, as on Docker Desktop. Docker's own
 * proxy for published ports runs as root, and passes. The user has a copy of this checkout and of the cache.
 */
export class OrdinaryUser {
  readonly checkout: string;
  private readonly home: string;
  private readonly folder: string;
  private readonly rule: string[];

  constructor(readonly name: string) {
    // Hard links need the file system of the cache.
    this.folder = join("/var/tmp", name);
    [this.checkout, this.home] = [join(this.folder, "slipway"), join(this.folder, "home")];
    this.rule = ["OUTPUT", "-d", dockerNetworks, "-m", "owner", "--uid-owner", name, "-j", "DROP"];
  }

  /** Creates the user with the copies, after it has deleted what a killed run left. */
  create(): void {
    this.remove();
    must("useradd", ["--no-create-home", "--home-dir", this.home, "--groups", "docker", this.name]);
    mkdirSync(this.home, { recursive: true });
    copyCheckout(this.checkout);
    must("cp", ["--archive", "--link", "node_modules", this.checkout]);
    const cache = join(this.home, ".cache", "slipway");
    mkdirSync(dirname(cache), { recursive: true });
    must("cp", ["--archive", "--link", cacheRoot(), cache]);
    // The files of the cache are the same as this user's, so only the folders get another owner.
    must("find", [this.home, "-type", "d", "-exec", "chown", this.name, "{}", "+"]);
    must("find", [this.checkout, "-name", "node_modules", "-prune", "-o", "-exec", "chown", this.name, "{}", "+"]);
    must("iptables", ["--wait", "--insert", ...this.rule]);
  }

  /** Removes the rule, the user's processes, the user and the copies. */
  remove(): void {
    if (command("id", [this.name]).code === 0) {
      while (command("iptables", ["--wait", "--delete", ...this.rule]).code === 0);
      const pids = command("ps", ["-u", this.name, "-o", "pid="]).stdout.split("\n").map(Number);
      for (const pid of pids.filter((one) => one > 1)) command("kill", ["-KILL", String(pid)]);
      must("userdel", [this.name]);
    }
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }

  /** Writes a file of the user in the checkout. */
  write(file: string, text: string): void {
    writeFileSync(join(this.checkout, file), text);
    must("chown", [this.name, join(this.checkout, file)]);
  }

  /** Words that run a program as the user with a login's environment. */
  private words(program: string, args: readonly string[], variables: Readonly<Record<string, string>>): string[] {
    const env = { HOME: this.home, USER: this.name, PATH: process.env.PATH ?? "", ...variables };
    const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return [
      "-u",
      this.name,
      "--",
      "env",
      "--ignore-environment",
      `--chdir=${this.checkout}`,
      ...pairs,
      program,
      ...args,
    ];
  }

  /** Runs a program in the user's checkout. */
  run(program: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Result {
    return command("runuser", this.words(program, args, variables));
  }

  /** Runs a program that must succeed, and returns everything that it printed. */
  must(program: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): string {
    const { code, stdout, stderr } = this.run(program, args, variables);
    check(code === 0, `${program} ${args.join(" ")} to succeed, got ${code}\n${`${stdout}\n${stderr}`.slice(-6000)}`);
    return `${stdout}\n${stderr}`;
  }

  /** Starts a program, as a user does in another terminal. */
  start(program: string, args: readonly string[]): ChildProcess {
    return spawn("runuser", this.words(program, args, {}), { stdio: "ignore", detached: true });
  }
}
