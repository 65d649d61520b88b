import type { CommandDefinition } from "../commandLine/definition";
import { completion } from "./completion";
import { destroy } from "./destroy";
import { doctor } from "./doctor";
import { env } from "./env";
import { kubeconfig } from "./kubeconfig";
import { kubectl } from "./kubectl";
import { outputs } from "./outputs";
import { packages } from "./packages";
import { plan } from "./plan";
import { preview } from "./preview";
import { recover } from "./recover";
import { refresh } from "./refresh";
import { report } from "./report";
import { route } from "./route";
import { settings } from "./settings";
import { sources } from "./sources";
import { start } from "./start";
import { status } from "./status";
import { stop } from "./stop";
import { support } from "./support";
import { sweep } from "./sweep";
import { tools } from "./tools";
import { up } from "./up";

/**
 * All commands, in the order of `slipway --help`.
 *
 * To add a command:
 *
 * - Write the definition in `cli/commands/NAME.ts` and add the definition to this list.
 * - Write the code as an `Action` in `cli/actions/`. The definition loads the code with `import("../actions/NAME.ts")`,
 *   so that help does not load the code.
 * - Run `npm run schema` for docs/reference/cli.md, and add the command to the Makefile.
 *
 * Checks, help and completion are generated from the definition.
 */
export const commands: readonly CommandDefinition[] = [
  up,
  preview,
  plan,
  refresh,
  destroy,
  stop,
  start,
  status,
  outputs,
  kubeconfig,
  kubectl,
  doctor,
  settings,
  sources,
  report,
  support,
  recover,
  sweep,
  tools,
  env,
  route,
  completion,
  packages,
];
