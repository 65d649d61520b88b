import type { Reach } from "../base/containerAddresses";
import { isRecord } from "../base/json";
import { ProblemError, refuse } from "../base/problem";
import { readYaml, toYaml } from "./yaml";

/** The fields of a kubeconfig that Slipway reads. All other fields are kept. */
export interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; [key: string]: unknown }; [key: string]: unknown }[];
  contexts: { name: string; context: { cluster: string; user: string; [key: string]: unknown } }[];
  "current-context": string;
  [key: string]: unknown;
}

/** The host of a program that connects to a workload cluster. */
export interface Host {
  /** How the host reaches the API server. */
  reach: Reach;
  /** Host port that Docker publishes for port 6443 of the cluster's load balancer container. */
  publishedPort?: number | undefined;
}

const remedy =
  "Run make up, which writes the file again. If the error stays, delete the workload cluster's kubeconfig Secret in the management cluster and run make up again";

/**
 * Parses a kubeconfig. Its content never appears in an error, since it contains a private key.
 *
 * @throws ProblemError if the text is not a kubeconfig
 */
export const parseKubeconfig = (text: string): Kubeconfig => {
  const [config, ...more] = documentsOf(text);
  if (more.length === 0 && isKubeconfig(config)) {
    currentCluster(config);
    return config;
  }
  return refuse({
    key: "the kubeconfig",
    rule: "a map with clusters, contexts and a current-context",
    remedy,
  });
};

/** Returns the address of the API server in the current context. */
export const serverOf = (text: string): string => currentCluster(parseKubeconfig(text)).server;

/** Cluster, user and namespace of the current context. */
export interface Access {
  cluster: Record<string, unknown>;
  user: Record<string, unknown>;
  namespace?: string;
}

/**
 * Returns the cluster, the user and the namespace of the current context.
 *
 * @throws ProblemError if the text is not a kubeconfig, or the current context has no cluster or user
 */
export const accessOf = (text: string): Access => {
  const config = parseKubeconfig(text);
  const context = config.contexts.find(({ name }) => name === config["current-context"])?.context;
  const users = Array.isArray(config["users"]) ? config["users"].filter(isRecord) : [];
  const user = users.find(({ name }) => name === context?.user)?.["user"];
  if (!isRecord(user)) {
    return refuse({ key: "the kubeconfig", rule: "the user of its current context", remedy });
  }
  const namespace = context?.["namespace"];
  return { cluster: currentCluster(config), user, ...(typeof namespace === "string" ? { namespace } : {}) };
};

/** Returns the kubeconfig with another server address for the current context's cluster. */
export const withServer = (text: string, url: string): string => {
  const config = parseKubeconfig(text);
  const current = currentCluster(config);
  const clusters = config.clusters.map((entry) =>
    entry.cluster === current ? { ...entry, cluster: { ...current, server: url } } : entry,
  );
  return toYaml({ ...config, clusters });
};

/**
 * Returns the kubeconfig for a host. Cluster API writes the address of the load balancer's container. Linux usually reaches
 * that address over the bridge. Docker Desktop keeps containers in a virtual machine, so there the kubeconfig needs the
 * published port.
 *
 * @throws ProblemError if the port is needed and absent
 */
export const forHost = (text: string, { reach, publishedPort }: Host): string => {
  if (reach === "address") return text;
  if (publishedPort === undefined || !Number.isInteger(publishedPort) || publishedPort < 1 || publishedPort > 65535) {
    return refuse({
      key: `the published port of ${serverOf(text)}`,
      received: publishedPort,
      rule: `a port from 1 to 65535, because the host does not reach containers at their addresses`,
      remedy: "Run `docker port <cluster>-lb 6443`; the container may have stopped",
    });
  }
  return withServer(text, `https://127.0.0.1:${publishedPort}`);
};

/**
 * Decodes a value of a Secret's `data`.
 *
 * @param key - default: `value`, where Cluster API stores a cluster's kubeconfig
 * @throws ProblemError if the value is absent or not base64
 */
export const decodeSecretValue = (data: Readonly<Record<string, string>> | undefined | null, key = "value"): string => {
  const encoded = data && Object.hasOwn(data, key) ? data[key] : undefined;
  if (encoded === undefined || encoded === "") {
    return refuse({
      key: `key ${key} of the secret`,
      received: encoded,
      rule: `a value (the keys of the Secret: ${Object.keys(data ?? {}).join(", ") || "none"})`,
      remedy: "Wait until Cluster API has written the Secret, or read its owner's conditions",
    });
  }
  const decoded = Buffer.from(encoded, "base64");
  if (decoded.toString("base64").replace(/=+$/, "") === encoded.replace(/[\s=]+/g, "")) return decoded.toString("utf8");
  return refuse({ key: `key ${key} of the secret`, rule: "a string in base64", remedy });
};

const documentsOf = (text: string): unknown[] => {
  try {
    return readYaml(text);
  } catch (error) {
    // The parser's message may quote the line, and the line may contain the private key.
    if (error instanceof ProblemError) return [];
    throw error;
  }
};

const currentCluster = (config: Kubeconfig): { server: string; [key: string]: unknown } => {
  const current = config["current-context"];
  const context = config.contexts.find(({ name }) => name === current)?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  if (cluster !== undefined) return cluster;
  return refuse({
    key: "current-context of the kubeconfig",
    received: current,
    rule: "a context that is in the file together with its cluster",
    remedy,
  });
};

const isKubeconfig = (value: unknown): value is Kubeconfig => {
  if (!isRecord(value)) return false;
  const { clusters, contexts } = value;
  return (
    typeof value["current-context"] === "string" &&
    Array.isArray(clusters) &&
    Array.isArray(contexts) &&
    clusters.every(
      (entry) => isRecord(entry) && isRecord(entry["cluster"]) && typeof entry["cluster"]["server"] === "string",
    ) &&
    contexts.every((entry) => isRecord(entry) && isRecord(entry["context"]))
  );
};
