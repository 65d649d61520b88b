// Runs that are interrupted, and what the next one makes of it: `make e2e-faults`, with names of journeys or points
// `ARGS="kill-all"`, `ARGS=--short` for CI's few, `ARGS="random --seed=7 --count=8"` for others at random seconds.
// Before the last line, "N passed, N failed", comes the table of test/bench/RESULTS.md.
import { messageOf } from "../../lib/base/errors";
import { makeJourney } from "./faults/journey";
import { fullJourneys, randomJourney, shortJourneys } from "./faults/journeys";
import { type Journey, type Outcome, pick } from "./faults/point";
import { tableOf } from "./faults/table";
import { type Counts, must, report } from "./harness";
import { TestStack } from "./testStack";
import { currentRoute } from "./throwAwayStack";

/** How many points CI's form is to come to: a run that was over before its point interrupted nothing. */
const leastTried = 6;

/** The number behind an option; undefined where it is not given. */
const numberOf = (args: readonly string[], option: string): number | undefined => {
  const text = args.find((arg) => arg.startsWith(`${option}=`))?.slice(option.length + 1);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option}: expected an integer, got "${text}"`);
  return Number(text);
};

const choose = (args: readonly string[]): Journey[] => {
  const unknown = args.filter((arg) => /^--(?!short$|seed=|count=)/.test(arg));
  if (unknown.length > 0) throw new Error(`no option ${unknown.join(", ")}; there are --short, --seed=N, --count=N`);
  if (args.includes("--short")) return [...shortJourneys];
  const words = args.filter((arg) => !arg.startsWith("--") && arg !== "random");
  const seed = numberOf(args, "--seed") ?? Math.floor(Date.now() / 1000) % 100_000;
  const atRandom = randomJourney(seed, numberOf(args, "--count") ?? 8);
  if (args.includes("random")) return [...(words.length > 0 ? pick(fullJourneys, words) : []), atRandom];
  return words.length > 0 ? pick(fullJourneys, words) : [...fullJourneys, atRandom];
};

const main = async (): Promise<Counts> => {
  const journeys = choose(process.argv.slice(2));
  must("scripts/slipway", ["tools"], { show: true });
  const route = currentRoute();
  const outcomes: Outcome[] = [];
  const counts: Counts = { passed: 0, failed: 0 };
  for (const journey of journeys) {
    console.log(`== ${journey.name}`);
    const began = Date.now();
    const stack = new TestStack("e2e-faults", route);
    try {
      stack.write("dev", journey.settings);
      const journeyReport = await makeJourney(stack, journey);
      outcomes.push(...journeyReport.outcomes);
      counts.passed += journeyReport.counts.passed;
      counts.failed += journeyReport.counts.failed;
    } catch (error) {
      counts.failed += 1;
      console.log(`FAILED   ${journey.name}\n${messageOf(error)}`);
    } finally {
      stack.remove();
      console.log(`   ${((Date.now() - began) / 60_000).toFixed(1)} min`);
    }
  }
  console.log(`\n${tableOf(outcomes)}`);
  if (process.argv.includes("--short") && outcomes.length < leastTried) {
    counts.failed += 1;
    console.log(`FAILED   at least ${leastTried} points to be come to, got ${outcomes.length}`);
  }
  return counts;
};

void report(main);
