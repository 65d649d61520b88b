import { join } from "node:path";
import { buildReport } from "../../lib/report/build";
import { root } from "../../system/checkout";
import { createExec, start } from "../../system/exec";
import type { Action } from "../commandLine/definition";
import { requireState } from "../pulumi/existing";
import { openTarget, print } from "../pulumi/target";
import { exportState, knownOutputsIn } from "../pulumi/state";
import { gatherStack } from "../report/gather";
import { identityOf, withoutSecrets } from "../report/runReport";
import { writeReport } from "../report/files";
import { pickRoute } from "../toolchain";

/** Seconds for each program that reads a part of the report. */
const timeout = 15;

/** Returns the program that opens a file, and undefined where no display exists. */
const opener = (env: NodeJS.ProcessEnv, platform = process.platform): string | undefined => {
  if (platform === "darwin") return "open";
  return env.DISPLAY || env.WAYLAND_DISPLAY ? "xdg-open" : undefined;
};

/** Opens a file in the user's browser. Returns false without a display, or without a program that opens files. */
const openFile = (path: string): Promise<boolean> => {
  const program = opener(process.env);
  if (program === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = start(program, [path], { stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
};

/** Writes a report of the stack as it is now, and prints the report's path. */
export const report: Action = async ({ options: { open } }) => {
  const target = openTarget(await pickRoute({ checkout: root, print }));
  requireState(target);
  const startedAt = Date.now();
  const exec = createExec(target.checkout, target.variables, timeout);
  const state = await exportState(target, { showSecrets: true });
  const outputs = state && knownOutputsIn(state);
  const facts = await gatherStack(exec, target, outputs);
  const document = buildReport(
    {
      ...{ command: "report", stack: target.stack, ...identityOf(target, []), startedAt, endedAt: startedAt },
      ...{ succeeded: true, interrupted: false, isWhole: false, warnings: [], events: [], failure: [], diagnosis: [] },
      state: state?.deployment.resources ?? [],
    },
    facts,
  );
  const path = writeReport(target.checkout, await withoutSecrets(exec, target, state, document));
  print(`report: ${path}`);
  if (open === true && !(await openFile(join(target.checkout, path))))
    print("this machine has no display: open the file in a browser");
  return 0;
};
