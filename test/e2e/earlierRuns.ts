import { ownerLabel } from "../../lib/base/labels";
import { parentOf, type Process, processesWith } from "../../system/processes";
import { check, dockerInventory, must } from "./harness";
import type { StackSettings } from "./stackFile";
import { currentRoute, ThrowAwayStack } from "./throwAwayStack";

/** What a test stack is made of, by its name; undefined for one that starts as the file of `dev` is. */
export type Origin = (stack: string) => { base: string; start: StackSettings } | undefined;

/** Names of test stacks in rows of networks' owner labels, each once. */
export const testStacksIn = (owners: readonly string[]): string[] => [
  ...new Set(owners.flatMap((owner) => /^slipway\/(e2e(?:-.+)?)$/.exec(owner)?.[1] ?? [])),
];

/** Those of the processes that run a suite on real clusters; this one and those that started it are no others. */
export const otherSuites = (processes: readonly Process[], ownPids: readonly number[]): Process[] =>
  processes.filter(
    ({ pid, command }) => !ownPids.includes(pid) && /\btest\/e2e\/(run|full|faults)\.ts\b/.test(command),
  );

const ancestors = (pid: number): number[] => (pid > 0 ? [pid, ...ancestors(parentOf(pid))] : []);

/**
 * Removes the remains of a killed suite in Docker, in whichever checkout it ran: a machine keeps its containers when
 * a session or a CI job ends. By the labels of test stacks only, and not beside a suite that is going on; then claims that
 * no network `kind` is left.
 */
export const clearEarlierRuns = (origin: Origin = () => undefined): void => {
  const rows = must("docker", ["network", "ls", "--format", `{{.Label "${ownerLabel}"}}`]);
  const stacks = testStacksIn(rows.split("\n"));
  if (stacks.length > 0) {
    const suites = otherSuites(
      processesWith(() => true),
      ancestors(process.pid),
    );
    check(suites.length === 0, `no other suite to be going on, got process ${suites.map(({ pid }) => pid).join(", ")}`);
  }
  for (const name of stacks) {
    const stack = new ThrowAwayStack(name, currentRoute());
    try {
      const { base, start } = origin(name) ?? { base: "dev", start: {} };
      stack.write(base, start);
      console.log(
        `an earlier run left something of stack ${name}; sweeping it\n${stack.slipway("sweep", "--yes").stdout}`,
      );
    } finally {
      stack.remove();
    }
  }
  const { networks } = dockerInventory();
  check(!networks.includes("kind"), `no network kind, got ${networks.join(", ")}`);
};
