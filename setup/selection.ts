import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { hasState } from "./stateFiles";

/** The file in which Pulumi keeps which of the checkout's stacks is selected. */
export const selectionFile = (checkout: string, env: NodeJS.ProcessEnv = process.env): string => {
  const project = createHash("sha1").update(join(checkout, "Pulumi.yaml")).digest("hex");
  return join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "workspaces", `slipway-${project}-workspace.json`);
};

/**
 * Whether the stack is there and selected, so that Pulumi need not be started to see to it; false also where that cannot
 * be told without Pulumi, as with a backend that is not a folder.
 */
export const isSelected = (
  checkout: string,
  backend: string,
  stack: string,
  env: NodeJS.ProcessEnv = process.env,
): boolean => {
  if (!hasState(backend, stack)) return false;
  try {
    const settings = JSON.parse(readFileSync(selectionFile(checkout, env), "utf8")) as { stack?: string };
    return settings.stack === `organization/slipway/${stack}`;
  } catch {
    return false; // nothing was selected yet
  }
};
