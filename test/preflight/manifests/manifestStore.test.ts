import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { ManifestStoreOptions } from "../../../preflight/manifests/lock";
import { loadManifest } from "../../../preflight/manifests/store";

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

let folder: string;
let options: ManifestStoreOptions;
let server: Server;
let origin: string;
/** What the server has, and which paths it was asked for. */
let pages: Record<string, string>;
let requests: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    if (path === "/moved") response.writeHead(302, { location: "/a.yaml" }).end();
    else if (path === "/busy" && requests.filter((other) => other === path).length === 1) response.writeHead(503).end();
    else if (path === "/cut") {
      response.writeHead(200, { "content-length": "100" });
      response.write("kind: A\n", () => response.destroy());
    } else if (path === "/stalled") {
      response.writeHead(200, { "content-length": "100" }).write("kind: A\n");
    } else if (path === "/slow") return;
    else if (path in pages) response.end(pages[path]);
    else response.writeHead(404).end("gone");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-store-"));
  options = { lockFile: join(folder, "manifests.lock.json"), cacheDir: join(folder, "cache"), name: "cniManifest" };
  pages = { "/a.yaml": "kind: A\n", "/b.yaml": "kind: B\n" };
  requests = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

const lock = (): unknown => JSON.parse(readFileSync(options.lockFile, "utf8"));

test("downloads a URL once and locks its checksum", async () => {
  const url = `${origin}/a.yaml`;
  const expected = { text: "kind: A\n", sha256: sha256Of("kind: A\n") };
  await expect(loadManifest(url, options)).resolves.toEqual(expected);
  await expect(loadManifest(url, options)).resolves.toEqual(expected);
  expect(requests).toEqual(["/a.yaml"]);
  expect(lock()).toEqual({ [url]: expected.sha256 });
});

test("many at once: each is fetched once, all are locked, nothing half-written stays", async () => {
  const locations = Array.from({ length: 20 }, (_, index) => `${origin}/${index % 10}.yaml`);
  locations.forEach((url) => (pages[new URL(url).pathname] = `kind: K${url}\n`));
  await Promise.all(locations.map((url) => loadManifest(url, options)));
  expect(requests.sort()).toEqual([...new Set(locations)].map((url) => new URL(url).pathname).sort());
  expect(lock()).toEqual(Object.fromEntries(locations.map((url) => [url, sha256Of(`kind: K${url}\n`)])));
  expect([...readdirSync(folder), ...readdirSync(options.cacheDir)].filter((file) => /partial/.test(file))).toEqual([]);
});

test("what is fetched is closed to other users, also where an earlier version left it open; the lock file is not", async () => {
  await loadManifest(`${origin}/a.yaml`, options);
  const [name = ""] = readdirSync(options.cacheDir);
  const mode = (file: string): number => statSync(file).mode & 0o077;
  expect([mode(options.cacheDir), mode(join(options.cacheDir, name))]).toEqual([0, 0]);
  expect(mode(options.lockFile)).toBe(0o044);
  chmodSync(join(options.cacheDir, name), 0o644);
  await loadManifest(`${origin}/a.yaml`, options);
  expect([mode(join(options.cacheDir, name)), requests]).toEqual([0, ["/a.yaml"]]);
});

test("the lock file is sorted and ends with a line break", async () => {
  await loadManifest(`${origin}/b.yaml`, options);
  await loadManifest(`${origin}/a.yaml`, options);
  const text = readFileSync(options.lockFile, "utf8");
  expect(text.indexOf("a.yaml")).toBeLessThan(text.indexOf("b.yaml"));
  expect(text.endsWith("}\n")).toBe(true);
});

test("a redirect is followed", async () => {
  await expect(loadManifest(`${origin}/moved`, options)).resolves.toMatchObject({ text: "kind: A\n" });
});

test("a file of make tools is read each time and compared with its checksum", async () => {
  const home = process.cwd();
  process.chdir(folder);
  try {
    const path = ".tools/manifests/local.yaml";
    mkdirSync(".tools/manifests", { recursive: true });
    writeFileSync(path, "kind: A\n");
    await expect(loadManifest(path, options)).resolves.toEqual({ text: "kind: A\n", sha256: sha256Of("kind: A\n") });
    writeFileSync(path, "kind: B\n");
    await expect(loadManifest(path, options)).rejects.toThrow(
      `cniManifest: expected SHA-256 ${sha256Of("kind: A\n")} from ${options.lockFile} for "${path}", ` +
        `got ${sha256Of("kind: B\n")}. If the new content is meant, remove the location from ${options.lockFile} and run again.`,
    );
  } finally {
    process.chdir(home);
  }
});

test("line ends and a byte order mark do not change a file's checksum, whichever form was locked first", async () => {
  const home = process.cwd();
  process.chdir(folder);
  try {
    const path = ".tools/manifests/local.yaml";
    mkdirSync(".tools/manifests", { recursive: true });
    const forms = ["kind: A\n", "kind: A\r\n", "\uFEFFkind: A\r\n"];
    for (const first of forms) {
      rmSync(options.lockFile, { force: true });
      for (const form of [first, ...forms]) {
        writeFileSync(path, form);
        await expect(loadManifest(path, options)).resolves.toMatchObject({ sha256: sha256Of("kind: A\n") });
      }
      expect(lock()).toEqual({ [path]: sha256Of("kind: A\n") });
    }
    // A version before locked the bytes of the file.
    writeFileSync(
      options.lockFile,
      `\uFEFF${JSON.stringify({ [path]: sha256Of(forms[1]!) }).replaceAll("\n", "\r\n")}`,
    );
    writeFileSync(path, forms[1]!);
    await expect(loadManifest(path, options)).resolves.toMatchObject({ text: forms[1] });
    writeFileSync(path, "kind: B\r\n");
    await expect(loadManifest(path, options)).rejects.toThrow("cniManifest: expected SHA-256");
  } finally {
    process.chdir(home);
  }
});

