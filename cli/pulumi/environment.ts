import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { show } from "../../lib/base/problem";
import { quoteForShell } from "../../lib/base/shell";
import { decodeText } from "../../lib/base/textFile";
import { createAtomically, filesBelow, writeAtomically } from "../../system/files";
import { homeFolder } from "../../system/homeFolder";
import { readRegularFile } from "../../system/regularFile";
import { temporaryPrefix } from "../../system/temporary";
import { proxyLines } from "../commandLine/proxy";
import { checkBackend, fileBackendOf, isFileBackend } from "./backendUrl";

/** Environment of Pulumi, in addition to the user's own environment. */
export interface PulumiEnvironment {
  /** Variables to set. PATH is complete, and the tools come first. */
  variables: Record<string, string>;
  /** URL of the state's backend. */
  backend: string;
  /** Origin of `backend`, for the user. */
  reason: string;
}

/** The user's environment and home folder. Tests replace both. */
export interface Outside {
  env?: NodeJS.ProcessEnv;
  home?: string;
}

const readJson = (path: string): unknown => {
  const reading = readRegularFile(path);
  if ("fault" in reading) return undefined;
  try {
    return JSON.parse(reading.bytes.toString("utf8"));
  } catch {
    return undefined; // the file is not JSON
  }
};

/** Returns the user's backend, in the order of Pulumi: variable, project file, login. */
const chosenBackend = (
  checkout: string,
  env: NodeJS.ProcessEnv,
  home: string,
): { url: string; reason: string } | undefined => {
  if (env.PULUMI_BACKEND_URL) return { url: env.PULUMI_BACKEND_URL, reason: "PULUMI_BACKEND_URL" };
  const file = join(checkout, "Pulumi.yaml");
  const project = existsSync(file)
    ? (load(decodeText(readFileSync(file))) as { backend?: { url?: string } } | undefined)
    : undefined;
  if (project?.backend?.url) return { url: project.backend.url, reason: "Pulumi.yaml" };
  const folder = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(home, ".pulumi");
  const current = (readJson(join(folder, "credentials.json")) as { current?: string } | undefined)?.current;
  return current ? { url: current, reason: "pulumi login" } : undefined;
};

/** Creates and returns Slipway's state folder (mode 0700), which contains kubeconfigs and the passphrase. */
export const stateFolder = (checkout: string): string => {
  const folder = join(checkout, ".slipway");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // an existing folder may have another mode, for example after a copy
  return folder;
};

/** Returns the URL of the default backend, a folder of the checkout. */
export const localBackend = (checkout: string): string => fileBackendOf(join(checkout, ".slipway"));

/** Returns true if a file of a local backend is a stack's state, compressed or not. */
export const isStateFile = (name: string): boolean => /\.json(\.gz|\.zst)?$/.test(name);

/** Returns the passphrase file of the local backend. The first call creates the file (mode 0600) with a random value. */
const passphraseFile = (checkout: string): string => {
  const folder = stateFolder(checkout);
  const file = join(folder, "passphrase");
  if (existsSync(file)) {
    chmodSync(file, 0o600); // a copy of the checkout may have changed the mode
    return file;
  }
  const stacks = join(folder, ".pulumi", "stacks");
  const used = filesBelow(stacks).some(isStateFile);
  if (used) {
    throw new Error(
      `${file}: expected the passphrase of the state in ${stacks}, got no file. ` +
        "Restore the file or set PULUMI_CONFIG_PASSPHRASE. To give up the state, remove .slipway/.pulumi and run make sweep.",
    );
  }
  // Another run may create the file first; its passphrase is then used.
  createAtomically(file, `${randomBytes(32).toString("base64url")}\n`, { private: true });
  return file;
};

/**
 * Checks the user's passphrase file. Pulumi reads the file several times, so a pipe does not suffice.
 *
 * @throws if Pulumi needs the file and cannot read it
 */
