import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { version } from "../../../package.json";
import { check, command, must, type Step } from "../harness";
import { type ConsumerEnvironment, environmentOf } from "./consumer";
import { type Installed, pluginBlock } from "./package";
import { withoutCheckout } from "../withoutCheckout";
import { yamlLab } from "./yamlLab";

const other = "9.9.9";

/** Copies a package beside itself, with another version in its plugin kind. */
const copyWithOtherKind = ({ folder }: Installed): string => {
  const target = join(dirname(folder), "other");
  cpSync(folder, target, { recursive: true, filter: (file) => basename(file) !== ".tools" });
  for (const file of ["package.json", "bundles/provider/kind/main.cjs"]) {
    const text = readFileSync(join(target, file), "utf8");
    check(text.includes(`"${version}"`), `the version ${version} in ${file}`);
    writeFileSync(join(target, file), text.replaceAll(`"${version}"`, `"${other}"`));
  }
  return target;
};

/** Previews a Lab whose plugin kind is of another version than its plugin slipway. */
export const wrongPairSteps = (place: ConsumerEnvironment): Step[] => [
  {
    name: "another version of the plugin kind: a preview refuses it in one sentence",
    run: async () => {
      const { folder, installed } = place;
      const program = join(folder, "program");
      for (const part of ["state", "program"]) mkdirSync(join(folder, part), { recursive: true });
      const env = environmentOf(place, await yamlLab.path?.(program));
      const kind = join("provider", "kind");
      const text = yamlLab.files(installed, false)["Pulumi.yaml"] ?? "";
      check(text.includes(pluginBlock(installed)), "the plugins in Pulumi.yaml");
      const changed = text.replace(join(installed.folder, kind), join(copyWithOtherKind(installed), kind));
      writeFileSync(join(program, "Pulumi.yaml"), changed);
      must("pulumi", ["stack", "init", "consumer", "--non-interactive"], { cwd: program, env });
      const preview = withoutCheckout("pulumi", ["preview", "--non-interactive", "--color", "never"]);
      const { code, stdout, stderr } = command(...preview, { cwd: program, env });
      const shown = `${stdout}${stderr}`;
      const sentence = `plugin kind: expected version ${version}, as the plugin slipway has, got ${other}. Name the folder`;
      check(code !== 0 && shown.includes(sentence), `a refusal with both versions, got\n${shown}`);
      check(/\+ 1 to create/.test(shown), `no resource besides the stack, got\n${shown}`);
    },
  },
];
