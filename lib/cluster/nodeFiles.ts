import type { KubernetesObject } from "../kubernetes/object";
import type { ProxyVariables } from "../network/proxy";

/** A file that Slipway writes into nodes, and what makes a node read it. */
export interface NodeFile {
  readonly path: string;
  readonly text: string;
  /** @default 0600 - only root reads the file */
  readonly mode?: "0644";
  /** The program that reads the file: containerd, the node's list of authorities with containerd, or kubelet. */
  readonly reader: "containerd" | "authorities" | "kubelet";
  /** Environment of a node's container that means the same as the file: such a node needs no file. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What nodes need from this machine to pull images. */
export interface NodeAccess {
  readonly proxy?: ProxyVariables;
  /** PEM text of authorities that nodes trust, besides those of their images. */
  readonly caBundle?: string;
  /** Logins of registries, in the format of Docker's config.json. Secret. */
  readonly pullLogins?: string;
}

/** Path of containerd's settings in nodes. systemd reads them at the start of containerd. */
const proxyFile = "/etc/systemd/system/containerd.service.d/slipway-proxy.conf";

/** Quotes a value for systemd, which expands `%` and backslashes. */
const quoteForSystemd = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;

const proxyText = (variables: ProxyVariables): string =>
  [
    "[Service]",
    ...Object.entries(variables).map(([name, value]) => `Environment=${quoteForSystemd(`${name}=${value}`)}`),
  ]
    .map((line) => `${line}\n`)
    .join("");

/**
 * Returns the variables for a node's container. kind's entrypoint copies them into systemd's settings as they are, and systemd
 * reads `%%` as `%`. A password in a URL often has a `%`.
 */
export const containerVariables = (variables: ProxyVariables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]: [string, string]) => [name, value.replaceAll("%", "%%")]),
  );

/** Path of the authorities that `update-ca-certificates` of Debian adds to those of the node's image. */
export const authoritiesFile = "/usr/local/share/ca-certificates/slipway.crt";

/** Path of the logins in kubelet's folder. */
export const loginsFile = "/var/lib/kubelet/config.json";

/** Returns the files that nodes need. */
export const nodeFiles = ({ proxy, caBundle, pullLogins }: NodeAccess): NodeFile[] => [
  ...(proxy === undefined
    ? []
    : [
        {
          path: proxyFile,
          reader: "containerd",
          text: proxyText(proxy),
          environment: containerVariables(proxy),
        } as const,
      ]),
  ...(caBundle === undefined
    ? []
    : [{ path: authoritiesFile, reader: "authorities", mode: "0644", text: caBundle } as const]),
  ...(pullLogins === undefined ? [] : [{ path: loginsFile, reader: "kubelet", text: pullLogins } as const]),
];

/** A cluster whose new nodes get files from Cluster API. */
interface JoiningCluster {
  readonly name: string;
  readonly namespace: string;
  readonly nodeAccess?: NodeAccess;
}

/** Keys of the files in the Secret that Cluster API reads; none for the proxy, which Cluster API's Docker provider gives to nodes. */
const secretKeys: Partial<Record<NodeFile["reader"], string>> = {
  authorities: "authorities.crt",
  kubelet: "config.json",
};

/** Returns the files that new nodes get from the Secret, by their keys. */
const joiningFiles = (access: NodeAccess = {}): { key: string; file: NodeFile }[] =>
  nodeFiles(access).flatMap((file) => {
    const key = secretKeys[file.reader];
    return key === undefined ? [] : [{ key, file }];
  });

const secretName = (cluster: string): string => `${cluster}-node-files`;

/**
 * Returns the Secret with the files of a cluster's new nodes; undefined if they need no file. Cluster API gives them the proxy.
 * A changed Secret replaces no node.
 */
export const nodeFilesSecret = ({ name, namespace, nodeAccess }: JoiningCluster): KubernetesObject | undefined => {
  const files = joiningFiles(nodeAccess);
  if (files.length === 0) return undefined;
  const data = files.map(({ key, file }) => [key, Buffer.from(file.text).toString("base64")] as const);
  const labels = { "cluster.x-k8s.io/cluster-name": name };
  const metadata = { name: secretName(name), namespace, labels };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: Object.fromEntries(data) };
};

/** Returns the part of kubeadm's settings that gives new nodes their files before containerd pulls an image. */
export const kubeadmNodeFiles = ({
  name,
  nodeAccess,
}: Omit<JoiningCluster, "namespace">): Readonly<Record<string, unknown>> => {
  const joining = joiningFiles(nodeAccess);
  const files = joining.map(({ key, file: { path, mode = "0600" } }) => ({
    path,
    permissions: mode,
    contentFrom: { secret: { name: secretName(name), key } },
  }));
  const hasAuthorities = joining.some(({ file }) => file.reader === "authorities");
  return {
    ...(files.length === 0 ? {} : { files }),
    ...(hasAuthorities ? { preKubeadmCommands: ["update-ca-certificates && systemctl restart containerd"] } : {}),
  };
};
