import { request as createRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";

/** The registries of the release route and the hosts that they send clients to, each with an address that nodes reach. */
export const registryHosts = {
  "registry-1.docker.io": "198.51.100.21",
  "auth.docker.io": "198.51.100.22",
  "registry.k8s.io": "198.51.100.23",
  "us-west1-docker.pkg.dev": "198.51.100.24",
  "quay.io": "198.51.100.25",
  "ghcr.io": "198.51.100.26",
  "gcr.io": "198.51.100.27",
} as const;

type RegistryHost = keyof typeof registryHosts;

/** Where a registry sends a client for an anonymous token. The two other hosts answer without a token. */
const tokenServices: Partial<Record<RegistryHost, { realm: string; service: string }>> = {
  "registry-1.docker.io": { realm: "https://auth.docker.io/token", service: "registry.docker.io" },
  "quay.io": { realm: "https://quay.io/v2/auth", service: "quay.io" },
  "ghcr.io": { realm: "https://ghcr.io/token", service: "ghcr.io" },
  "gcr.io": { realm: "https://gcr.io/v2/token", service: "gcr.io" },
};

/** The folder of Kubernetes' images on the host that registry.k8s.io redirects to. */
const backendFolder = "k8s-artifacts-prod/images/";

/** Returns the folder of a registry's images in the real registry behind all of them, with a slash at its end. */
export const folderOf = (host: string): string => `${host === "registry-1.docker.io" ? "docker.io" : host}/`;

/** One answer of a registry. */
interface Answered {
  host: RegistryHost;
  method: string;
  path: string;
  status: number;
}

/** Passes a question on to a registry without TLS on this machine. */
export const passOn = (port: number, path: string, request: IncomingMessage, response: ServerResponse): void => {
  const { accept, range } = request.headers;
  const headers = { ...(accept && { accept }), ...(range && { range }) };
  const upstream = createRequest({ host: "127.0.0.1", port, method: request.method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  upstream.end();
};

/** TLS servers with the names of registries, before one real registry that has the images of all. */
export class Registries {
  readonly answers: Answered[] = [];
  private readonly servers: Server[] = [];
  /** Scopes by the token that a service gave for them. */
  private readonly tokens = new Map<string, string>();
  private readonly limited: Set<string>;

  /**
   * @param tls key and certificate of all hosts, as PEM
   * @param port the real registry's port on this machine
   * @param limited HOST/REPOSITORY whose first question for a manifest meets a rate limit
   */
  constructor(
    private readonly tls: Readonly<{ key: string; cert: string }>,
    private readonly port: number,
    limited: readonly string[],
  ) {
    this.limited = new Set(limited);
  }

  async start(): Promise<void> {
    for (const [host, address] of Object.entries(registryHosts) as [RegistryHost, string][]) {
      const server = createServer(this.tls, (request, response) => {
        response.on("finish", () => this.note(host, request, response.statusCode));
        this.answer(host, request, response);
      });
      await new Promise<void>((resolve) => server.listen(443, address, resolve));
      this.servers.push(server);
    }
  }

  stop(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Returns how many answers of a host had a status, for paths that match. */
  count(host: RegistryHost, status: number, path = /^/): number {
    return this.answers.filter((one) => one.host === host && one.status === status && path.test(one.path)).length;
  }

  private note(host: RegistryHost, { method = "", url = "" }: IncomingMessage, status: number): void {
    this.answers.push({ host, method, path: url, status });
  }

  private answer(host: RegistryHost, request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams, href } = new URL(request.url ?? "", `https://${host}`);
    const service = Object.values(tokenServices).find(({ realm }) => href.split("?")[0] === realm);
    if (service) return this.giveToken(service.service, searchParams, response);
    if (!["GET", "HEAD"].includes(request.method ?? "")) return void response.writeHead(405).end();
    const [, name, rest] = /^\/v2\/(?:(.+)\/((?:manifests|blobs)\/[^/]+))?$/.exec(pathname) ?? [];
    if (!pathname.startsWith("/v2/")) return void response.writeHead(404).end();
    if (!this.isAllowed(host, name, request.headers.authorization)) return this.challenge(host, name, response);
    if (name === undefined || rest === undefined)
      return void response.writeHead(pathname === "/v2/" ? 200 : 404, { "content-type": "application/json" }).end("{}");
    if (host === "registry.k8s.io") {
      const location = `https://us-west1-docker.pkg.dev/v2/${backendFolder}${name}/${rest}`;
      return void response.writeHead(307, { location, "content-length": 0 }).end();
    }
    if (rest.startsWith("manifests/") && this.limited.delete(`${host}/${name}`)) {
      const headers = { "retry-after": "1", "content-type": "application/json" };
      const errors = [{ code: "TOOMANYREQUESTS", message: "You have reached your unauthenticated pull rate limit." }];
      return void response.writeHead(429, headers).end(JSON.stringify({ errors }));
    }
    const isBackend = host === "us-west1-docker.pkg.dev";
    const repository = isBackend
      ? folderOf("registry.k8s.io") + name.replace(backendFolder, "")
      : folderOf(host) + name;
    passOn(this.port, `/v2/${repository}/${rest}`, request, response);
  }

  private giveToken(service: string, query: URLSearchParams, response: ServerResponse): void {
    if (query.get("service") !== service) return void response.writeHead(400).end();
    const token = `${service}-${this.tokens.size}`;
    this.tokens.set(token, `${service} ${query.getAll("scope").join(" ")}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() }));
  }

  /** Whether a question has the token that its registry wants: of the registry's service, for the image. */
  private isAllowed(host: RegistryHost, name: string | undefined, authorization = ""): boolean {
    const service = tokenServices[host]?.service;
    if (service === undefined) return true;
    const scopes = this.tokens.get(authorization.replace(/^Bearer /, ""))?.split(" ") ?? [];
    return scopes[0] === service && (name === undefined || scopes.includes(`repository:${name}:pull`));
  }

  private challenge(host: RegistryHost, name: string | undefined, response: ServerResponse): void {
    const { realm, service } = tokenServices[host] ?? {};
    const scope = name === undefined ? "" : `,scope="repository:${name}:pull"`;
    response.writeHead(401, {
      "www-authenticate": `Bearer realm="${realm}",service="${service}"${scope}`,
      "content-type": "application/json",
      "docker-distribution-api-version": "registry/2.0",
    });
    response.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }));
  }
}
