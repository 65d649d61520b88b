import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { devDependencies } from "../../../package.json";
import { check, type DockerInventory, dockerInventory, must, newInDocker, type Step } from "../harness";
import { exampleOf } from "../sdk/examples";
import { type ConsumerEnvironment, environmentOf } from "./consumer";
import { pluginBlock } from "./package";
import { installSdk } from "./typescriptLab";
import { withoutCheckout } from "../withoutCheckout";

/** Makes jest read TypeScript. */
const jestConfig = `module.exports = { transform: { "^.+\\\\.ts$": "@swc/jest" } };\n`;

/**
 * Runs the test of docs/guides/use-as-a-package.md with jest, in a project of its own. The test brings up a Lab by Pulumi's
 * Automation API with an inline program, requests the page, and destroys the Lab.
 */
export const automationSteps = (place: ConsumerEnvironment): Step[] => {
  const { folder, installed } = place;
  const program = join(folder, "program");
  const env = environmentOf(place);
  let before: DockerInventory;
  return [
    {
      name: "jest, Automation API: a project with the SDK is installed",
      run: async () => {
        before = dockerInventory();
        for (const part of ["state", "program"]) mkdirSync(join(folder, part), { recursive: true });
        const files = {
          "package.json": '{ "name": "consumer", "private": true }\n',
          "Pulumi.yaml": `name: consumer\nruntime: nodejs\n${pluginBlock(installed)}`,
          "jest.config.js": jestConfig,
          "lab.test.ts": exampleOf("A test in jest", "use-as-a-package.md"),
        };
        for (const [file, text] of Object.entries(files)) writeFileSync(join(program, file), text);
        const packages = ["jest", "@swc/core", "@swc/jest"] as const;
        await installSdk(program, installed, ...packages.map((name) => `${name}@${devDependencies[name]}`));
      },
    },
    {
      name: "jest, Automation API: the test brings a Lab up, gets an answer, and takes the Lab down",
      run: () => {
        must(...withoutCheckout("npx", ["--no-install", "jest"]), { cwd: program, env });
      },
    },
    {
      name: "jest, Automation API: nothing is left",
      always: true,
      run: () => {
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `nothing left in Docker, got ${left.join(", ")}`);
        const stacks = must("pulumi", ["stack", "ls", "--json"], { cwd: program, env });
        check(stacks.trim() === "[]", `no stack, got ${stacks}`);
      },
    },
  ];
};
