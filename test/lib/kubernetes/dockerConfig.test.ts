import { expect, test } from "@jest/globals";
import {
  fileLogin,
  helperLogin,
  kubeletConfig,
  loginKey,
  secretsOfDockerConfig,
  storedLogin,
} from "../../../lib/kubernetes/dockerConfig";

const auth = (text: string): object => ({ auth: Buffer.from(text).toString("base64") });
const login = { username: "me", password: "a:b" };

test.each([
  ["registry.example.org", "registry.example.org"],
  ["registry.example.org", "https://registry.example.org"],
  ["registry.example.org:5000", "https://registry.example.org:5000/v2/"],
  ["registry-1.docker.io", "https://index.docker.io/v1/"],
  ["registry-1.docker.io", "docker.io"],
])("the login of %s is found by the key %s", (host, key) => {
  expect(storedLogin({ auths: { [key]: auth("me:a:b") } }, host)).toEqual(login);
});

test("another host, another port and an empty entry have no login", () => {
  const config = { auths: { "registry.example.org": auth("me:a:b"), "empty.example.org": {} } };
  for (const host of ["example.org", "registry.example.org:5000", "empty.example.org", "registry-1.docker.io"])
    expect(storedLogin(config, host)).toBeUndefined();
});

test.each([undefined, null, [], "text", { auths: "text" }, { auths: { a: 1 } }, { auths: { a: { auth: 7 } } }])(
  "a config.json with other content has no login: %j",
  (config) => {
    expect(storedLogin(config, "a")).toBeUndefined();
  },
);

test("a helper of the registry comes before the store, and the store before the file", () => {
  const auths = { "a.example.org": auth("me:a:b"), "b.example.org": auth("me:a:b") };
  const config = { auths, credsStore: "pass", credHelpers: { "a.example.org": "ecr-login" } };
  expect(storedLogin(config, "a.example.org")).toEqual({ helper: "ecr-login" });
  expect(storedLogin(config, "b.example.org")).toEqual({ helper: "pass" });
  expect(fileLogin(config, "b.example.org")).toEqual(login);
});

test("identity tokens are no logins, from a file and from a helper", () => {
  expect(fileLogin({ auths: { a: { ...auth("me:"), identitytoken: "t" } } }, "a")).toBe("identity token");
  expect(helperLogin({ Username: "<token>", Secret: "t" })).toBe("identity token");
  expect(helperLogin({ Username: "me", Secret: "a:b" })).toEqual(login);
  expect(helperLogin({})).toBeUndefined();
});

test("kubelet's file has only the given hosts, in an order of its own", () => {
  const both = [
    ["registry-1.docker.io", login],
    ["a.example.org", login],
  ] as const;
  const text = kubeletConfig(new Map(both));
  expect(JSON.parse(text)).toEqual({
    auths: { "a.example.org": auth("me:a:b"), "https://index.docker.io/v1/": auth("me:a:b") },
  });
  expect(kubeletConfig(new Map([...both].reverse()))).toBe(text);
  expect(loginKey("quay.io")).toBe("quay.io");
});

test("secrets of a config.json are each login and its password", () => {
  const text = kubeletConfig(new Map([["a.example.org", login]]));
  expect(secretsOfDockerConfig(text)).toEqual([Buffer.from("me:a:b").toString("base64"), "a:b"]);
});
