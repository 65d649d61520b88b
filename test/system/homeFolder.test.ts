import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { backendFolder } from "../../cli/pulumi/backendUrl";
import { pulumiEnvironment } from "../../cli/pulumi/environment";
import { selectionFile } from "../../cli/pulumi/stack";
import { withCache } from "../../cli/toolchain";
import { userFiles } from "../../cli/kubeconfig/userFile";
import { cacheRoot } from "../../system/cacheFolder";
import { correctUserFolders, homeFolder } from "../../system/homeFolder";
import { fakeCheckout } from "../helpers/fakeCheckout";

const listed = userInfo().homedir;

describe("the home folder", () => {
  test.each<[NodeJS.ProcessEnv, string]>([
    [{ HOME: "/home/me" }, "/home/me"],
    [{}, listed],
    [{ HOME: "" }, listed],
  ])("of %j", (env, expected) => expect(homeFolder(env)).toBe(expected));

  test.each(["x", ".", "./home", "~", " /home"])(
    "HOME=%j is refused, because files would land in the checkout",
    (HOME) => {
      for (const use of [homeFolder, cacheRoot, userFiles, (env: NodeJS.ProcessEnv) => selectionFile("/c", env)])
        expect(() => use({ HOME })).toThrow(
          /^HOME: expected the absolute path of your home folder, got ".*"\. Set a path/,
        );
    },
  );
});

describe("without HOME", () => {
  test.each<NodeJS.ProcessEnv>([{}, { HOME: "" }])("all files of the user are in the listed folder: %j", (env) => {
    expect(cacheRoot(env)).toBe(join(listed, ".cache", "slipway"));
    expect(selectionFile("/c", env)).toMatch(new RegExp(`^${listed}/.pulumi/workspaces/`));
    expect(userFiles(env).first).toBe(join(listed, ".kube", "config"));
  });

  test.each(["PULUMI_HOME", "PULUMI_CREDENTIALS_PATH"])("an empty %s is the same as none", (name) => {
    const { folder, remove } = fakeCheckout();
    const environment = pulumiEnvironment(folder, { env: { [name]: "" }, home: join(folder, "home") });
    remove();
    expect(environment.reason).toMatch(/^the default/);
  });

  test("programs that Slipway starts get the listed folder, and no relative XDG folder", () => {
    const env: NodeJS.ProcessEnv = {
      HOME: "",
      XDG_CACHE_HOME: "x",
      XDG_CONFIG_HOME: "",
      XDG_DATA_HOME: "/d",
      XDG_SEAT: "s",
    };
    correctUserFolders(env);
    expect(env).toEqual({ HOME: listed, XDG_DATA_HOME: "/d", XDG_SEAT: "s" });
  });

  test("a file backend below ~ is in the listed folder, and other paths with ~ stay", () => {
    const home = homeFolder();
    expect(backendFolder("file://~")).toBe(home);
    expect(backendFolder("file://~/states")).toBe(`${home}/states`);
    expect(backendFolder("file://~other/states")).toBe("~other/states");
  });
});

describe("a cache that cannot be written", () => {
  const failing = (code: string, path: string | undefined, syscall = "mkdir", folder = "/h/.cache/slipway") =>
    withCache(folder, () =>
      Promise.reject(
        Object.assign(new Error(`${code}: raw, ${syscall}`), { code, syscall, ...(path ? { path } : {}) }),
      ),
    );

  test.each([
    ["EACCES", "no permission", "/h/.cache"],
    ["EROFS", "a read-only file system", "/h/.cache/slipway/source"],
    ["ENOTDIR", "a path below a file", "/h/.cache/slipway/source/lock"],
    ["ENOENT", "no such file or folder", "/h/.cache/slipway"],
    ["EACCES", "no permission", "/"],
  ])("is named after %s", async (code, words, path) => {
    await expect(failing(code, path)).rejects.toThrow(
      `cache /h/.cache/slipway: expected a folder that can be written, got ${words} (${code}). ` +
        "Set the environment variable SLIPWAY_CACHE to a folder that can be written.",
    );
  });

  test.each([
    ["another path", "EACCES", "/etc/x", "mkdir"],
    ["a path with a longer name", "EACCES", "/h/.cache/slipway-other/x", "mkdir"],
    ["a path with a shorter name", "EACCES", "/h/.ca", "mkdir"],
    ["an unknown path", "ENOSPC", undefined, "write"],
    ["a missing file", "ENOENT", "/h/.cache/slipway/source/x", "open"],
    ["too many open files", "EMFILE", "/h/.cache/slipway/source/x", "open"],
  ])("is not blamed for %s", async (_, code, path, syscall) => {
    await expect(failing(code, path, syscall)).rejects.toThrow(`${code}: raw, ${syscall}`);
  });

  test("is not blamed for a thrown value that is not an error", async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the test is about such a value
    const outcome = withCache("/h", () => Promise.reject(undefined)).catch((thrown: unknown) => ({ thrown }));
    expect(await outcome).toEqual({ thrown: undefined });
  });
});
