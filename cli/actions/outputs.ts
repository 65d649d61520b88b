import { toYamlInOrder } from "../../lib/kubernetes/yaml";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { readExistingOutputs } from "../pulumi/existing";
import type { Target } from "../pulumi/run";
import { openTarget, print, printAside } from "../pulumi/target";
import { pickRoute } from "../toolchain";

/** Text that Pulumi prints in place of a secret. */
const secret = "[secret]";

/** Options of `outputs`. */
export interface OutputsOptions {
  showSecrets?: boolean;
  json?: boolean;
}

/**
 * Returns the outputs of a stack as a JSON document, or as YAML for people.
 *
 * @throws MissingStack if the stack does not exist
 */
export const outputsText = async (target: Target, { showSecrets = false, json }: OutputsOptions): Promise<string> => {
  const outputs = await readExistingOutputs(target, { showSecrets });
  if (json) return JSON.stringify({ stack: target.stack, outputs }, null, 2);
  if (Object.keys(outputs).length === 0) return `stack ${target.stack} has no outputs: make up creates them`;
  const shown = Object.entries(outputs).map(([name, value]) => [
    name,
    value === secret ? "(secret; --show-secrets prints it)" : value,
  ]);
  return toYamlInOrder(Object.fromEntries(shown) as object).trimEnd();
};

/** Prints the outputs of the stack. */
export const outputs: Action = async ({ options }) => {
  const target = openTarget(await pickRoute({ checkout: root, print: printAside }), () => undefined);
  print(await outputsText(target, { showSecrets: options.showSecrets === true, json: options.json === true }));
  return 0;
};
