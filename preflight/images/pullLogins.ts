import { runLimited } from "../../lib/base/concurrency";
import type { Problem } from "../../lib/base/problem";
import { kubeletConfig, loginCommand, type RegistryLogin } from "../../lib/kubernetes/dockerConfig";
import type { Settings } from "../../lib/settings/types";
import type { StackManifests } from "../manifests/stack";
import { manifestImages, settingImages } from "../sources/stackSources";
import { type LoginReader, openDockerLogins } from "./dockerLogins";
import { askRegistry, imageAddress, type RegistryAnswer } from "./registry";

/** Logins for a stack's nodes, with the problems of single registries. */
export interface PullLogins {
  /** kubelet's config.json; absent if no registry of the stack has a login. */
  readonly text?: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

type AskImage = (image: string, login: RegistryLogin | undefined) => Promise<RegistryAnswer>;

const setting = "imagePullCredentials";

/** Registries that get questions at the same time. */
const registryLimit = 4;

/** Returns the images that nodes of a stack pull, by the host of their registry. */
export const imagesByHost = (settings: Settings, manifests: StackManifests): Map<string, string[]> => {
  const images = [...settingImages(settings), ...manifestImages(settings, manifests)].map(({ location }) => location);
  const hosts = new Map<string, string[]>();
  for (const image of new Set(images)) {
    const { host } = imageAddress(image);
    hosts.set(host, [...(hosts.get(host) ?? []), image]);
  }
  return hosts;
};

/** Returns the problem of a registry that refuses an image. */
const refusal = (host: string, image: string, login: RegistryLogin | undefined): Problem => ({
  key: setting,
  rule: `a login for ${host}, which demands one for ${image}`,
  got: login === undefined ? "none in Docker's config.json" : `a login of user ${login.username} that ${host} refuses`,
  remedy: `Run ${loginCommand(host)}, or correct the image`,
});

interface Checked {
  readonly login?: readonly [host: string, login: RegistryLogin];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Reads the login of one registry, and asks the registry for each image until one is refused. */
const checkRegistry = async (
  host: string,
  images: readonly string[],
  readLogin: LoginReader,
  query: AskImage,
): Promise<Checked> => {
  const stored = await readLogin(host);
  if (stored !== undefined && "unusable" in stored) {
    const remedy = `Run ${loginCommand(host)} with a user name and a password or access token, or remove the login`;
    const rule = `a user name and a password for ${host}`;
    return { problems: [{ key: setting, rule, got: stored.unusable, remedy }], warnings: [] };
  }
  const login = stored === undefined ? {} : { login: [host, stored] as const };
  for (const image of images) {
    const answer = await query(image, stored);
    if (typeof answer === "string") continue;
    if (answer.isRefused) return { ...login, problems: [refusal(host, image, stored)], warnings: [] };
    const warning = `${setting}: expected a registry that answers, got no check of its login (${answer.unknown}).`;
    return { ...login, problems: [], warnings: [warning] };
  }
  return { ...login, problems: [], warnings: [] };
};

/**
 * Reads the logins of the registries that a stack's nodes pull from, and asks each registry whether the login is enough.
 *
 * @throws ProblemError if Docker's config.json cannot be read
 */
export const readPullLogins = async (
  settings: Settings,
  manifests: StackManifests,
  readLogin: LoginReader = openDockerLogins(),
  query: AskImage = (image, login) => askRegistry(image, { login }),
): Promise<PullLogins> => {
  const checked = await runLimited(
    [...imagesByHost(settings, manifests)].map(
      ([host, images]) =>
        () =>
          checkRegistry(host, images, readLogin, query),
    ),
    registryLimit,
  );
  const logins = new Map(checked.flatMap(({ login }) => (login === undefined ? [] : [login])));
  return {
    ...(logins.size === 0 ? {} : { text: kubeletConfig(logins) }),
    problems: checked.flatMap(({ problems }) => problems),
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
};

/** Asks a registry for an image with the login that Docker has for it. */
export const askWithDockerLogin = async (image: string, readLogin: LoginReader): Promise<RegistryAnswer> => {
  const login = await readLogin(imageAddress(image).host);
  return askRegistry(image, login === undefined || "unusable" in login ? {} : { login });
};
