import { expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import type { DockerLogin } from "../../../preflight/images/dockerLogins";
import { imagesByHost, readPullLogins } from "../../../preflight/images/pullLogins";
import type { RegistryAnswer } from "../../../preflight/images/registry";
import { inputs } from "../../helpers/fixtures";

const config = { imageSource: "registry", applicationImage: "apps.example.com/web:v1", imagePullCredentials: "docker" };
const settings = readSettings({ config, pins });
const { manifests } = inputs(settings);
const login = { username: "me", password: "s3cret-password" };

const read = (
  logins: Readonly<Record<string, DockerLogin>>,
  answers: Readonly<Record<string, RegistryAnswer>> = {},
) => {
  const queried: string[] = [];
  const query = (image: string, used: DockerLogin): Promise<RegistryAnswer> => {
    queried.push(`${image}${used === undefined ? "" : " with a login"}`);
    return Promise.resolve(answers[image] ?? "there");
  };
  return readPullLogins(settings, manifests, (host) => Promise.resolve(logins[host]), query).then((result) => ({
    ...result,
    problems: result.problems.map(sentence),
    queried,
  }));
};

test("the registries are those of the settings and of the manifests", () => {
  const hosts = imagesByHost(settings, manifests);
  expect([...hosts.keys()].sort()).toEqual(["apps.example.com", "example.org", "gcr.io", "registry-1.docker.io"]);
  expect(hosts.get("apps.example.com")).toEqual(["apps.example.com/web:v1"]);
  const local = readSettings({ config: { ...config, imageSource: "local", capdImageSource: "local" }, pins });
  expect([...imagesByHost(local, manifests)]).toEqual([]);
});

test("nodes get the logins of the stack's registries alone, and each image is asked for", async () => {
  const { text, problems, warnings, queried } = await read({ "apps.example.com": login, "other.example.com": login });
  expect(JSON.parse(text ?? "")).toEqual({
    auths: { "apps.example.com": { auth: Buffer.from("me:s3cret-password").toString("base64") } },
  });
  expect([problems, warnings]).toEqual([[], []]);
  expect(queried).toContain("apps.example.com/web:v1 with a login");
  expect(queried).toContain("example.org/webhook:v1");
});

test("without logins nodes get no file", async () => {
  expect(await read({})).not.toHaveProperty("text");
});

test("missing, refused and unusable logins are named at once, without a password", async () => {
  const refused: RegistryAnswer = { unknown: "HTTP 401", isRefused: true };
  const { problems } = await read(
    { "apps.example.com": login, "gcr.io": { unusable: "an identity token, which kubelet cannot use" } },
    { "apps.example.com/web:v1": refused, "example.org/webhook:v1": refused },
  );
  expect(problems.sort()).toEqual([
    "imagePullCredentials: expected a login for apps.example.com, which demands one for apps.example.com/web:v1, got a login of user me that apps.example.com refuses. Run docker login apps.example.com, or correct the image.",
    "imagePullCredentials: expected a login for example.org, which demands one for example.org/webhook:v1, got none in Docker's config.json. Run docker login example.org, or correct the image.",
    "imagePullCredentials: expected a user name and a password for gcr.io, got an identity token, which kubelet cannot use. Run docker login gcr.io with a user name and a password or access token, or remove the login.",
  ]);
});

test("a registry that does not answer is a warning, and keeps its login", async () => {
  const { text, problems, warnings } = await read(
    { "apps.example.com": login },
    { "apps.example.com/web:v1": { unknown: "apps.example.com does not answer: no route" } },
  );
  expect(text).toContain("apps.example.com");
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    "imagePullCredentials: expected a registry that answers, got no check of its login (apps.example.com does not answer: no route).",
  ]);
});
