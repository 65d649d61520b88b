import type { FailureWatch } from "../../lib/diagnosis/failure/failureWatch";
import { resourceText } from "../../lib/diagnosis/failure/resourcePart";
import type { Print } from "../toolchain/build/progress";

/** Times for the end of a failed run. */
export interface StopTimeouts {
  /** Milliseconds for running operations after the first failure. */
  afterFailure: number;
  /** Milliseconds between two checks. */
  interval: number;
}

/** Most operations end within 40 s; a wait would take up to half an hour. */
export const usualTimeouts: StopTimeouts = { afterFailure: 40_000, interval: 1000 };

/**
 * Number of consecutive checks that find no running step towards machines of another cluster. One check is not enough,
 * because between two such steps none runs for a moment.
 */
const requiredChecks = 3;

/**
 * Interrupts a run of Pulumi some time after its first failure, as Ctrl-C does. Clusters continue with objects that they
 * already have.
 *
 * @param continues if true, Pulumi starts more operations after a failure, which may request other clusters' machines
 * @returns a function that ends the watch
 */
export const stopAfterFailure = (
  watch: FailureWatch,
  continues: boolean,
  interrupt: () => void,
  print: Print,
  { afterFailure, interval }: StopTimeouts = usualTimeouts,
): (() => void) => {
  let since: number | undefined;
  let idle = 0;
  let hasPrinted = false;
  const timer = setInterval(() => {
    const { first } = watch;
    if (first === undefined) return;
    since ??= Date.now();
    idle = continues && watch.leadsToMachines ? 0 : idle + 1;
    if (Date.now() - since < afterFailure) return;
    const name = resourceText(first.urn);
    if (idle < requiredChecks) {
      if (!hasPrinted) print(`\n${name} failed. up continues until the machines of the other clusters are requested`);
      hasPrinted = true;
      return;
    }
    clearInterval(timer);
    print(`\n${name} failed. up ends the remaining waits; make up continues from here`);
    interrupt();
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
};
