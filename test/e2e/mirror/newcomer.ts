import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Pins } from "../../../lib/versions/pins";
import { must, type Result } from "../harness";
import { copyCheckout } from "./stranger";

/** Returns pins whose release route has the versions of the source route, and a node image of this digest. */
export const withSourceVersions = (pins: Pins, nodeImageDigest: string): Pins => {
  const { kubernetes, certManager, calico, flannel, nginx } = pins.source;
  return { ...pins, release: { ...pins.release, kubernetes, nodeImageDigest, certManager, calico, flannel, nginx } };
};

/** Ends a run at a text of its output: `after` milliseconds after the text, as Ctrl-C does. */
export interface Interruption {
  at: RegExp;
  after: number;
}

/** What somebody has who starts: a clone, a home folder, and an environment without a variable of Slipway. */
export class Newcomer {
  readonly checkout: string;
  readonly home: string;
  /** What all commands printed, for whoever looks at a run that goes on. */
  readonly log: string;
  /** Variables that the newcomer sets besides the usual ones. */
  environment: Readonly<Record<string, string>> = {};
  private readonly env: Record<string, string>;

  /**
   * @param folder gets the clone and the home folder
   * @param authority path of the certificate that signed those of the hosts
   * @param pins content of the clone's pins.json
   * @param enter program with arguments that starts each command, such as one that enters a network; default: none
   */
  constructor(
    folder: string,
    authority: string,
    pins: Pins,
    private readonly enter: readonly string[] = [],
  ) {
    [this.checkout, this.home, this.log] = [join(folder, "slipway"), join(folder, "home"), join(folder, "make.log")];
    mkdirSync(this.home, { recursive: true });
    copyCheckout(this.checkout);
    writeFileSync(join(this.checkout, "pins.json"), `${JSON.stringify(pins, null, 2)}\n`);
    // npm's registry is not among the hosts of the test, so the packages are those of this checkout.
    must("cp", ["--archive", "--link", "node_modules", this.checkout]);
    // A clone of the commit that has these pins: git then shows what Slipway itself changed.
    const identity = ["-c", "user.name=newcomer", "-c", "user.email=newcomer@example.org"];
    for (const args of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["commit", "--quiet", "--message", "start"],
    ])
      must("git", [...identity, ...args], { cwd: this.checkout });
    this.env = {
      HOME: this.home,
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin`,
      NODE_EXTRA_CA_CERTS: authority,
    };
  }

  /** Runs a target of the Makefile while this process serves what it asks for. */
  make(target: string, interruption?: Interruption): Promise<Result & { interrupted: boolean }> {
    const [program = "make", ...args] = [...this.enter, "make", target];
    const child = spawn(program, args, {
      cwd: this.checkout,
      env: { ...this.env, ...this.environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new Promise((resolve, reject) => {
      let [stdout, stderr, interrupted] = ["", "", false];
      const read = (text: string): void => {
        appendFileSync(this.log, text);
        stdout += text;
        if (interruption === undefined || interrupted || !interruption.at.test(stdout)) return;
        interrupted = true;
        setTimeout(() => interruptGroup(child), interruption.after);
      };
      child.stdout.setEncoding("utf8").on("data", read);
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr, interrupted }));
    });
  }

  read(file: string): string {
    return readFileSync(join(this.checkout, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.checkout, file), text);
  }

  /** The files of the clone that differ from its commit. */
  changedFiles(): string[] {
    const lines = must("git", ["status", "--porcelain"], { cwd: this.checkout }).split("\n");
    return lines.filter(Boolean).map((line) => line.slice(3));
  }
}

/** Sends what Ctrl-C in a terminal sends: SIGINT to the whole process group. */
const interruptGroup = ({ pid }: ChildProcess): void => {
  try {
    process.kill(-pid!, "SIGINT");
  } catch {
    // it ended meanwhile
  }
};
