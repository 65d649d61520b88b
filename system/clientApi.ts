import type { ClientRequest } from "node:http";
import { Agent, request } from "node:https";
import type { ApiAnswer } from "./kubernetesApi";

/** Address and certificates of an API server, as a kubeconfig has them. */
export interface ClientAccess {
  server: string;
  /** Certificate authority of the server, and the client's certificate and key, in PEM. */
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
  /** Name in the server's certificate, if the name differs from the address. */
  serverName?: string;
}

/** A connection to an API server without another process. */
export interface ClientApi {
  /**
   * Requests a path of the API.
   *
   * @throws if the API server does not answer within the timeout
   */
  getObject: (path: string) => Promise<ApiAnswer>;
  /** Ends the connection. Requests that are open fail. */
  close: () => void;
}

/** A connection that can also change objects. */
export interface WritableApi extends ClientApi {
  /**
   * Replaces the object at a path. The API server answers with 409 if the object's resource version is old.
   *
   * @throws if the API server does not answer within the timeout
   */
  putObject: (path: string, object: object) => Promise<ApiAnswer>;
}

/** Reads the items of a list; undefined if the API server does not answer, or refuses the list. */
export const readItems = async <T>(
  api: Pick<ClientApi, "getObject">,
  path: string,
): Promise<readonly T[] | undefined> => {
  try {
    const { status, body } = await api.getObject(path);
    return status === 200 ? (body as { items: T[] }).items : undefined;
  } catch {
    return undefined;
  }
};

/** Milliseconds after which a request fails: a list of a busy API server takes up to three seconds. */
const timeoutMs = 5000;

/** Maximum bytes of an answer. A longer answer would cost this process more than the run may notice. */
const answerLimit = 16_000_000;

/** Opens the API with a client certificate. The connections are kept for the next requests. */
export const openClientApi = ({ server, serverName, ...certificates }: ClientAccess): WritableApi => {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ...certificates });
  const open = new Set<ClientRequest>();
  const send = (method: "GET" | "PUT", path: string, object?: object): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const servername = serverName === undefined ? {} : { servername: serverName };
      const headers = { accept: "application/json", ...(object && { "content-type": "application/json" }) };
      const options = { agent, method, headers, ...servername };
      const outgoing = request(new URL(path, server), options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > answerLimit) outgoing.destroy(new Error(`more than ${answerLimit} bytes`));
        });
        response.on("error", reject).on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          try {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
          } catch {
            resolve({ status: response.statusCode ?? 0, body: text });
          }
        });
      });
      // The request's own timeout counts from the last byte, so a slow server could hold the request for ever.
      const fail = (): void => void outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
      const timer = setTimeout(fail, timeoutMs);
      open.add(outgoing);
      outgoing.on("close", () => {
        clearTimeout(timer);
        open.delete(outgoing);
        reject(new Error("the connection was closed"));
      });
      outgoing.on("error", reject).end(object && JSON.stringify(object));
    });
  return {
    getObject: (path) => send("GET", path),
    putObject: (path, object) => send("PUT", path, object),
    close: () => {
      for (const outgoing of open) outgoing.destroy(new Error("closed"));
      agent.destroy();
    },
  };
};
