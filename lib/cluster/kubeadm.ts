import { isRecord, stableJson } from "../base/json";
import { SecretValue } from "../kubernetes/secrets/secretValue";
import type { IpFamily } from "../network/address";
import type { ClusterSpec, KubeadmSettings } from "./spec";

/** kubeadm settings for address families; all empty for an IPv4-only cluster. */
export interface KubeadmFamilies {
  /** Additional addresses in the API server's certificate. */
  certSANs: string[];
  /** Fields of the control plane's kubeadmConfigSpec. */
  controlPlane: object;
  /** kubelet arguments of a worker. */
  kubeletExtraArgs: { name: string; value: string }[];
  /** Commands that a worker runs before kubeadm. */
  preKubeadmCommands: string[];
}

/** With "any IPv6 address", kubeadm and kubelet choose the node's own IPv6 address. */
const anyIPv6 = "::";

/** Returns the kubeadm settings for a cluster's address families. */
export const kubeadmFamilies = ({ podCidr: { families } }: Pick<ClusterSpec, "podCidr">): KubeadmFamilies => {
  if (!families.includes("ipv6")) {
    return { certSANs: [], controlPlane: {}, kubeletExtraArgs: [], preKubeadmCommands: [] };
  }
  const dual = families.length === 2;
  const kubeletExtraArgs = dual ? [] : [{ name: "node-ip", value: anyIPv6 }];
  const preKubeadmCommands = dual ? [bothAddresses(families)] : [];
  const registration = dual ? {} : { nodeRegistration: { kubeletExtraArgs } };
  // By default kubeadm advertises an IPv4 address, which the API server rejects with IPv6 services.
  const localAPIEndpoint = { advertiseAddress: anyIPv6, bindPort: 6443 };
  const endpoints =
    families[0] === "ipv6" ? { init: { localAPIEndpoint }, join: { controlPlane: { localAPIEndpoint } } } : {};
  const configurations = {
    initConfiguration: { ...endpoints.init, ...registration },
    joinConfiguration: { ...endpoints.join, ...registration },
  };
  return {
    certSANs: [anyIPv6, "::1"],
    controlPlane: {
      // The API server rejects an empty configuration.
      ...(families[0] === "ipv6" ? configurations : {}),
      ...(dual ? { preKubeadmCommands } : {}),
    },
    kubeletExtraArgs,
    preKubeadmCommands,
  };
};

/**
 * Returns a command that sets both node addresses. Without a cloud provider, kubelet registers one address by itself,
 * and a second address only by an argument.
 */
const bothAddresses = (families: readonly IpFamily[]): string => {
  const address = (family: IpFamily): string =>
    `$(ip -${family === "ipv4" ? 4 : 6} -o address show dev eth0 scope global | awk '{sub("/.*", "", $4); print $4; exit}')`;
  const addresses = families.map(address).join(",");
  return `sed -i "s|^KUBELET_EXTRA_ARGS=.*|& --node-ip=${addresses}|" /etc/default/kubelet`;
};

/**
 * Returns Slipway's own settings of kubeadm with additions: the node files, then the user's. Lists are joined without
 * repetitions, Slipway's items first. The rules of the settings refuse all other fields that both set.
 */
export const withKubeadm = <T extends object>(base: T, ...additions: readonly (KubeadmSettings | undefined)[]): T =>
  additions.reduce<T>((joined, other) => (other === undefined ? joined : (merge(joined, other) as T)), base);

const merge = (base: unknown, user: unknown): unknown => {
  if (Array.isArray(base) && Array.isArray(user)) {
    const [first, more]: [readonly unknown[], readonly unknown[]] = [base, user];
    const known = new Set(first.map(stableJson));
    return [...first, ...more.filter((item) => !known.has(stableJson(item)))];
  }
  if (!isRecord(base) || !isRecord(user)) return user;
  const entries = Object.entries(user).map(
    ([key, value]) => [key, Object.hasOwn(base, key) ? merge(base[key], value) : value] as const,
  );
  return { ...base, ...Object.fromEntries(entries) };
};

/** A reference to a value of templateSecrets in a text. */
export const secretVariable = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/**
 * Returns a cluster whose settings of kubeadm have values of templateSecrets in place of `${NAME}`, marked as secrets.
 * Other variables stay, because commands and files have variables of their own.
 */
export const withTemplateSecrets = (spec: ClusterSpec, secrets: Readonly<Record<string, string>>): ClusterSpec => ({
  ...spec,
  ...(spec.kubeadm ? { kubeadm: fillSecrets(spec.kubeadm, secrets) as KubeadmSettings } : {}),
  workerPools: spec.workerPools.map((pool) =>
    pool.kubeadm ? { ...pool, kubeadm: fillSecrets(pool.kubeadm, secrets) as KubeadmSettings } : pool,
  ),
});

const fillSecrets = (value: unknown, secrets: Readonly<Record<string, string>>): unknown => {
  if (typeof value === "string") {
    const filled = value.replace(secretVariable, (match, name: string) =>
      Object.hasOwn(secrets, name) ? (secrets[name] ?? "") : match,
    );
    return filled === value ? value : new SecretValue(filled);
  }
  if (Array.isArray(value)) return value.map((item) => fillSecrets(item, secrets));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillSecrets(inner, secrets)]));
};
