import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { start } from "../../system/exec";
import { callerFolder } from "./callerFolder";

/** Signals that a terminal sends to all of its programs, including kubectl. */
const terminalSignals: NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

const signals: NodeJS.Signals[] = [...terminalSignals, "SIGTERM", "SIGHUP"];

/**
 * Runs kubectl with the user's standard streams and folder, and forwards signals to kubectl.
 *
 * @param kubeconfig absolute path
 * @returns kubectl's exit code, or 128 plus the number of the signal that ended kubectl
 */
export const runKubectl = (checkout: string, kubeconfig: string, args: readonly string[]): Promise<number> => {
  const bin = join(checkout, ".tools", "bin");
  const program = join(bin, "kubectl");
  if (!existsSync(program)) throw new Error("kubectl: expected in .tools/bin, got nothing. Run make tools.");
  // The path is passed as a variable, because kubectl finds no plugin after an option.
  const env = { KUBECONFIG: kubeconfig, PATH: `${bin}:${process.env.PATH ?? ""}` };
  return new Promise((resolve, reject) => {
    const child = start(program, args, { cwd: callerFolder(), env, stdio: "inherit" });
    const forward = (signal: NodeJS.Signals): void => {
      if (terminalSignals.includes(signal) && process.stdin.isTTY) return; // the terminal has sent it to kubectl
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const done = (): void => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.on("error", (error) => {
      done();
      reject(new Error(`kubectl: expected a program that runs, got ${error.message}. Run make tools.`));
    });
    child.on("close", (code, signal) => {
      done();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
};
