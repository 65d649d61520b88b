import { root } from "../../../system/checkout";
import { command } from "../harness";

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
