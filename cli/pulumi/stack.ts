import { createHash } from "node:crypto";
import { readFileSync, existsSync, readdirSync } from "node:fs";
import { join, basename, dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { show } from "../../lib/base/problem";
import { decodeText } from "../../lib/base/textFile";
import { readStackConfig } from "../../lib/settings/stackConfig";
import type { Route } from "../../lib/versions/pins";
import { stackFile, stackName } from "../../preflight/stackFile";
import { exec } from "../../system/exec";
import { writeAtomically } from "../../system/files";
import { homeFolder } from "../../system/homeFolder";
import { inspectFile } from "../../system/regularFile";
import { hasState } from "./fileBackend";

/** Returns the file in which Pulumi stores the selected stack of the checkout. */
export const selectionFile = (checkout: string, env: NodeJS.ProcessEnv = process.env): string => {
  const project = createHash("sha1").update(join(checkout, "Pulumi.yaml")).digest("hex");
  return join(env.PULUMI_HOME || join(homeFolder(env), ".pulumi"), "workspaces", `slipway-${project}-workspace.json`);
};

/**
 * Returns true if a file backend has the stack and the stack is selected, so that `pulumi stack select` is not necessary.
 * Returns false for other backends.
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

/** Returns the stacks with a settings file in the checkout. */
export const knownStacks = (checkout: string): string[] =>
  readdirSync(checkout)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();

/**
 * Checks that a stack has a settings file, because Pulumi would create an empty stack.
 *
 * @throws if the settings file is missing or cannot be read
 */
export const requireStackFile = (checkout: string, stack: string): void => {
  const { exists, fault } = inspectFile(stackFile(checkout, stack));
  if (fault !== undefined)
    throw new Error(`Pulumi.${stack}.yaml: expected a file that can be read, got ${fault}. Correct the file.`);
  if (exists) return;
  const known = knownStacks(checkout).join(", ") || "none";
  throw new Error(
    `stack: expected a stack with a settings file (${known}), got ${show(stack)}. ` +
      `Choose one of them, or write Pulumi.${stack}.yaml with the settings of a new stack.`,
  );
};

/**
 * Returns the stack to work on, and the reason of the choice.
 *
 * @throws if the settings file is missing
 */
export const chooseStack = (
  checkout: string,
  route: Route,
  env: NodeJS.ProcessEnv = process.env,
): { stack: string; reason: string } => {
  const stack = stackName(route, env);
  const reason = env.STACK ? "STACK" : `the default of the ${route} route; STACK=… chooses another`;
  requireStackFile(checkout, stack);
  return { stack, reason };
};

const saltLine = /^encryptionsalt:.*(\r?\n|$)/m;

/** Removes the salt that Pulumi added. The text stays if secrets depend on the salt, or if the salt was there before. */
export const withoutSalt = (before: string, after: string): string => {
  if (saltLine.test(before) || !saltLine.test(after) || /^\s*secure:/m.test(after)) return after;
  const stripped = after.replace(saltLine, "");
  // Pulumi writes the stack file in its own layout, quotes numbers, and drops unknown top-level keys. If no setting
  // changed, the user's text returns. Otherwise Pulumi's whole text stays, without the salt.
  return isDeepStrictEqual(settingsIn(stripped), settingsIn(before)) ? before : stripped;
};

/** Returns the settings in a stack file; the text itself if it is not a stack file. */
const settingsIn = (text: string): unknown => {
  try {
    return readStackConfig(text, "the stack file").values;
  } catch {
    return text;
  }
};

/** Returns the file's text in the last commit; undefined if git does not have the file. */
const committed = async (file: string): Promise<string | undefined> => {
  const { code, stdout } = await exec("git", ["show", `HEAD:./${basename(file)}`], { cwd: dirname(file) });
  return code === 0 ? stdout : undefined;
};

/**
 * Runs an action of Pulumi, and then removes the encryption salt that Pulumi writes into the settings file. The file is in
 * git, but the salt belongs to this checkout's passphrase. The state has the salt too.
 */
export const keepSettingsClean = async <T>(file: string, action: () => Promise<T>): Promise<T> => {
  if (!existsSync(file)) return action(); // without a settings file, Pulumi writes no salt
  const bytes = readFileSync(file);
  const now = decodeText(bytes);
  // A salt that is not in git comes from a killed run.
  const isLeftBehind = saltLine.test(now) && !saltLine.test((await committed(file)) ?? now);
  const before = isLeftBehind ? now.replace(saltLine, "") : now;
  try {
    return await action();
  } finally {
    const after = existsSync(file) ? decodeText(readFileSync(file)) : before;
    const clean = withoutSalt(before, after);
    if (clean !== after) writeAtomically(file, clean === now ? bytes : clean); // the bytes keep the encoding
  }
};
