import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./exec";

/** Response of an API server. */
export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** A connection to an API server. */
export interface KubernetesApi {
  /**
   * Requests a path of the API through kubectl proxy. If the API server does not answer, the proxy answers with status 500.
   *
   * @throws if the proxy does not answer, or sends nothing for five seconds
   */
  get: (path: string) => Promise<ApiAnswer>;
  close: () => void;
}

/** Requests only metadata, so schemas of CRDs and data of Secrets stay in the cluster. */
const accept = [
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  "application/json;as=APIResourceList;g=meta.k8s.io;v=v1",
  "application/json",
].join(",");

const timeoutMs = 5000;

const read = (socketPath: string, agent: Agent, path: string): Promise<ApiAnswer> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, agent, headers: { accept }, timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data: string) => (text += data));
      response.on("error", reject).on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
        } catch {
          resolve({ status: response.statusCode ?? 0, body: text });
        }
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    outgoing.on("error", reject).end();
  });

/** Waits until `kubectl proxy` listens. */
const listening = (proxy: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let stderr = "";
    proxy.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
    proxy.stdout?.once("data", () => resolve());
    proxy.once("error", reject).once("exit", () => reject(new Error(stderr.trim() || "kubectl proxy ended")));
  });

/**
 * Opens the API of a kubeconfig through `kubectl proxy`, which supports all authentication methods. The proxy listens on
 * a socket in a private folder, so other users of the machine cannot reach the API.
 *
 * @param kubeconfig path of the file; a relative path starts at `cwd`
 * @throws if kubectl cannot be started
 */
export const openApi = async (
  kubeconfig: string,
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<KubernetesApi> => {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  const socket = join(folder, "s");
  const proxy = start("kubectl", ["--kubeconfig", kubeconfig, "proxy", "--unix-socket", socket], {
    cwd,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const close = (): void => {
    agent.destroy();
    proxy.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(proxy);
  } catch (error) {
    close();
    throw error;
  }
  return { get: (path) => read(socket, agent, path), close };
};
