import { runLimited } from "../../lib/base/concurrency";
import { messageOf } from "../../lib/base/errors";
import { asText, valueAt } from "../../lib/base/json";
import { printable } from "../../lib/base/problem";
import { quoteForShell } from "../../lib/base/shell";
import { loginCommand, loginKey } from "../../lib/kubernetes/dockerConfig";
import type { Settings } from "../../lib/settings/types";
import { askDockerApi } from "../../system/dockerApi";
import { type LoginReader, openDockerLogins } from "../images/dockerLogins";
import { imageAddress } from "../images/registry";
import { settingImages } from "../sources/stackSources";
import { type CheckResult, finding, ok } from "./check";

const name = "docker registry";

/** Host of Docker Hub's registry, for which dockerd ignores /etc/docker/certs.d. */
const hub = "registry-1.docker.io";

/** Returns commands that make dockerd trust a registry. */
const trustCommands = (host: string, bundle: string): string =>
  host === hub
    ? `run on Docker's machine: sudo cp ${bundle} /usr/local/share/ca-certificates/registry.crt && ` +
      "sudo update-ca-certificates && sudo systemctl restart docker"
    : `run on Docker's machine: sudo mkdir -p /etc/docker/certs.d/${host} && ` +
      `sudo cp ${bundle} /etc/docker/certs.d/${host}/ca.crt`;

/** Quotes a path for a shell if it needs quotes. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : quoteForShell(path));

const authorizationFor = async (host: string, readLogin: LoginReader): Promise<Record<string, string>> => {
  const login = await readLogin(host);
  if (login === undefined || "unusable" in login) return {};
  const value = JSON.stringify({ ...login, serveraddress: loginKey(host) });
  return { "x-registry-auth": Buffer.from(value).toString("base64url") };
};

/** Returns the message in an answer of Docker's API. */
const messageIn = (text: string): string => {
  try {
    return printable(asText(valueAt(JSON.parse(text), "message")).trim());
  } catch {
    return "";
  }
};

const judge = (host: string, status: number, message: string, { caBundle, imagePullCredentials }: Settings) => {
  if (status === 200) return ok(name, `Docker reads images of ${host}`);
  if (/x509|certificate/i.test(message))
    return finding(
      "warn",
      name,
      `Docker does not trust ${host}: ${message}`,
      trustCommands(host, quoted(caBundle ?? "AUTHORITIES.pem")),
    );
  // Docker's own pulls send the login of the user, which this question has only with the setting.
  const isDenied = [401, 403].includes(status) || /unauthorized|denied|authentication required/i.test(message);
  if (isDenied && imagePullCredentials === undefined) return ok(name, `Docker trusts ${host}, which demands a login`);
  const remedy = isDenied
    ? `run ${loginCommand(host)}`
    : "correct Docker's proxy and name server, which are not those of this shell: docs/guides/private-registries.md";
  return finding("warn", name, `Docker cannot read images of ${host}: ${message || `HTTP ${status}`}`, remedy);
};

/**
 * Asks Docker for one image's manifest of each registry that the settings name. Docker trusts the authorities of its own
 * machine, which Slipway does not change.
 */
export const checkDockerRegistries = (
  settings: Settings,
  query = askDockerApi,
  readLogin = settings.imagePullCredentials ? openDockerLogins() : () => Promise.resolve(undefined),
): Promise<CheckResult[]> => {
  const images = settingImages(settings).map(({ location }) => [imageAddress(location).host, location] as const);
  return runLimited(
    [...new Map(images.reverse())].map(([host, image]) => async () => {
      try {
        const headers = await authorizationFor(host, readLogin);
        const { status, text } = await query(`/distribution/${image}/json`, headers);
        return judge(host, status, messageIn(text), settings);
      } catch (error) {
        return finding("warn", name, `Docker cannot read images of ${host}: ${messageOf(error)}`, "start Docker");
      }
    }),
    4,
  );
};
