import { createHash } from "node:crypto";
import { readFileSync, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, basename, dirname } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { defaultStack, stackFile } from "../../preflight/stackFile";
import { exec } from "../../system/exec";
import { writeAtomically } from "../../system/files";
import { hasState } from "./fileBackend";

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

/** Stacks that the checkout has a settings file for. */
export const knownStacks = (checkout: string): string[] =>
  readdirSync(checkout)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();

/**
 * Checks that a stack has settings, since Pulumi would create an empty stack.
 *
 * @throws if there is no settings file
 */
export const requireStackFile = (checkout: string, stack: string): void => {
  if (existsSync(stackFile(checkout, stack))) return;
  const known = knownStacks(checkout).join(", ") || "none";
  throw new Error(
    `STACK is "${stack}", but there is no Pulumi.${stack}.yaml (there are: ${known}): choose one of them, ` +
      `or write Pulumi.${stack}.yaml with the settings of the new stack`,
  );
};

/** The stack to work on, and why it. Refuses one without settings, since Pulumi would make an empty one. */
export const chooseStack = (
  checkout: string,
  route: Route,
  env: NodeJS.ProcessEnv = process.env,
): { stack: string; reason: string } => {
  const stack = env.STACK || defaultStack[route];
  const reason = env.STACK ? "STACK" : `the default of the ${route} route; STACK=… takes another`;
  requireStackFile(checkout, stack);
  return { stack, reason };
};

const saltLine = /^encryptionsalt:.*(\r?\n|$)/m;

/** The text without the salt that Pulumi adds; whole where secrets depend on the salt, or where nothing was added. */
export const withoutSalt = (before: string, after: string): string => {
  if (saltLine.test(before) || !saltLine.test(after) || /^\s*secure:/m.test(after)) return after;
  const stripped = after.replace(saltLine, "");
  const squeeze = (text: string): string => text.replace(/\s+/g, " ").trim();
  // Pulumi may lay the file out anew when it saves it: where only that changed, the old layout comes back.
  return squeeze(stripped) === squeeze(before) ? before : stripped;
};

/** The file's text in the last commit; undefined where git does not have the file. */
const committed = async (file: string): Promise<string | undefined> => {
  const { code, stdout } = await exec("git", ["show", `HEAD:./${basename(file)}`], { cwd: dirname(file) });
  return code === 0 ? stdout : undefined;
};

/**
 * Runs something that may make Pulumi write the encryption salt into the settings file, and takes it out again: the
 * file is in git, the salt belongs to this checkout's passphrase and is kept with the state.
 */
export const keepSettingsClean = async <T>(file: string, action: () => Promise<T>): Promise<T> => {
  if (!existsSync(file)) return action(); // nothing to keep; Pulumi then knows no such stack, or makes no salt
  const now = readFileSync(file, "utf8");
  // A salt that is not in git was left behind by a run that was killed.
  const isLeftBehind = saltLine.test(now) && !saltLine.test((await committed(file)) ?? now);
  const before = isLeftBehind ? now.replace(saltLine, "") : now;
  try {
    return await action();
  } finally {
    const after = existsSync(file) ? readFileSync(file, "utf8") : before;
    const clean = withoutSalt(before, after);
    if (clean !== after) writeAtomically(file, clean);
  }
};
