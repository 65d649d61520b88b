import type { FailureWatch } from "../../lib/diagnosis/failure/failureWatch";
import { resourceText } from "../../lib/diagnosis/failure/resourcePart";
import type { Print } from "../toolchain/build/progress";

/** When a run that has failed is ended. */
export interface Patience {
  /** Milliseconds for what is under way after the first failure. */
  afterFailure: number;
  /** Milliseconds between two looks. */
  look: number;
}

/** Most work is done within this time; a wait would go on for up to half an hour. */
export const usualTimeouts: Patience = { afterFailure: 40_000, look: 1000 };

/** Looks that have to agree: between two steps nothing is under way for a moment. */
const agreeing = 3;

/**
 * Ends a run of Pulumi some time after its first failure, as Ctrl-C would. What was sent to a cluster goes on there.
 *
 * @param goesOn whether Pulumi starts more after a failure, so that other clusters' machines may still be asked for
 * @returns what ends the watch
 */
export const stopAfterFailure = (
  watch: FailureWatch,
  goesOn: boolean,
  interrupt: () => void,
  print: Print,
  { afterFailure, look }: Patience = usualTimeouts,
): (() => void) => {
  let since: number | undefined;
  let idle = 0;
  let isTold = false;
  const timer = setInterval(() => {
    const { first } = watch;
    if (first === undefined) return;
    since ??= Date.now();
    idle = goesOn && watch.leadsToMachines ? 0 : idle + 1;
    if (Date.now() - since < afterFailure) return;
    const name = resourceText(first.urn);
    if (idle < agreeing) {
      if (!isTold) print(`\n${name} failed. up goes on until the machines of the other clusters are asked for`);
      isTold = true;
      return;
    }
    clearInterval(timer);
    print(`\n${name} failed. up ends what still waits; make up goes on from here`);
    interrupt();
  }, look);
  timer.unref();
  return () => clearInterval(timer);
};