test("a URL whose server sends CRLF is cached and taken again", async () => {
  pages["/windows.yaml"] = "kind: A\r\n";
  await loadManifest(`${origin}/windows.yaml`, options);
  await loadManifest(`${origin}/windows.yaml`, options);
  expect(requests).toEqual(["/windows.yaml"]);
});

test("a user's file may change without a word, and a URL still may not", async () => {
  const file = join(folder, "template.yaml");
  for (const text of ["kind: A\n", "kind: B\n"]) {
    writeFileSync(file, text);
    expect(await loadManifest(file, options)).toEqual({ text, sha256: sha256Of(text) });
  }
  await loadManifest(`${origin}/a.yaml`, options);
  expect(Object.keys(JSON.parse(readFileSync(options.lockFile, "utf8")) as object)).toEqual([`${origin}/a.yaml`]);
});

test("other content behind a locked URL is refused and not cached", async () => {
  const url = `${origin}/a.yaml`;
  writeFileSync(options.lockFile, JSON.stringify({ [url]: sha256Of("kind: Other\n") }));
  await expect(loadManifest(url, options)).rejects.toThrow(`got ${sha256Of("kind: A\n")}`);
  await expect(loadManifest(url, options)).rejects.toThrow("expected SHA-256");
  expect(requests).toHaveLength(2);
});

test("a damaged cache is fetched again", async () => {
  const url = `${origin}/a.yaml`;
  await loadManifest(url, options);
  for (const file of readdirSync(options.cacheDir)) writeFileSync(join(options.cacheDir, file), "kind: ");
  await expect(loadManifest(url, options)).resolves.toMatchObject({ text: "kind: A\n" });
  await expect(loadManifest(url, options)).resolves.toMatchObject({ text: "kind: A\n" });
  expect(requests).toHaveLength(2);
});

test.each([
  ["a status other than 200", "/missing.yaml", "HTTP 404"],
  ["a body cut short", "/cut", "terminated"],
  ["a body that stalls after it began", "/stalled", "the server sent no data for 0.15 s"],
  ["no answer in time", "/slow", "the server sent no data for 0.15 s"],
])("%s names the setting and leaves nothing behind", async (_, path, reason) => {
  const loading = loadManifest(`${origin}${path}`, { ...options, retryPolicy: { tries: 2, pauseMs: 1, stallMs: 150 } });
  await expect(loading).rejects.toThrow(/^cniManifest: expected a URL that can be fetched .*set its path instead\.$/);
  await expect(loading).rejects.toThrow(reason);
  expect(readdirSync(folder)).toEqual([]);
});

test("a body that stalls is fetched again, as often as the retry policy says", async () => {
  const retryPolicy = { tries: 3, pauseMs: 1, stallMs: 50 };
  await expect(loadManifest(`${origin}/stalled`, { ...options, retryPolicy })).rejects.toThrow(
    "the server sent no data",
  );
  expect(requests).toEqual(["/stalled", "/stalled", "/stalled"]);
});

test("a busy server is asked again", async () => {
  pages["/busy"] = "kind: A\n";
  const retryPolicy = { tries: 2, pauseMs: 1, stallMs: 1000 };
  await expect(loadManifest(`${origin}/busy`, { ...options, retryPolicy })).resolves.toMatchObject({
    text: "kind: A\n",
  });
  expect(requests).toEqual(["/busy", "/busy"]);
});

test("a server that is not there names the setting", async () => {
  await expect(loadManifest("http://127.0.0.1:9/a.yaml", options)).rejects.toThrow(/^cniManifest: .*fetch/);
});

test("a file that cannot be read names the setting", async () => {
  await expect(loadManifest(join(folder, "no.yaml"), options)).rejects.toThrow(/^cniManifest: .*no such file/);
  await expect(loadManifest(folder, options)).rejects.toThrow(/^cniManifest: .*\(a folder\)/);
});

test.each([
  ["a named pipe", (path: string) => execFileSync("mkfifo", [path])],
  ["a device", (path: string) => symlinkSync("/dev/zero", path)],
  ["symbolic links in a circle", (path: string) => symlinkSync(path, path)],
])("a manifest that is %s is refused and not opened", async (words, create) => {
  const path = join(folder, "odd.yaml");
  create(path);
  const message = `cniManifest: expected an http or https URL, or a readable file, got "${path}" (${words}`;
  await expect(loadManifest(path, options)).rejects.toThrow(message);
  await expect(loadManifest(join(path, "below"), options)).rejects.toThrow(
    /^cniManifest: expected an http or https URL, or a readable file/,
  );
});

test.each([
  ["missing", () => undefined, "Render Cilium's Helm chart to that file"],
  ["a folder", () => mkdirSync("manifests/cilium.yaml", { recursive: true }), "Correct the path or its permissions"],
])("Cilium's manifest that is %s is refused with a fitting remedy", async (_, create, remedy) => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    create();
    await expect(loadManifest("manifests/cilium.yaml", options)).rejects.toThrow(remedy);
  } finally {
    process.chdir(before);
  }
});

test.each(["{", "[]", '{"a": 1}', "null"])("the lock file %s is refused with the remedy", async (text) => {
  writeFileSync(options.lockFile, text);
  await expect(loadManifest(`${origin}/a.yaml`, options)).rejects.toThrow("Restore it from version control");
});
