import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Server as TcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { root } from "../../system/checkout";

const folder = mkdtempSync(join(tmpdir(), "slipway-proxy-"));
const [keyFile, certificateFile] = [join(folder, "key"), join(folder, "certificate")];
const sockets = new Set<Socket>();
let [site, plainSite, proxy]: (Server | TcpServer)[] = [];
/** What passed the proxy, and what it answers instead where that is set. */
let passed: string[] = [];
let refusal: number | undefined;
let work: string;

const portOf = (server: TcpServer | undefined): number => (server?.address() as AddressInfo).port;
const listen = (server: TcpServer, host: string): Promise<void> => {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // A test ends without waiting for the other side.
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => server.listen(0, host, resolve));
};

/** The site behind the proxy, which has the names that its certificate lists. */
const pages: Readonly<Record<string, string>> = { "/file": "bytes", "/manifest.yaml": "kind: A\n", "/": "a page" };
const respond: Parameters<typeof createServer>[1] = (message, response) => {
  const path = message.url ?? "";
  if (path === "/away") response.writeHead(302, { location: "http://plain.example/back" }).end();
  else if (path === "/back") response.writeHead(302, { location: "https://files.example/file" }).end();
  else if (path.startsWith("/v2/")) response.writeHead(path === "/v2/a/b/manifests/v1" ? 200 : 404).end();
  else response.writeHead(path in pages ? 200 : 404).end(pages[path]);
};

beforeAll(async () => {
  const names = ["-subj", "/CN=site", "-addext", "subjectAltName=DNS:files.example,DNS:registry.example"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certificateFile, ...names], {
    stdio: "ignore",
  });
  const openSite = createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, respond);
  const openPlain = createServer(respond);
  const openProxy = createServer((message, response) => {
    passed.push(`${message.method} ${message.url}`);
    if (refusal !== undefined) return void response.writeHead(refusal).end();
    const { pathname } = new URL(message.url ?? "");
    message.pipe(
      request({ port: portOf(openPlain), host: "127.0.0.2", path: pathname, method: message.method }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }),
    );
  }).on("connect", (message, socket: Socket) => {
    passed.push(`CONNECT ${message.url}`);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
    const end = connect(portOf(openSite), "127.0.0.2", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      end.pipe(socket).pipe(end);
    }).on("error", () => socket.destroy());
  });
  [site, plainSite, proxy] = [openSite, openPlain, openProxy];
  await Promise.all([listen(openSite, "127.0.0.2"), listen(openPlain, "127.0.0.2"), listen(openProxy, "127.0.0.1")]);
});
afterAll(() => {
  sockets.forEach((socket) => socket.destroy());
  [site, plainSite, proxy].forEach((server) => server?.close());
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  [passed, refusal] = [[], undefined];
  work = mkdtempSync(join(folder, "run-"));
});

const address = (): string => `http://127.0.0.1:${portOf(proxy)}`;

/** Runs a program of the checkout beside the servers, which are in this process. */
const run = async (program: string, args: string[], environment: Record<string, string>) => {
  const env = { PATH: process.env["PATH"], HOME: folder, NODE_EXTRA_CA_CERTS: certificateFile, ...environment };
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, complaint] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, printed, complaint };
};

/** Asks questions of the form PART=ADDRESS with some environment, and returns the answers. */
const query = async (environment: Record<string, string>, ...questions: string[]): Promise<string[]> => {
  const args = ["scripts/run.cjs", "test/helpers/askInternet.ts", work, ...questions];
  const { printed, complaint } = await run(process.execPath, args, environment);
  expect(complaint).toBe(""); // no warning either
  return JSON.parse(printed) as string[];
};