export const requirePassphraseFile = (
  checkout: string,
  { backend }: Pick<PulumiEnvironment, "backend">,
  { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file }: NodeJS.ProcessEnv = process.env,
): void => {
  if (!file || passphrase !== undefined || /^https?:/.test(backend)) return;
  // Pulumi runs in the checkout, so a relative path starts there.
  const reading = readRegularFile(resolve(checkout, file));
  if ("bytes" in reading) return;
  throw new Error(
    `PULUMI_CONFIG_PASSPHRASE_FILE: expected a regular file that can be read, got ${show(file)} (${reading.fault}). ` +
      "Correct the variable, or unset it.",
  );
};

/**
 * Works out the environment for Pulumi; makes the state folder and the passphrase where they are needed.
 *
 * @throws ProblemError if the user chose a backend that Pulumi cannot read
 */
export const pulumiEnvironment = (checkout: string, outside: Outside = {}): PulumiEnvironment => {
  const env = outside.env ?? process.env;
  const chosen = chosenBackend(checkout, env, outside.home ?? homeFolder(env));
  if (chosen) checkBackend(chosen.url, chosen.reason);
  stateFolder(checkout);
  const backend = chosen?.url ?? localBackend(checkout);
  const variables: Record<string, string> = {
    PATH: `${join(checkout, ".tools", "bin")}:${env.PATH ?? ""}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // All plugins are installed with a checksum. Pulumi would download a missing one without it.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // clusterctl asks for a newer version first, and waits a minute if nobody answers.
    CLUSTERCTL_DISABLE_VERSIONCHECK: "true",
    // The stack files in git carry no encryption salt (each checkout has its own): Pulumi takes it from the state.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
  // The engine writes the whole state twice at each step; compression reduces the state to a tenth.
  if (isFileBackend(backend)) variables.PULUMI_DIY_BACKEND_ZSTD = "true";
  // Less frequent garbage collection makes engine and plugins faster. The memory limit suits small machines.
  if (env.GOGC === undefined) Object.assign(variables, { GOGC: "300", GOMEMLIMIT: env.GOMEMLIMIT ?? "1GiB" });
  // Most operations only wait. With Pulumi's default of four for each core, waits would block other operations.
  if (env.PULUMI_PARALLEL === undefined) variables.PULUMI_PARALLEL = "64";
  if (!chosen) variables.PULUMI_BACKEND_URL = backend;
  const hasPassphrase = env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  if (isFileBackend(backend) && !hasPassphrase) variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile(checkout);
  return { variables, backend, reason: chosen?.reason ?? "the default: a folder of this checkout" };
};

/** Returns the text of .slipway/env.sh, which gives plain `pulumi up` the environment of `make up`. */
export const environmentScript = (checkout: string, { variables }: PulumiEnvironment): string => {
  const tools = quoteForShell(join(checkout, ".tools", "bin"));
  const exports = Object.entries(variables).filter(([name]) => name !== "PATH");
  return [
    "# Written by Slipway: `. .slipway/env.sh` adds pulumi, kubectl, clusterctl and kind of this checkout to PATH.",
    `case ":$PATH:" in *:${tools}:*) ;; *) export PATH=${tools}:"$PATH" ;; esac`,
    ...exports.map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
    "# No proxy reaches the clusters.",
    ...proxyLines,
    "# Plugins leave kubeconfigs in the temporary folder, so each pulumi gets its own folder, which is removed at the end.",
    "pulumi() {",
    `  slipway_run=$(mktemp -d "\${TMPDIR:-/tmp}/${temporaryPrefix("$(uname -n)", "$$")}XXXXXX") || return`,
    '  if TMPDIR=$slipway_run command pulumi "$@"; then set -- 0; else set -- $?; fi',
    '  rm -rf "$slipway_run"',
    '  return "$1"',
    "}",
    "",
  ].join("\n");
};

/** Writes .slipway/env.sh and returns its path. */
export const writeEnvironmentScript = (checkout: string, environment: PulumiEnvironment): string => {
  const file = join(stateFolder(checkout), "env.sh");
  writeAtomically(file, environmentScript(checkout, environment), { private: true });
  return file;
};
