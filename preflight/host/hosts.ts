import type { CniName } from "../../lib/addons/cni";
import { runLimited } from "../../lib/base/concurrency";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import type { Settings } from "../../lib/settings/types";
import { askInternet, reasonOf } from "../../system/http";
import { imageAddress, registryUrl } from "../images/registry";
import { manifestSources, settingImages } from "../sources/stackSources";
import { finding, type CheckResult, ok } from "./check";

/** One request to a host that a run needs. */
export interface HostQuestion {
  url: string;
  /** Returns true if an answer with this status means that the host is usable. */
  isFine: (status: number) => boolean;
}

/** Returns a request for a file that the host must serve. */
export const fileQuestion = (url: string): HostQuestion => ({ url, isFine: (status) => status < 300 });

/** Returns a request to a service whose normal status is unknown, so that only statuses from 500 are failures. */
export const serviceQuestion = (url: string): HostQuestion => {
  const { origin, pathname } = new URL(url); // without a user and password, which fetch refuses
  return { url: `${origin}${pathname}`, isFine: (status) => status < 500 };
};

const registryQuestion = (host: string): HostQuestion => ({
  url: registryUrl(host),
  isFine: (status) => status === 200 || status === 401,
});

/** Registries of the images in the published manifests of pod networks. */
const cniRegistries: Readonly<Partial<Record<string, string>>> = {
  calico: "quay.io",
  cilium: "quay.io",
  flannel: "ghcr.io",
  kindnet: "registry-1.docker.io",
} satisfies Partial<Record<CniName, string>>;

const registriesOf = (settings: Settings): string[] => {
  const { imageSource, management, clusters } = settings;
  const named = settingImages(settings).map(({ location }) => imageAddress(location).host);
  if (imageSource === "local") return named;
  const onDocker = clusters.filter(({ backend }) => infrastructureOf(backend).onDocker);
  return [
    ...named,
    // Images of Cluster API and of cert-manager.
    ...(management.kubeconfig === "" && management.installProviders ? ["registry.k8s.io", "quay.io"] : []),
    ...onDocker.flatMap(({ cni }) => cniRegistries[cni] ?? []),
    // Images of MetalLB.
    ...(onDocker.some(({ loadBalancer }) => loadBalancer === "metallb") ? ["quay.io"] : []),
  ];
};

/** Returns the requests to the hosts of a stack's manifests and images. */
export const hostsOfSettings = (settings: Settings): HostQuestion[] => [
  ...manifestSources(settings).map(({ location }) => fileQuestion(location)),
  ...registriesOf(settings).map(registryQuestion),
];

const remedy =
  "allow this host in the firewall, set HTTPS_PROXY, or use a mirror in the settings: docs/guides/closed-networks.md";

const askHost = async ({ url, isFine }: HostQuestion, timeoutMs: number): Promise<CheckResult> => {
  const { host } = new URL(url);
  try {
    const { status } = await askInternet(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) });
    if (isFine(status)) return ok("host", `${host} answers`);
    return finding("warn", "host", `${host} answers HTTP ${status} for ${url}`, remedy);
  } catch (error) {
    return finding("warn", "host", `${host} does not answer: ${reasonOf(error)}`, remedy);
  }
};

/**
 * Sends one request to each host, at most four at the same time, and returns a check for each host. A host without an
 * answer is only a warning, because this machine may already have the host's files and images.
 *
 * @param questions requests; only the first request to a host is sent
 * @param timeoutMs time limit of each request in milliseconds; default: 10 s
 */
export const checkHosts = (questions: readonly HostQuestion[], timeoutMs = 10_000): Promise<CheckResult[]> => {
  const byHost = new Map<string, HostQuestion>();
  for (const question of questions) {
    const { host } = new URL(question.url);
    if (!byHost.has(host)) byHost.set(host, question);
  }
  return runLimited(
    [...byHost.values()].map((question) => () => askHost(question, timeoutMs)),
    4,
  );
};
