import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { artifactFolder, openCache, type Cache } from "../../../../cli/toolchain/build/cache";
import type { Terminal } from "../../../../cli/toolchain/build/progress";
import { toolLinks, writeLayout } from "../../../../cli/toolchain/build/layout";
import { runArtifacts } from "../../../../cli/toolchain/build/schedule";
import { releaseArtifacts } from "../../../../cli/toolchain/release/artifacts";
import { download } from "../../../../system/download";
import { officialBases, platformOf, releaseFiles, type ReleaseFile } from "../../../../cli/toolchain/release/files";
import { findChecksum, ToolLock } from "../../../../cli/toolchain/release/checksums";
import { requiredTools } from "../../../../preflight/host/facts";

type Reply = string | Buffer | ((response: ServerResponse) => void);

const answers = new Map<string, Reply>();
const requests: string[] = [];
let server: Server;
let base: string;
let folder: string;
let cache: Cache;
const how = { tries: 3, pauseMs: 1, stallMs: 300 };

// Only the loopback interface: no test asks a real host.
beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const answer = answers.get(request.url ?? "");
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === "function") answer(response);
    else response.writeHead(200, { "content-length": Buffer.byteLength(answer) }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers.clear();
  requests.length = 0;
  folder = mkdtempSync(join(tmpdir(), "slipway-release-"));
  cache = openCache("release", folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checksumOf = (algorithm: string, data: string | Buffer): string =>
  createHash(algorithm).update(data).digest("hex");
const kind: ReleaseFile = {
  name: "kind",
  version: "1.0.0",
  base: "github",
  path: "o/kind/v1.0.0/kind-linux-amd64",
  checksums: "o/kind/v1.0.0/kind-linux-amd64.sha256sum",
  unpack: { executable: "kind" },
};
const address = `${officialBases.github}/${kind.path}`;
const lockPath = (): string => join(folder, "tools.lock.json");
const locked = (): unknown => (existsSync(lockPath()) ? JSON.parse(readFileSync(lockPath(), "utf8")) : {});
const install = (files: ReleaseFile[] = [kind], terminal?: Terminal): Promise<string[]> =>
  runArtifacts(
    releaseArtifacts({ files, how, bases: { github: base, kubernetes: base }, lock: new ToolLock(lockPath()) }),
    { cache, print: () => undefined, workers: 4, terminal },
  );
const logged = (name = "kind"): string => readFileSync(join(cache.logs, `${name}.log`), "utf8");
const installed = (): string[] => (existsSync(cache.artifacts) ? readdirSync(cache.artifacts) : []);
const serve = (content = "#!/bin/sh\necho kind\n", checksums?: string): void => {
  answers.set(`/${kind.path}`, content);
  answers.set(`/${kind.checksums}`, checksums ?? `${checksumOf("sha256", content)}  kind-linux-amd64\n`);
};

describe("fetching", () => {
  test("installs and locks a file with the published checksum", async () => {
    serve();
    await install();
    const file = join(cache.artifacts, installed()[0]!, "bin", "kind");
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(locked()).toEqual({ [address]: checksumOf("sha256", "#!/bin/sh\necho kind\n") });
    expect(readdirSync(join(cache.artifacts, installed()[0]!))).toEqual(["bin"]);
  });

  test("a terminal shows the bytes of a download", async () => {
    const content = Buffer.alloc(1_000_000);
    answers.set(`/${kind.checksums}`, `${checksumOf("sha256", content)}  kind-linux-amd64\n`);
    answers.set(`/${kind.path}`, (response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 500_000));
      setTimeout(() => response.write(content.subarray(500_000, 500_001)), 250);
      setTimeout(() => response.end(content.subarray(500_001)), 500);
    });
    const written: string[] = [];
    await install([kind], { columns: 80, write: (text) => written.push(text) });
    expect(written.join("")).toMatch(/\[0\/1\] 0:00 kind \(0\.5 of 1\.0 MB\)/);
    expect(installed()).toHaveLength(1);
  });

  test("refuses a wrong checksum: installs and locks nothing, and names both checksums", async () => {
    serve("good");
    answers.set(`/${kind.path}`, "evil");
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toContain(
      `expected checksum ${checksumOf("sha256", "good")} of the release (sha256), got ${checksumOf("sha256", "evil")}`,
    );
    expect(installed()).toEqual([]);
    expect(locked()).toEqual({});
  });

  test.each([
    ["no line for the file", "0000  other-file\n"],
    ["an empty list", ""],
    ["a web page", "<html>not found</html>"],
  ])("refuses %s as published checksums", async (_, checksums) => {
    serve("good", checksums);
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toContain("expected a checksum of kind-linux-amd64, got none. kind was not installed.");
    expect(requests).not.toContain(`/${kind.path}`);
    expect(installed()).toEqual([]);
  });

  test("refuses a file if its published checksums are missing", async () => {
    serve();
    answers.delete(`/${kind.checksums}`);
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toContain("the server answered 404");
  });

  test("prefers the locked checksum to the published checksum", async () => {
    serve("replaced");
    writeFileSync(lockPath(), JSON.stringify({ [address]: checksumOf("sha256", "first") }));
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toContain(`expected checksum ${checksumOf("sha256", "first")} of tools.lock.json`);
    expect(installed()).toEqual([]);
    expect(locked()).toEqual({ [address]: checksumOf("sha256", "first") });
  });

  test("needs no published checksums for a locked file", async () => {
    answers.set(`/${kind.path}`, "first");
    writeFileSync(lockPath(), JSON.stringify({ [address]: checksumOf("sha256", "first") }));
    expect(await install()).toEqual(["kind"]);
  });

  test("trusts a release without checksums on first use, and locks it", async () => {
    const bare: ReleaseFile = { ...kind };
    delete bare.checksums;
    answers.set(`/${kind.path}`, "first");
    expect(await install([bare])).toEqual(["kind"]);
    expect(locked()).toEqual({ [address]: checksumOf("sha256", "first") });
    rmSync(cache.artifacts, { recursive: true });
    answers.set(`/${kind.path}`, "second");
    await expect(install([bare])).rejects.toThrow("not built: kind");
  });

  test("retries an incomplete download, then refuses it with the number of attempts", async () => {
    serve("whole content");
    let tries = 0;
    answers.set(`/${kind.path}`, (response) => {
      tries += 1;
      response.writeHead(200, { "content-length": 13 });
      response.write("whole");
      setTimeout(() => response.destroy(), 5);
    });
    await expect(install()).rejects.toThrow("not built: kind");
    expect(tries).toBe(3);
    expect(logged()).toContain("(after 3 tries)");
    expect(installed()).toEqual([]);
    expect(locked()).toEqual({});
  });

  test("retries a busy server until it sends the file", async () => {
    serve("content");
    let tries = 0;
    answers.set(`/${kind.path}`, (response) => {
      tries += 1;
      if (tries < 3) response.writeHead(503).end();
      else response.writeHead(200).end("content");
    });
    expect(await install()).toEqual(["kind"]);
  });

  test.each([408, 425, 429, 503])("waits after status %d as long as the server asks for", async (status) => {
    const times: number[] = [];
    answers.set("/busy", (response) => {
      times.push(Date.now());
      if (times.length === 1) response.writeHead(status, { "retry-after": "1" }).end();
      else response.writeHead(200).end("content");
    });
    await download(`${base}/busy`, join(folder, "busy"), () => undefined, { ...how, stallMs: 10_000 });
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test("fails if a server stops sending", async () => {
    answers.set("/silent", (response) => void response.writeHead(200, { "content-length": 5 }).write("ab"));
    const target = join(folder, "silent");
    await expect(
      download(`${base}/silent`, target, () => undefined, { ...how, tries: 1, stallMs: 30 }),
    ).rejects.toThrow(": expected a file, got: ");
    expect(existsSync(target)).toBe(false);
  });

  test("requests a missing file once", async () => {
    await expect(download(`${base}/gone`, join(folder, "gone"), () => undefined, how)).rejects.toThrow(
      `${base}/gone: expected a file, got: the server answered 404`,
    );
    expect(requests).toEqual(["/gone"]);
  });

  test("requests a refused redirect once", async () => {
    answers.set("/away", (response) => void response.writeHead(302, { location: "ftp://a.example/x" }).end());
    await expect(download(`${base}/away`, join(folder, "away"), () => undefined, how)).rejects.toThrow("without TLS");
    expect(requests).toEqual(["/away"]);
  });

  test.each([
    ["text that is not JSON", "<<<<<<< HEAD"],
    ["nothing in it", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["another value than a checksum", JSON.stringify({ [address]: "first" })],
  ])("a lock file with %s is refused, and nothing is fetched", async (_, text) => {
    serve();
    writeFileSync(lockPath(), text);
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toContain(
      `${lockPath()}: expected a JSON object with a SHA-256 checksum for each download URL, got `,
    );
    expect(logged()).toContain("Restore the file: git checkout HEAD -- tools.lock.json.");
    expect([requests, installed(), readFileSync(lockPath(), "utf8")]).toEqual([[], [], text]);
  });

  test("does not treat an unreadable lock file as a first use", async () => {
    serve();
    mkdirSync(lockPath());
    await expect(install()).rejects.toThrow("not built: kind");
    expect(logged()).toMatch(/checksum for each download URL, got .*EISDIR/);
    expect([requests, installed()]).toEqual([[], []]);
  });

  test("treats an empty lock file as the first use of all files", async () => {
    serve();
    writeFileSync(lockPath(), "{}");
    expect(await install()).toEqual(["kind"]);
    expect(locked()).toEqual({ [address]: checksumOf("sha256", "#!/bin/sh\necho kind\n") });
  });
});

test("unpacks only the required executables, and links them into one layout", async () => {
  const pack = (name: string, prefix: string, files: string[]): Buffer => {
    const from = join(folder, `pack-${name}`);
    for (const file of files) {
      mkdirSync(join(from, prefix), { recursive: true });
      writeFileSync(join(from, prefix, file), file);
    }
    return execFileSync("tar", ["-czf", "-", "-C", from, "."]);
  };
  const contents: Record<string, Buffer> = {
    pulumi: pack("pulumi", "pulumi", [
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-language-go",
      "pulumi-resource-pulumi-nodejs",
    ]),
  };
  for (const name of ["kubernetes", "docker", "command"]) {
    contents[`pulumi-resource-${name}`] = pack(name, ".", [`pulumi-resource-${name}`, "LICENSE"]);
  }
  const files = releaseFiles({ os: "linux", arch: "amd64" });
  for (const { name, path, checksums } of files) {
    const content = contents[name] ?? Buffer.from(name);
    answers.set(`/${path}`, content);
    // The docker plugin's checksums are SHA-1, the CLI's SHA-512, each with ./ or without.
    const algorithm = name.endsWith("-docker") ? "sha1" : name === "pulumi" ? "sha512" : "sha256";
    if (checksums) answers.set(`/${checksums}`, `${checksumOf(algorithm, content)}  ./${path.split("/").pop()}\n`);
  }
  await install(files);
  const artifacts = releaseArtifacts({ files });
  const links = toolLinks(cache, artifacts);
  expect(Object.keys(links).sort()).toEqual([...requiredTools, "pulumi-resource-pulumi-nodejs"].sort());
  expect(links.pulumi).toBe(join(artifactFolder(cache, artifacts[0]!), "bin", "pulumi"));
  const tools = writeLayout(cache, { links, scripts: {} });
  expect(readFileSync(join(tools, "bin", "pulumi-resource-docker"), "utf8")).toBe("pulumi-resource-docker");
  expect(writeLayout(cache, { links, scripts: {} })).toBe(tools);
  expect(Object.keys(locked() as object)).toHaveLength(files.length);
});

test("refuses a layout without a tool", () => {
  expect(() => writeLayout(cache, { links: {}, scripts: {} })).toThrow(
    "tools of the release route: expected all required tools, got none of pulumi, ",
  );
});

describe("names and checksums", () => {
  test("has the files of each platform once", () => {
    for (const os of ["linux", "darwin"] as const) {
      for (const arch of ["amd64", "arm64"] as const) {
        const files = releaseFiles({ os, arch });
        expect(new Set(files.map(({ path }) => path)).size).toBe(7);
        expect(files.every(({ path }) => path.includes(os))).toBe(true);
      }
    }
  });

  test("uses x64 for Pulumi and amd64 for others", () => {
    expect(releaseFiles({ os: "linux", arch: "amd64" })[0]!.path).toMatch(/-linux-x64\.tar\.gz$/);
    expect(releaseFiles({ os: "darwin", arch: "arm64" })[0]!.path).toMatch(/-darwin-arm64\.tar\.gz$/);
  });

  test.each([
    ["linux", "x64", { os: "linux", arch: "amd64" }],
    ["darwin", "arm64", { os: "darwin", arch: "arm64" }],
  ])("%s %s", (os, arch, platform) => expect(platformOf(os, arch)).toEqual(platform));

  test("refuses other platforms", () => {
    expect(() => platformOf("win32", "x64")).toThrow("got win32 on x64");
    expect(() => platformOf("linux", "s390x")).toThrow("got linux on s390x");
  });

  const hex = "a".repeat(64);
  test.each([
    ["a list", `${"b".repeat(64)}  other\n${hex}  file\n`, hex],
    ["a list with ./", `${hex}  ./file`, hex],
    ["binary mode", `${hex} *file\n`, hex],
    ["Windows line ends", `${hex}  file\r\n`, hex],
    ["a bare checksum", `${hex}\n`, hex],
    ["capital digits", `${hex.toUpperCase()}  file`, hex],
    ["a name that only ends alike", `${hex}  my-file\n`, undefined],
    ["a checksum of odd length", `${hex}a  file`, undefined],
    ["a bare checksum among others", `${hex}\n${hex}  other\n`, undefined],
  ])("%s", (_, text, expected) => expect(findChecksum(text, "file")?.hex).toBe(expected));
});
