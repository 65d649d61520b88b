import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { print } from "../pulumi/target";
import { ensureTools } from "../toolchain";

export const tools: Action = async () => {
  await ensureTools({ checkout: root, print, again: true });
  return 0;
};
