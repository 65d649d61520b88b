import { check } from "./harness";
import type { StackSettings } from "./stackFile";
import type { TestStack } from "./testStack";

/** Claims that plan and up both refuse settings, say what they have to, and touch nothing of the named clusters. */
export const refuses = (
  stack: TestStack,
  { base, settings, says, clusters }: { base: string; settings: StackSettings; says: RegExp[]; clusters: string[] },
): void => {
  const before = stack.inventory(clusters);
  stack.write(base, settings);
  for (const verb of ["plan", "up"]) {
    const { code, stdout, stderr } = stack.slipway(verb);
    const text = stdout + stderr;
    // Of the plan's codes only 1 is an error; Pulumi has several of its own.
    check(verb === "plan" ? code === 1 : code !== 0, `${verb} to fail, got exit code ${code}\n${text}`);
    for (const pattern of says) check(pattern.test(text), `${pattern.source} in what ${verb} says, got\n${text}`);
  }
  stack.expectDifference(before, clusters, {});
};

/** A version so many minor versions above another one. */
export const minorsAbove = (version: string, minors: number): string => {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number) as [number, number];
  return `v${major}.${minor + minors}.0`;
};

/** What is said of a version two minor versions above; another rule where Cluster API does not support it either. */
export const skipRefused =
  /kubernetesVersion: expected (at most one minor version above|a version from 1\.).*, got "v1\.\d+\.0"/;

/** What is said of a version below the one that runs. */
export const downgradeRefused = /kubernetesVersion: expected v1\.\d+\.\d+ or later, .*, got "v1\.\d+\.\d+"/;
