import { defaultStack, stackFile } from "../lib/stackFile";
import type { Route } from "./pins";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Stacks that the checkout has a settings file for. */
export const knownStacks = (checkout: string): string[] =>
  readdirSync(checkout)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();

/** The stack to work on, and why it. Refuses one without settings, since Pulumi would make an empty one. */
export const chooseStack = (
  checkout: string,
  route: Route,
  env: NodeJS.ProcessEnv = process.env,
): { stack: string; reason: string } => {
  const stack = env.STACK || defaultStack[route];
  const reason = env.STACK ? "STACK" : `the default of the ${route} route; STACK=… takes another`;
  if (!existsSync(stackFile(checkout, stack))) {
    const known = knownStacks(checkout).join(", ") || "none";
    throw new Error(
      `STACK is "${stack}", but there is no Pulumi.${stack}.yaml (there are: ${known}): choose one of them, ` +
        `or write Pulumi.${stack}.yaml with the settings of the new stack`,
    );
  }
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

const committed = (file: string): string | undefined => {
  try {
    return execFileSync("git", ["show", `HEAD:./${basename(file)}`], {
      cwd: dirname(file),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return undefined; // not in git
  }
};

/**
 * Runs something that may make Pulumi write the encryption salt into the settings file, and takes it out again: the
 * file is in git, the salt belongs to this checkout's passphrase and is kept with the state.
 */
export const keepingClean = async <T>(file: string, action: () => Promise<T>): Promise<T> => {
  if (!existsSync(file)) return action(); // nothing to keep; Pulumi then knows no such stack, or makes no salt
  const now = readFileSync(file, "utf8");
  // A salt that is not in git was left behind by a run that was killed.
  const before = saltLine.test(now) && !saltLine.test(committed(file) ?? now) ? now.replace(saltLine, "") : now;
  try {
    return await action();
  } finally {
    const after = existsSync(file) ? readFileSync(file, "utf8") : before;
    const clean = withoutSalt(before, after);
    if (clean !== after) writeFileSync(file, clean);
  }
};