describe("questions to the internet", () => {
  test("pass the proxy: a download, a manifest, a registry and the route", async () => {
    const answers = await query(
      { HTTPS_PROXY: address() },
      "download=https://files.example/file",
      "manifest=https://files.example/manifest.yaml",
      "registry=registry.example/a/b:v1",
      "registry=registry.example/a/b:v2",
      "route=https://files.example/file",
    );
    expect(answers).toEqual(["bytes", "kind: A\n", '"there"', '"missing"', "files.example answer"]);
    expect(passed[0]).toBe("CONNECT files.example:443");
    expect(new Set(passed)).toEqual(new Set(["CONNECT files.example:443", "CONNECT registry.example:443"]));
  });

  test("pass the proxy in the process that Pulumi runs the program in", async () => {
    const code = "process.argv.splice(1, 0, ''); require('./test/helpers/askInternet.ts')";
    const args = ["--require", "./scripts/program.cjs", "--eval", code, work, "download=https://files.example/file"];
    const { printed, complaint } = await run(process.execPath, args, { HTTPS_PROXY: address() });
    expect([printed.trim(), complaint, passed]).toEqual(['["bytes"]', "", ["CONNECT files.example:443"]]);
  });

  test.each(["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"])("take the proxy of %s", async (variable) => {
    expect(await query({ [variable]: address() }, "download=https://files.example/file")).toEqual(["bytes"]);
    expect(passed).toEqual(["CONNECT files.example:443"]);
  });

  test.each(["http_proxy", "HTTP_PROXY"])("over plain HTTP are forwarded by the proxy of %s", async (variable) => {
    expect(await query({ [variable]: address() }, "download=http://plain.example/file")).toEqual(["bytes"]);
    expect(passed).toEqual(["GET http://plain.example/file"]);
  });

  test("take a proxy without http:// and the lower-case variable first", async () => {
    const variables = { https_proxy: address().replace("http://", ""), HTTPS_PROXY: "http://127.0.0.1:1" };
    expect(await query(variables, "download=https://files.example/file")).toEqual(["bytes"]);
  });

  test("keep the rule for redirects behind a proxy", async () => {
    const [answer] = await query(
      { HTTPS_PROXY: address(), HTTP_PROXY: address() },
      "download=https://files.example/away",
    );
    expect(answer).toContain("files.example redirects to http://plain.example, without TLS");
    expect(passed).toEqual(["CONNECT files.example:443"]);
  });
});

describe("questions that stay off the proxy", () => {
  const url = (): string => `http://127.0.0.2:${portOf(plainSite)}/file`;

  test.each(["no_proxy", "NO_PROXY"])("go to the hosts of %s", async (variable) => {
    const variables = { HTTP_PROXY: address(), [variable]: "other.example,127.0.0.2" };
    expect(await query(variables, `download=${url()}`)).toEqual(["bytes"]);
    expect(passed).toEqual([]);
    expect(await query({ HTTP_PROXY: address() }, `download=${url()}`)).toEqual(["bytes"]);
    expect(passed).toEqual([`GET ${url()}`]);
  });

  test("go to a registry of this machine", async () => {
    const [answer] = await query({ HTTP_PROXY: address() }, "registry=127.0.0.1:4/a/b:v1");
    expect(answer).toContain("connect ECONNREFUSED 127.0.0.1:4");
    expect(passed).toEqual([]);
  });

  test("go to the application's load balancer", async () => {
    const variables = { URL: `http://127.0.0.2:${portOf(plainSite)}/`, TIMEOUT_SECONDS: "5", NODE_USE_ENV_PROXY: "1" };
    const proxies = { http_proxy: address(), HTTP_PROXY: address(), HTTPS_PROXY: address() };
    const { status, printed } = await run("steps/http-request", [], { ...variables, ...proxies });
    expect([status, printed.trim(), passed]).toEqual([0, "200", []]);
  });
});

describe("a proxy that does not let questions pass is named", () => {
  test.each(["https://files.example/file", "http://plain.example/file"])("with status 407 for %s", async (url) => {
    refusal = 407;
    const open = address().replace("http://", "http://user:password@");
    const [answer] = await query({ HTTP_PROXY: open }, `download=${url}`);
    expect(answer).toContain(
      `HTTP_PROXY: expected a proxy that accepts requests, got status 407 from ${address()}. Correct the variable`,
    );
    expect(answer).not.toContain("password");
  });

  test.each(["download=https://files.example/file", "download=http://plain.example/file"])(
    "with a closed port for %s",
    async (question) => {
      const [answer] = await query({ HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" }, question);
      expect(answer).toMatch(
        /HTTPS?_PROXY: expected a proxy that answers, got connect ECONNREFUSED 127.0.0.1:1 from http:\/\/127.0.0.1:1\./,
      );
    },
  );

  test("in a manifest's and a registry's error", async () => {
    const variables = { HTTPS_PROXY: "http://127.0.0.1:1" };
    const answers = await query(variables, "manifest=https://files.example/a", "registry=registry.example/a:v1");
    for (const answer of answers) expect(answer).toContain("HTTPS_PROXY: expected a proxy that answers");
  });

  test.each([
    ["socks5://user:password@127.0.0.1:1", "socks5://…"],
    ["http://[password", "a value that is not a URL"],
  ])("where the variable is %s", async (value, got) => {
    const [answer] = await query({ HTTPS_PROXY: value }, "download=https://files.example/file");
    expect(answer).toContain(`HTTPS_PROXY: expected the URL of a proxy with http:// or https://, got ${got}`);
    expect(answer).not.toContain("password");
  });
});
