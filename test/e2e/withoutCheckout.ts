import { cpSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../system/checkout";
import { command } from "./harness";

const script = 'mount -t tmpfs tmpfs "$1" && shift && exec "$@"';

const hide = ["--mount", "sh", "-c", script, "sh", root];

/** Returns true if this user may hide a folder from a process. */
export const canHide = (): boolean => command("unshare", [...hide, "true"]).code === 0;

/**
 * Returns a command line that runs a program without the checkout: the program and all its children see an empty folder in its
 * place. Other processes see the checkout. Only root may hide a folder, so another user's program sees the checkout.
 */
export const withoutCheckout = (program: string, args: readonly string[]): [program: string, args: string[]] =>
  canHide() ? ["unshare", [...hide, program, ...args]] : [program, [...args]];

/** Links tools of `make tools` into a folder, or copies tools that are part of the checkout. */
export const linkTools = (folder: string, ...names: string[]): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const tool = realpathSync(join(root, ".tools", "bin", name));
    if (tool.startsWith(`${root}/`)) cpSync(tool, join(folder, name));
    else symlinkSync(tool, join(folder, name));
  }
};
