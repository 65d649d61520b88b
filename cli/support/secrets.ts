import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { knownOfEnvironment, knownOfKubeconfig, knownOfSecrets } from "../../lib/redaction/known";
import { stackFile } from "../../preflight/stackFile";
import type { Exec } from "../../system/exec";
import { kubeconfigFolder } from "../actions/report";
import type { Target } from "../pulumi/run";
import { keepSettingsClean } from "../pulumi/stack";
import { secretsOf } from "./cluster";
import { secretInputs, secretTexts } from "./state";

const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return ""; // a missing file has no secret
  }
};

/** Returns the stack's kubeconfigs and those at the given paths. */
const kubeconfigs = (checkout: string, stack: string, paths: readonly string[]): string[] => {
  const folder = join(checkout, kubeconfigFolder(stack));
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [...files, ...paths].map(readText);
};

/**
 * Returns the values of secrets in this checkout and its clusters, so that they can be redacted wherever they occur.
 * A source that does not answer adds none.
 *
 * @param files kubeconfigs of the clusters to read
 */
export const knownSecrets = async (exec: Exec, target: Target, files: readonly string[]): Promise<string[]> => {
  const { checkout, stack, variables } = target;
  const env = { ...process.env, ...variables };
  const config = (): ReturnType<Exec> =>
    exec("pulumi", "config", "--json", "--show-secrets", "--non-interactive", "--stack", stack);
  const state = (): ReturnType<Exec> =>
    exec("pulumi", "stack", "export", "--show-secrets", "--non-interactive", "--stack", stack);
  const both = async () => [await config(), await state()] as const;
  const [secrets, [settings, exported] = []] = await Promise.all([
    Promise.all(files.map((file) => secretsOf(exec, file))),
    existsSync(stackFile(checkout, stack)) ? keepSettingsClean(stackFile(checkout, stack), both) : undefined,
  ]);
  return [
    ...knownOfEnvironment(env),
    ...(env.PULUMI_CONFIG_PASSPHRASE_FILE ? [readText(env.PULUMI_CONFIG_PASSPHRASE_FILE)] : []),
    ...kubeconfigs(checkout, stack, files).flatMap(knownOfKubeconfig),
    ...secrets.flatMap(knownOfSecrets),
    ...(settings && !settings.failed ? secretTexts(settings.text) : []),
    ...(exported && !exported.failed ? secretInputs(exported.text) : []),
  ];
};
