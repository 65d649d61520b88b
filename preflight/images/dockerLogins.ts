import { join } from "node:path";
import { refuse } from "../../lib/base/problem";
import { fileLogin, helperLogin, loginKey, type RegistryLogin, storedLogin } from "../../lib/kubernetes/dockerConfig";
import { exec } from "../../system/exec";
import { homeFolder } from "../../system/homeFolder";
import { inspectFile, readRegularFile } from "../../system/regularFile";

/** The login of a registry; undefined without a login. The text is what makes a login unusable for nodes. */
export type DockerLogin = RegistryLogin | { readonly unusable: string } | undefined;

/** Returns the login of a registry by its host. */
export type LoginReader = (host: string) => Promise<DockerLogin>;

/** Returns the path of Docker's config.json of this user. */
export const dockerConfigFile = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.DOCKER_CONFIG || join(homeFolder(env), ".docker"), "config.json");

const readConfig = (file: string): unknown => {
  if (!inspectFile(file).exists) return {};
  const reading = readRegularFile(file);
  const subject = { key: file, remedy: "Correct the file, or set imagePullCredentials to none" };
  if ("fault" in reading) return refuse({ ...subject, rule: "a file that can be read", got: reading.fault });
  try {
    return JSON.parse(reading.bytes.toString("utf8")) as unknown;
  } catch {
    // The message of JSON.parse repeats a part of the text, which may be secret.
    return refuse({ ...subject, rule: "JSON", got: "another text" });
  }
};

/** Seconds after which a helper counts as failed. */
const helperSeconds = 20;

/**
 * Asks a helper of Docker for a login. The host is on standard input, and the answer is never shown.
 *
 * @returns undefined if the helper has no login for the host
 */
const askHelper = async (helper: string, host: string): Promise<DockerLogin | "identity token"> => {
  const name = `docker-credential-${helper}`;
  if (!/^[\w.-]+$/.test(helper)) return { unusable: "a credential helper whose name is not a program's name" };
  const { code, stdout, failure } = await exec(name, ["get"], { input: `${loginKey(host)}\n`, timeout: helperSeconds });
  if (code === 0) {
    try {
      return helperLogin(JSON.parse(stdout));
    } catch {
      return { unusable: `an answer of ${name} that is not JSON` };
    }
  }
  if (/credentials not found/i.test(stdout)) return undefined;
  if (failure?.isTimeout) return { unusable: `no answer of ${name} within ${helperSeconds} s` };
  return { unusable: code < 0 ? `no program ${name}` : `an error of ${name} (exit code ${code})` };
};

/**
 * Opens the logins that `docker login` stored for this user. Helpers are asked at most once for each host.
 *
 * @throws ProblemError if the file cannot be read
 */
export const openDockerLogins = (file = dockerConfigFile(), query = askHelper): LoginReader => {
  const config = readConfig(file);
  const read = async (host: string): Promise<DockerLogin> => {
    const stored = storedLogin(config, host);
    const login =
      typeof stored === "object" && "helper" in stored
        ? ((await query(stored.helper, host)) ?? fileLogin(config, host))
        : stored;
    return login === "identity token" ? { unusable: "an identity token, which kubelet cannot use" } : login;
  };
  const known = new Map<string, Promise<DockerLogin>>();
  return (host) => {
    const login = known.get(host) ?? read(host);
    known.set(host, login);
    return login;
  };
};
