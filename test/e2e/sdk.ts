// Packs the plugin kind, generates its SDKs and checks the examples of docs/guides/kind-provider.md with them: `make e2e-sdk`, or
// `ARGS="typescript go python reference yaml node"` for the named parts. The parts yaml and node create a cluster on this machine's
// Docker. The others need the registries of their languages only.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { root } from "../../system/checkout";
import { check, command, type Counts, must, report, runSteps, type Step } from "./harness";
import { generateSdks } from "./sdk/generator";
import { goSteps, pythonSteps, typescriptSteps } from "./sdk/languages";
import { nodeSteps } from "./sdk/node";
import { referenceSteps } from "./sdk/reference";
import { yamlSteps } from "./sdk/yaml";

/** A part of the test: its steps, which get a folder of their own and the folder of all SDKs and of the packed plugin. */
const parts: Readonly<Record<string, (folder: string, sdks: string, plugin: string) => Step[]>> = {
  typescript: typescriptSteps,
  go: goSteps,
  python: pythonSteps,
  reference: referenceSteps,
  yaml: yamlSteps,
  node: nodeSteps,
};

const run = async (names: readonly string[]): Promise<Counts> => {
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0)
    throw new Error(`ARGS: expected ${Object.keys(parts).join(" ")}, got ${unknown.join(" ")}. Correct it.`);
  const place = mkdtempSync(join(tmpdir(), "slipway-sdk-"));
  const plugin = join(place, "plugins", "kind");
  const sdks = join(place, "sdks");
  const env = {
    PATH: `${join(root, ".tools", "bin")}:${process.env["PATH"]}`,
    PULUMI_HOME: join(place, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const pulumi = (cwd: string, ...args: string[]): string => must("pulumi", args, { cwd, env });
  const common: Step[] = [
    {
      name: "npm run pack writes the plugin into a folder of its own",
      run: () => void must("npm", ["run", "--silent", "pack", "--", place], { cwd: root }),
    },
    {
      name: "the SDKs are generated from the schema that the packed plugin answers",
      run: async () => {
        await generateSdks(pulumi(join(place, "plugins"), "package", "get-schema", "./kind"), sdks);
      },
    },
    {
      name: "pulumi installs the packed plugin, and refuses another version of it",
      run: () => {
        pulumi(place, "plugin", "install", "resource", "kind", version, "--file", plugin);
        check(
          pulumi(place, "package", "get-schema", `kind@${version}`).includes("KindCluster"),
          "the installed plugin",
        );
        const { code, stderr } = command("pulumi", ["package", "get-schema", "kind@9.9.9"], { cwd: place, env });
        check(code !== 0 && stderr.includes("9.9.9"), `a refusal that names 9.9.9, got\n${stderr}`);
      },
    },
  ];
  const steps = names.flatMap((name) => {
    mkdirSync(join(place, name));
    return parts[name]!(join(place, name), sdks, plugin);
  });
  const counts = await runSteps([...common, ...steps], () => undefined);
  // A failed destroy leaves the state, without which nothing can be deleted.
  if (counts.failed === 0) rmSync(place, { recursive: true, force: true });
  else console.log(`kept: ${place}`);
  return counts;
};

const named = process.argv.slice(2);
void report(() => run(named.length > 0 ? named : Object.keys(parts)));
