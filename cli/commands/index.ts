import { root } from "../../system/checkout";
import { print } from "../pulumi/target";
import { ensureTools } from "../toolchain";
import type { Verb } from "./command";
import { destroy, recover, sweep } from "./destroy";
import { doctor, env, plan, preview, route, status, support } from "./look";
import { refresh, up } from "./up";

const tools: Verb = async () => {
  await ensureTools({ checkout: root, print, again: true });
  return 0;
};

/** Nothing by itself: scripts/slipway has seen to the Node packages before it comes here. */
const packages: Verb = () => Promise.resolve(0);

/** Everything that cli/main.ts understands. */
export const verbs: Record<string, Verb> = {
  tools,
  up,
  preview,
  plan,
  destroy,
  refresh,
  recover,
  sweep,
  doctor,
  status,
  support,
  env,
  route,
  packages,
};
