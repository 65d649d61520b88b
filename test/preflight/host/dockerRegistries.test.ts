import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { formatChecks } from "../../../preflight/host/doctor";
import { checkDockerRegistries } from "../../../preflight/host/dockerRegistries";
import type { DockerAnswer } from "../../../system/dockerApi";

const image = "registry.example.org:5000/web:v1";
const config = { imageSource: "registry", applicationImage: image, capdImageSource: "local" };

const run = async (answer: (path: string) => DockerAnswer, more: object = {}) => {
  const queries: { path: string; headers: Readonly<Record<string, string>> | undefined }[] = [];
  const query = (path: string, headers?: Readonly<Record<string, string>>): Promise<DockerAnswer> => {
    queries.push({ path, headers });
    return Promise.resolve(answer(path));
  };
  const login = { username: "me", password: "s3cret" };
  const settings = readSettings({ config: { ...config, ...more }, pins });
  const readLogin = (host: string) =>
    Promise.resolve("imagePullCredentials" in more && /:5000$/.test(host) ? login : undefined);
  return { lines: formatChecks(await checkDockerRegistries(settings, query, readLogin)), queries };
};

const error = (message: string): DockerAnswer => ({ status: 500, text: `${JSON.stringify({ message })}\n` });

test("Docker is asked for one image of each registry", async () => {
  const { lines, queries } = await run(() => ({ status: 200, text: "{}" }));
  expect(queries.map(({ path }) => path).sort()).toEqual([
    expect.stringMatching(/^\/distribution\/kindest\/node:v[\d.]+\/json$/),
    `/distribution/${image}/json`,
  ]);
  expect(lines.sort()).toEqual([
    "ok    docker registry  Docker reads images of registry-1.docker.io",
    "ok    docker registry  Docker reads images of registry.example.org:5000",
  ]);
});

test("a registry that Docker does not trust gets commands, those of Docker Hub for the whole machine", async () => {
  const message = "x509: certificate signed by unknown authority";
  const { lines } = await run(() => error(message), { caBundle: "my certs/ca.pem" });
  const text = lines.join("\n");
  expect(text).toContain(`warn  docker registry  Docker does not trust registry.example.org:5000: ${message}`);
  expect(text).toContain(
    "-> run on Docker's machine: sudo mkdir -p /etc/docker/certs.d/registry.example.org:5000 && sudo cp 'my certs/ca.pem' /etc/docker/certs.d/registry.example.org:5000/ca.crt",
  );
  expect(text).toContain(
    "sudo cp 'my certs/ca.pem' /usr/local/share/ca-certificates/registry.crt && sudo update-ca-certificates",
  );
});

test("a registry that demands a login is a finding only where nodes use the logins of Docker", async () => {
  const denied = (): DockerAnswer => error("unauthorized: authentication required");
  expect((await run(denied)).lines.every((line) => line.startsWith("ok "))).toBe(true);
  const { lines, queries } = await run(denied, { imagePullCredentials: "docker" });
  expect(lines.join("\n")).toContain("-> run docker login registry.example.org:5000");
  const sent = queries.flatMap(({ headers }) => headers?.["x-registry-auth"] ?? []);
  expect(sent.map((text) => JSON.parse(Buffer.from(text, "base64url").toString()) as unknown)).toEqual([
    { username: "me", password: "s3cret", serveraddress: "registry.example.org:5000" },
  ]);
});

test("a registry that Docker does not reach is a warning", async () => {
  const { lines } = await run(() => error("dial tcp: lookup registry.example.org: no such host"));
  expect(lines.join("\n")).toContain(
    "warn  docker registry  Docker cannot read images of registry.example.org:5000: dial tcp",
  );
});
