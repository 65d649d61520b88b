import { statSync } from "node:fs";
import { join } from "node:path";
import { accessOf } from "../../lib/kubernetes/kubeconfig";
import { type ClientAccess, type ClientApi, openClientApi, type WritableApi } from "../../system/clientApi";
import { openApi } from "../../system/kubernetesApi";
import { readRegularFile } from "../../system/regularFile";
import type { Target } from "../pulumi/run";

const decoded = (value: unknown): Buffer | undefined =>
  typeof value === "string" && value !== "" ? Buffer.from(value, "base64") : undefined;

/** Returns address and certificates of a kubeconfig; undefined if only kubectl can use the kubeconfig. */
const clientAccess = (text: string): ClientAccess | undefined => {
  const { cluster, user } = accessOf(text);
  const ca = decoded(cluster["certificate-authority-data"]);
  const cert = decoded(user["client-certificate-data"]);
  const key = decoded(user["client-key-data"]);
  const { server, "proxy-url": proxy, "tls-server-name": serverName } = cluster;
  if (typeof server !== "string" || proxy !== undefined || !ca || !cert || !key) return undefined;
  return { server, ca, cert, key, ...(typeof serverName === "string" ? { serverName } : {}) };
};

/** Returns a value that changes when a step writes the kubeconfig again; undefined without the file. */
export const versionOf = (checkout: string, file: string): string | undefined => {
  const status = statSync(join(checkout, file), { throwIfNoEntry: false });
  return status && `${status.ino} ${status.mtimeMs}`;
};

const readAccess = (checkout: string, file: string): ClientAccess | undefined => {
  const reading = readRegularFile(join(checkout, file));
  if ("fault" in reading) throw new Error(reading.fault);
  return clientAccess(reading.bytes.toString("utf8"));
};

/**
 * Opens the API of a kubeconfig with its client certificate; returns undefined if only kubectl can use the kubeconfig.
 *
 * @param file path from the checkout
 * @throws if the file is not a kubeconfig
 */
export const openDirectApi = ({ checkout }: Pick<Target, "checkout">, file: string): WritableApi | undefined => {
  const access = readAccess(checkout, file);
  return access && openClientApi(access);
};

/**
 * Opens the API of a kubeconfig: directly with a client certificate, else through `kubectl proxy`.
 *
 * @param file path from the checkout
 * @throws if the file is not a kubeconfig, or kubectl cannot be started
 */
export const openWatchedApi = async (target: Target, file: string): Promise<ClientApi> => {
  const { checkout, variables } = target;
  return openDirectApi(target, file) ?? openApi(file, checkout, variables);
};
