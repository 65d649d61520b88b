import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Route } from "../../lib/versions/pins";
import { createAtomically, writeAtomically } from "../../system/files";
import { temporaryPrefix } from "../../system/temporary";

/** What Pulumi is run with, besides the user's own environment. */
export interface PulumiEnvironment {
  /** Variables to set. PATH is whole, with the tools first. */
  variables: Record<string, string>;
  /** Where the state lies, and why there. */
  backend: string;
  reason: string;
}

/** The user's part in it; tests give their own. */
export interface Outside {
  env?: NodeJS.ProcessEnv;
  home?: string;
}

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // not there, or not Pulumi's
  }
};

/** The backend the user chose, in Pulumi's own order: variable, project file, login. */
const chosenBackend = (
  checkout: string,
  env: NodeJS.ProcessEnv,
  home: string,
): { url: string; reason: string } | undefined => {
  if (env.PULUMI_BACKEND_URL) return { url: env.PULUMI_BACKEND_URL, reason: "PULUMI_BACKEND_URL" };
  const file = join(checkout, "Pulumi.yaml");
  const project = existsSync(file)
    ? (load(readFileSync(file, "utf8")) as { backend?: { url?: string } } | undefined)
    : undefined;
  if (project?.backend?.url) return { url: project.backend.url, reason: "Pulumi.yaml" };
  const folder = env.PULUMI_CREDENTIALS_PATH ?? env.PULUMI_HOME ?? join(home, ".pulumi");
  const current = (readJson(join(folder, "credentials.json")) as { current?: string } | undefined)?.current;
  return current ? { url: current, reason: "pulumi login" } : undefined;
};

/** Our own state folder, closed to other users: it holds kubeconfigs and the passphrase. */
export const stateFolder = (checkout: string): string => {
  const folder = join(checkout, ".slipway");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // also where an older one, or one from an archive, was open
  return folder;
};

/** The backend unless the user chose another: files below the checkout. */
export const localBackend = (checkout: string): string => `file://${join(checkout, ".slipway")}`;

/** Whether a file of a local backend is a stack's state, packed or not. */
export const isStateFile = (name: string): boolean => /\.json(\.gz|\.zst)?$/.test(name);

/** The passphrase file of the local backend; made once, at random, readable by its owner only. */
const passphraseFile = (checkout: string): string => {
  const folder = stateFolder(checkout);
  const file = join(folder, "passphrase");
  if (existsSync(file)) {
    chmodSync(file, 0o600); // a copy of the checkout may have opened it
    return file;
  }
  const stacks = join(folder, ".pulumi", "stacks");
  const used = existsSync(stacks) && readdirSync(stacks, { recursive: true }).some((name) => isStateFile(String(name)));
  if (used) {
    throw new Error(
      `${file} is gone, but the state in ${stacks} was encrypted with it: put it back, set PULUMI_CONFIG_PASSPHRASE, ` +
        "or give the state up: remove .slipway/.pulumi, and make sweep takes away what still runs in Docker",
    );
  }
  // Another run may be quicker; then its passphrase is the one.
  createAtomically(file, `${randomBytes(32).toString("base64url")}\n`, { private: true });
  return file;
};

/** Works out the environment for Pulumi; makes the state folder and the passphrase where they are needed. */
export const pulumiEnvironment = (checkout: string, route: Route, outside: Outside = {}): PulumiEnvironment => {
  const env = outside.env ?? process.env;
  const chosen = chosenBackend(checkout, env, outside.home ?? homedir());
  stateFolder(checkout);
  const backend = chosen?.url ?? localBackend(checkout);
  const variables: Record<string, string> = {
    PATH: `${join(checkout, ".tools", "bin")}:${env.PATH ?? ""}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // clusterctl looks for a newer version first, for a minute where nobody answers.
    CLUSTERCTL_DISABLE_VERSIONCHECK: "true",
    // The stack files in git carry no encryption salt (each checkout has its own): Pulumi takes it from the state.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
  // The engine writes the whole state at each step: packed, that is a tenth of the bytes to sum up and write, twice.
  if (backend.startsWith("file://")) variables.PULUMI_DIY_BACKEND_ZSTD = "true";
  // Engine and plugins collect garbage less often, up to a limit that small machines have.
  if (env.GOGC === undefined) Object.assign(variables, { GOGC: "300", GOMEMLIMIT: env.GOMEMLIMIT ?? "1GiB" });
  // Most of what runs at a time only waits; with Pulumi's four for each core, waits keep work from its place.
  if (env.PULUMI_PARALLEL === undefined) variables.PULUMI_PARALLEL = "64";
  if (!chosen) variables.PULUMI_BACKEND_URL = backend;
  // Where nothing can be downloaded, a plugin that is missing shall say so at once.
  if (route === "source") variables.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  const hasPassphrase = env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  if (backend.startsWith("file://") && !hasPassphrase)
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile(checkout);
  return { variables, backend, reason: chosen?.reason ?? "the default: a folder of this checkout" };
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The text of .slipway/env.sh, with which a plain `pulumi up` does what `make up` does. */
export const environmentScript = (checkout: string, { variables }: PulumiEnvironment): string => {
  const tools = quote(join(checkout, ".tools", "bin"));
  const others = Object.entries(variables).filter(([name]) => name !== "PATH");
  return [
    "# Written by Slipway: `. .slipway/env.sh` and then pulumi, kubectl, clusterctl and kind of this checkout.",
    `case ":$PATH:" in *:${tools}:*) ;; *) export PATH=${tools}:"$PATH" ;; esac`,
    ...others.map(([name, value]) => `export ${name}=${quote(value)}`),
    "# Plugins leave kubeconfigs in the temporary folder: each pulumi gets one of its own, which goes with it.",
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
