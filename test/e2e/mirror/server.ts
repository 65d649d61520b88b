import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server as NetServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

/** The hosts of the release route. Each has its own address, so that a test can stop one host. */
export const hosts = {
  "github.com": "127.0.0.11",
  "release-assets.githubusercontent.com": "127.0.0.12",
  "raw.githubusercontent.com": "127.0.0.13",
  "dl.k8s.io": "127.0.0.14",
  "cdn.dl.k8s.io": "127.0.0.15",
} as const;

export type Host = keyof typeof hosts;

/** A fault of one answer. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Answers after this time. */
  | { readonly silentMs: number }
  /** Ends the connection in the middle of the body. */
  | "cut"
  /** One byte of the body is changed. */
  | "altered"
  /** The body is sent in ten pieces, in about one second. */
  | "slow";

/** Redirects of the two hosts that redirect downloads. */
const redirects: Partial<Record<Host, (path: string) => string>> = {
  "github.com": (path) =>
    `https://release-assets.githubusercontent.com/github-production-release-asset${path}?sp=r&sig=mirror`,
  "dl.k8s.io": (path) => `https://cdn.dl.k8s.io${path}`,
};

/** TLS servers in place of the hosts of the release route. */
export class Mirror {
  /** Each request as `GET https://HOST/PATH`, without the query. */
  readonly requests: string[] = [];
  private readonly servers = new Map<Host, Server>();
  private readonly plain: NetServer[] = [];
  private readonly faults = new Map<string, { left: number; fault: Fault }>();

  /**
   * @param files paths on disk by the address that Slipway requests
   * @param tls key and certificate of all hosts, as PEM
   */
  constructor(
    private readonly files: ReadonlyMap<string, string>,
    private readonly tls: Readonly<{ key: string; cert: string }>,
  ) {}

  /** Starts every host. Port 80 answers too, so that `requests` has requests without TLS. */
  async startAll(): Promise<void> {
    for (const host of Object.keys(hosts) as Host[]) {
      await this.start(host);
      const server = createPlainServer((request, response) => {
        this.requests.push(`${request.method} http://${host}${request.url}`);
        response.writeHead(200).end("without TLS");
      });
      await new Promise<void>((resolve) => server.listen(80, hosts[host], resolve));
      this.plain.push(server);
    }
  }

  async start(host: Host): Promise<void> {
    const server = createServer(this.tls, (request, response) => {
      this.answer(host, request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(443, hosts[host], resolve));
    this.servers.set(host, server);
  }

  /** Stops a host, so that connections to the host are refused. */
  async stop(host: Host): Promise<void> {
    const server = this.servers.get(host);
    this.servers.delete(host);
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  async stopAll(): Promise<void> {
    for (const host of Object.keys(hosts) as Host[]) await this.stop(host);
    for (const server of this.plain) server.close();
  }

  /**
   * Plans a fault for an address that Slipway requests.
   *
   * @param times number of answers with the fault; default: all
   */
  fault(url: string, fault: Fault, times = Infinity): void {
    this.faults.set(url, { left: times, fault });
  }

  /** Ends all faults and clears the list of requests. */
  reset(): void {
    this.faults.clear();
    this.requests.length = 0;
  }

  /** Returns the number of requests for an address at its first host, without redirected requests. */
  count(url: string): number {
    return this.requests.filter((line) => line.endsWith(` ${url}`)).length;
  }

  private takeFault(url: string, applies: (fault: Fault) => boolean): Fault | undefined {
    const planned = this.faults.get(url);
    if (!planned || planned.left <= 0 || !applies(planned.fault)) return undefined;
    planned.left -= 1;
    return planned.fault;
  }

  private async answer(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", `https://${host}`);
    this.requests.push(`${request.method} https://${host}${pathname}`);
    if (request.headers.host !== host) return void response.writeHead(421).end();
    const redirect = redirects[host];
    if (host === "release-assets.githubusercontent.com" && searchParams.get("sig") !== "mirror")
      return void response.writeHead(403).end();
    const url = this.officialAddress(host, pathname);

    // The first host answers with a planned status. The host that serves the file answers with a faulty body.
    const fault = this.isFirst(host) ? this.takeFault(url, (one) => typeof one === "object") : undefined;
    if (typeof fault === "object") {
      if ("status" in fault) return void response.writeHead(fault.status, fault.headers).end();
      await sleep(fault.silentMs, undefined, { ref: false });
    }
    const file = this.files.get(url);
    if (file === undefined) return void response.writeHead(404).end("Not Found");
    if (redirect) return void response.writeHead(302, { location: redirect(pathname), "content-length": 0 }).end();
    const isHead = request.method === "HEAD";
    await this.send(
      file,
      host,
      request,
      response,
      isHead ? undefined : this.takeFault(url, (one) => typeof one === "string"),
    );
  }

  private isFirst(host: Host): boolean {
    return host === "raw.githubusercontent.com" || host in redirects;
  }

  /** Returns the address that Slipway requested first, before a redirect. */
  private officialAddress(host: Host, path: string): string {
    if (host === "cdn.dl.k8s.io") return `https://dl.k8s.io${path}`;
    if (host !== "release-assets.githubusercontent.com") return `https://${host}${path}`;
    return `https://github.com${path.replace("/github-production-release-asset", "")}`;
  }

  private async send(
    file: string,
    host: Host,
    request: IncomingMessage,
    response: ServerResponse,
    fault?: Fault,
  ): Promise<void> {
    const packs = host === "raw.githubusercontent.com" && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
    const small = packs || fault !== undefined ? readFileSync(file) : undefined;
    if (small && fault === "altered") small[small.length >> 1]! ^= 1;
    const body = small && packs ? gzipSync(small) : small;
    const length = body?.length ?? statSync(file).size;
    response.writeHead(200, {
      "content-type": packs ? "text/plain; charset=utf-8" : "application/octet-stream",
      "content-length": length,
      ...(packs ? { "content-encoding": "gzip", vary: "Accept-Encoding" } : {}),
    });
    if (request.method === "HEAD") return void response.end();
    if (body === undefined) return void createReadStream(file).pipe(response);
    if (fault === "cut") {
      response.write(body.subarray(0, length >> 1), () => setTimeout(() => response.destroy(), 50));
      return;
    }
    const step = fault === "slow" ? Math.ceil(length / 10) : length;
    for (let sent = 0; sent < length; sent += step) {
      response.write(body.subarray(sent, sent + step));
      if (fault === "slow") await sleep(100);
    }
    response.end();
  }
}
