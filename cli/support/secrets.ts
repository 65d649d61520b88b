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
 * Returns the secrets of this checkout that need no program: those of the environment, the passphrase, and the keys of
 * kubeconfigs.
 *
 * @param files additional kubeconfigs
 */
export const localSecrets = ({ checkout, stack, variables }: Target, files: readonly string[] = []): string[] => {
  const env = { ...process.env, ...variables };
  return [
    ...knownOfEnvironment(env),
    ...(env.PULUMI_CONFIG_PASSPHRASE_FILE ? [readText(env.PULUMI_CONFIG_PASSPHRASE_FILE)] : []),
    ...kubeconfigs(checkout, stack, files).flatMap(knownOfKubeconfig),
  ];
};

/** Reads the stack's settings with plain-text secrets. */
const readConfig = (exec: Exec, stack: string): ReturnType<Exec> =>
  exec("pulumi", "config", "--json", "--show-secrets", "--non-interactive", "--stack", stack);

/** Returns the secret settings of a stack. A stack file without encrypted values needs no program. */
export const secretSettings = async (exec: Exec, { checkout, stack }: Target): Promise<string[]> => {
  const file = stackFile(checkout, stack);
  if (!/\bsecure:/.test(readText(file))) return [];
  const { text, failed } = await keepSettingsClean(file, () => readConfig(exec, stack));
  return failed ? [] : secretTexts(text);
};

/**
 * Returns the values of secrets in this checkout and its clusters, so that they can be redacted wherever they occur.
 * A source that does not answer adds none.
 *
 * @param files kubeconfigs of the clusters to read
 */
export const knownSecrets = async (exec: Exec, target: Target, files: readonly string[]): Promise<string[]> => {
  const { checkout, stack } = target;
  const state = (): ReturnType<Exec> =>
    exec("pulumi", "stack", "export", "--show-secrets", "--non-interactive", "--stack", stack);
  const both = async () => [await readConfig(exec, stack), await state()] as const;
  const [secrets, [settings, exported] = []] = await Promise.all([
    Promise.all(files.map((file) => secretsOf(exec, file))),
    existsSync(stackFile(checkout, stack)) ? keepSettingsClean(stackFile(checkout, stack), both) : undefined,
  ]);
  return [
    ...localSecrets(target, files),
    ...secrets.flatMap(knownOfSecrets),
    ...(settings && !settings.failed ? secretTexts(settings.text) : []),
    ...(exported && !exported.failed ? secretInputs(exported.text) : []),
  ];
};
