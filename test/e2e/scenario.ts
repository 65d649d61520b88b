import type { Step } from "./harness";
import type { StackSettings } from "./stackFile";
import type { TestStack } from "./testStack";

/** A scenario on one stack with real clusters. The driver runs up before it, and destroys the stack after it. */
export interface Scenario {
  name: string;
  /** What it shows. */
  title: string;
  /** The checked-in stack file it starts from: `dev` for Pulumi.dev.yaml. */
  base: string;
  /** What differs from that file at the start. */
  start: StackSettings;
  /** What is looked at before the first container exists. */
  first?: (stack: TestStack) => Step[];
  /** What happens once the stack is up. Scenarios that start alike share a stack: one leaves it as it found it, or is the last. */
  steps: (stack: TestStack) => Step[];
}
