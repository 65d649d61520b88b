import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { knownOfEnvironment, knownOfKubeconfig, knownOfSecrets } from "../../lib/redaction/known";
import { stackFile } from "../../preflight/stackFile";
import type { Exec } from "../../system/exec";
import { kubeconfigFolder } from "../actions/report";
import type { Target } from "../pulumi/run";
import { keepingClean } from "../pulumi/stack";
import { secretsOf } from "./cluster";
import { secretInputs, secretTexts } from "./state";

const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return ""; // not there, and so in nothing
  }
};

/** Kubeconfigs that the stack keeps, and those it was given. */
const kubeconfigs = (checkout: string, stack: string, given: readonly string[]): string[] => {
  const folder = join(checkout, kubeconfigFolder(stack));
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [...files, ...given].map(readText);
};

/**
 * The bytes of secrets that this checkout and its clusters have: by them a secret is found where neither its form nor its
 * name tells it. What does not answer adds none.
 *
 * @param files kubeconfigs of clusters to ask
 */
export const knownSecrets = async (ask: Exec, target: Target, files: readonly string[]): Promise<string[]> => {
  const { checkout, stack, variables } = target;
  const env = { ...process.env, ...variables };
  const config = (): ReturnType<Exec> =>
    ask("pulumi", "config", "--json", "--show-secrets", "--non-interactive", "--stack", stack);
  const state = (): ReturnType<Exec> =>
    ask("pulumi", "stack", "export", "--show-secrets", "--non-interactive", "--stack", stack);
  const both = async () => [await config(), await state()] as const;
  const [secrets, [settings, exported] = []] = await Promise.all([
    Promise.all(files.map((file) => secretsOf(ask, file))),
    existsSync(stackFile(checkout, stack)) ? keepingClean(stackFile(checkout, stack), both) : undefined,
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
