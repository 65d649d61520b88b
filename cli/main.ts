// The front door: `node scripts/run.cjs cli/main.ts VERB [arguments]`, called by scripts/slipway and the Makefile.
import { messageOf } from "../lib/base/errors";
import { openTemporary } from "../system/temporary";
import { verbs } from "./commands";

const usage = (): string =>
  `usage: scripts/slipway ${Object.keys(verbs).join("|")} [arguments for pulumi]; STACK and SLIPWAY_ROUTE choose stack and route`;

const main = async (): Promise<number> => {
  const [name, ...args] = process.argv.slice(2);
  const verb = name === undefined || !Object.hasOwn(verbs, name) ? undefined : verbs[name];
  if (verb) {
    const { folder, close } = openTemporary();
    process.on("exit", close);
    process.env.TMPDIR = folder; // of every program that this one starts
    return verb(args);
  }
  process.stderr.write(name === undefined ? `${usage()}\n` : `unknown verb "${name}"\n${usage()}\n`);
  return 2;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // What users can mend is said in the message; the stack is for those who mend Slipway.
    const trace = process.env.SLIPWAY_TRACE && error instanceof Error ? error.stack : undefined;
    process.stderr.write(`slipway: ${trace ?? messageOf(error)}\n`);
    process.exit(1);
  },
);
