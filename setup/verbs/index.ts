import { root } from "../checkout";
import { print } from "../target";
import { ensureTools } from "../tools";
import { destroy, recover, sweep } from "./destroy";
import { doctor, env, plan, preview, route, status, support } from "./look";
import { refresh, up } from "./up";
import type { Verb } from "./verb";

const tools: Verb = async () => {
  await ensureTools({ checkout: root, print, again: true });
  return 0;
};

/** Nothing by itself: scripts/slipway has seen to the Node packages before it comes here. */
const packages: Verb = () => Promise.resolve(0);

/** Everything that setup/main.ts understands. */
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
