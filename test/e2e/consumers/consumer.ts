import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../../../system/checkout";
import { check, command, type DockerInventory, dockerInventory, must, newInDocker, type Step } from "../harness";
import type { Installed } from "./package";
import { canHide, withoutCheckout } from "../withoutCheckout";

/** A program outside of the checkout that uses the package. */
export interface Consumer {
  readonly name: string;
  /** Returns folders in front of PATH, such as the folder of the language host. @default - none */
  readonly path?: (program: string) => Promise<readonly string[]>;
  /** Returns the program's files by name. The changed program differs in one input. */
  readonly files: (installed: Installed, isChanged: boolean) => Readonly<Record<string, string>>;
  /** Texts of the program with a wrong text for each, and the paths of the inputs that have the wrong texts. */
  readonly wrong: { readonly texts: Readonly<Record<string, string>>; readonly paths: readonly string[] };
  /** Installs what the program needs into its folder. @default - the program needs nothing */
  readonly install?: (program: string, installed: Installed) => Promise<void>;
  /** Compiles the program. @default - Pulumi runs the files as they are */
  readonly compile?: (program: string) => void;
  /** Checks the outputs of the running program. */
  readonly verify: (outputs: Readonly<Record<string, unknown>>, isChanged: boolean) => void;
}

/** Where a consumer runs. */
export interface ConsumerEnvironment {
  readonly folder: string;
  readonly installed: Installed;
}

/**
 * Returns the environment variables of a consumer's Pulumi, which has a home and a state of its own. No variable names the
 * checkout.
 *
 * @param path - folders in front of PATH
 */
export const environmentOf = (
  { folder, installed }: ConsumerEnvironment,
  path: readonly string[] = [],
): Record<string, string> => {
  const ofCheckout = Object.keys(process.env).filter((name) => process.env[name]?.includes(root));
  const rest = (process.env["PATH"] ?? "").split(delimiter).filter((one) => !one.startsWith(root));
  return {
    ...Object.fromEntries(ofCheckout.map((name) => [name, ""])),
    PATH: [...path, installed.tools, ...rest].join(delimiter),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "only for this test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_PARALLEL: "64",
  };
};

/** Returns the steps of a consumer's life: up, answers, refresh, no change, one changed input, destroy. */
export const lifeOf = (consumer: Consumer, place: ConsumerEnvironment): Step[] => {
  const { name, files, wrong, install, compile, verify } = consumer;
  const { folder, installed } = place;
  const program = join(folder, "program");
  let env = environmentOf(place);
  const pulumi = (...args: string[]): string =>
    must(...withoutCheckout("pulumi", [...args, "--non-interactive"]), { cwd: program, env });
  const write = (isChanged: boolean, replaced: Readonly<Record<string, string>> = {}): void => {
    for (const [file, text] of Object.entries(files(installed, isChanged))) {
      const edited = Object.entries(replaced).reduce((all, [from, to]) => all.replace(from, to), text);
      writeFileSync(join(program, file), edited);
    }
  };
  const run = (verb: string, ...args: string[]): string => pulumi(verb, "--yes", "--skip-preview", ...args);
  const outputs = (): Readonly<Record<string, unknown>> =>
    JSON.parse(pulumi("stack", "output", "--json", "--show-secrets")) as Record<string, unknown>;
  let before: DockerInventory;
  return [
    {
      name: `${name}: a preview plans every resource`,
      run: async () => {
        before = dockerInventory();
        for (const part of ["state", "program"]) mkdirSync(join(folder, part), { recursive: true });
        write(false);
        await install?.(program, installed);
        compile?.(program);
        env = environmentOf(place, await consumer.path?.(program));
        const seen = must(...withoutCheckout("ls", ["-A", root]));
        check(!canHide() || seen === "", `an empty folder in place of the checkout, got\n${seen}`);
        pulumi("stack", "init", "consumer");
        check(/\+ \d\d+ to create/.test(pulumi("preview")), "a preview with dozens of resources");
        check(newInDocker(before, dockerInventory()).length === 0, "a preview that creates nothing");
      },
    },
    {
      name: `${name}: a preview refuses all wrong inputs at once, by their paths`,
      run: () => {
        write(false, wrong.texts);
        compile?.(program);
        const preview = withoutCheckout("pulumi", ["preview", "--non-interactive", "--color", "never"]);
        const { code, stdout, stderr } = command(...preview, { cwd: program, env });
        const missing = wrong.paths.filter((path) => !`${stdout}${stderr}`.includes(`property ${path} with value`));
        check(code !== 0 && missing.length === 0, `${missing.join(" and ")} in the refusal, got\n${stdout}${stderr}`);
        write(false);
        compile?.(program);
      },
    },
    { name: `${name}: up`, run: () => void run("up") },
    { name: `${name}: the outputs are those of a running program`, run: () => verify(outputs(), false) },
    {
      name: `${name}: the state has no folder of this machine`,
      run: () => {
        const state = pulumi("stack", "export");
        const paths = [folder, installed.folder, root].filter((path) => state.includes(path));
        check(paths.length === 0, `a state without ${paths.join(", ")}`);
        check(state.includes('"steps/wait-for-api"'), "steps/wait-for-api in the state");
      },
    },
    {
      name: `${name}: refresh finds no change`,
      run: () => {
        // Pulumi reads the Secret and does not manage it. The first refresh adds inputs to its record in the state.
        const changed = [...run("refresh", "--diff").matchAll(/^ *~ (\S+): \(\w+\)$/gm)].map(([, type]) => type);
        const unexpected = changed.filter((type) => type !== "kubernetes:core/v1:Secret");
        check(unexpected.length === 0 && changed.length < 2, `no change, got ${changed.join(", ")}`);
        run("refresh", "--expect-no-changes");
      },
    },
    { name: `${name}: another up changes nothing`, run: () => void run("up", "--expect-no-changes") },
    {
      name: `${name}: one changed input`,
      run: () => {
        write(true);
        compile?.(program);
        run("up");
        verify(outputs(), true);
      },
    },
    {
      name: `${name}: destroy deletes everything`,
      always: true,
      run: () => {
        run("destroy");
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `nothing left in Docker, got ${left.join(", ")}`);
      },
    },
  ];
};
