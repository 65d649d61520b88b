import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { forgetMerged, joinedKubeconfig, mergeIntoUserFile, removeFromUserFiles } from "../../../cli/kubeconfig/merge";
import { changeUserFile, userFiles } from "../../../cli/kubeconfig/userFile";
import { readConfig } from "../../../lib/kubernetes/merging/entries";
import { kubeconfigText, userKubeconfig } from "../../helpers/kubeconfigs";
import { enterHome, type UserHome } from "../../helpers/userHome";

let home: UserHome;
let usual: string;
let ownStack: { checkout: string; stack: string };
let lines: string[];
const print = (line: string): void => void lines.push(line);

beforeEach(() => {
  home = enterHome();
  usual = join(home.folder, ".kube", "config");
  ownStack = { checkout: join(home.folder, "checkout"), stack: "dev" };
  mkdirSync(join(ownStack.checkout, ".slipway"), { recursive: true });
  lines = [];
});
afterEach(() => home.leave());

const clusters = {
  kubeconfigs: { capd: kubeconfigText("capd"), clusterapi: kubeconfigText("clusterapi") },
  current: "capd",
  isComplete: true,
};

const modeOf = (file: string): number => statSync(file).mode & 0o777;
const currentOf = (file: string): unknown => readConfig(readFileSync(file, "utf8"), file)["current-context"];

const writeUsual = (text: string, file = usual): void => {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text, { mode: 0o644 });
};

describe("the user's kubeconfigs", () => {
  test("are those of KUBECONFIG and ~/.kube/config; relative paths start where slipway was called", () => {
    expect(userFiles({ HOME: "/home/me" })).toEqual({ first: "/home/me/.kube/config", all: ["/home/me/.kube/config"] });
    const env = { HOME: "/home/me", KUBECONFIG: ":a:/b:", SLIPWAY_CALLED_IN: "/usr" };
    expect(userFiles(env)).toEqual({ first: "/usr/a", all: ["/usr/a", "/b", "/home/me/.kube/config"] });
  });
});

describe("a path in KUBECONFIG that is not a file", () => {
  const server = createServer();
  afterAll(() => void server.close());
  const create: Record<string, (path: string) => unknown> = {
    "a folder": (path) => mkdirSync(path),
    "a named pipe": (path) => execFileSync("mkfifo", [path]),
    "symbolic links in a circle": (path) => symlinkSync(path, path),
    "a socket": (path) => new Promise<void>((resolve) => void server.listen(path, resolve)),
    "a device": (path) => symlinkSync("/dev/zero", path),
  };

  test.each(Object.entries(create))("is refused and not opened: %s", async (words, make) => {
    const path = join(home.folder, "odd");
    await make(path);
    process.env.KUBECONFIG = path;
    const message = `${path}: expected a regular file that can be read, got ${words}`;
    await expect(mergeIntoUserFile(ownStack, clusters, print)).rejects.toThrow(message);
    await expect(removeFromUserFiles(ownStack, print)).rejects.toThrow(message);
    await forgetMerged(ownStack, print);
    expect(lines.join("\n")).toContain(message);
  });

  test("is refused below a file", async () => {
    writeFileSync(join(home.folder, "file"), "");
    process.env.KUBECONFIG = join(home.folder, "file", "below");
    const message = "expected a regular file that can be read, got a path below a file (ENOTDIR)";
    await expect(mergeIntoUserFile(ownStack, clusters, print)).rejects.toThrow(message);
    await expect(removeFromUserFiles(ownStack, print)).rejects.toThrow(message);
  });

  test("has no entries if it is /dev/null or a broken link", async () => {
    symlinkSync(join(home.folder, "missing"), join(home.folder, "broken"));
    process.env.KUBECONFIG = `/dev/null:${join(home.folder, "broken")}`;
    expect(await removeFromUserFiles(ownStack, print)).toEqual([]);
  });

  test("keeps the entries of the other files removable", async () => {
    await mergeIntoUserFile(ownStack, clusters, print);
    execFileSync("mkfifo", [join(home.folder, "pipe")]);
    process.env.KUBECONFIG = join(home.folder, "pipe");
    await expect(removeFromUserFiles(ownStack, print)).rejects.toThrow("a named pipe");
    expect(readFileSync(usual, "utf8")).not.toContain("slipway-dev-capd");
  });

  test("is named also if the working directory was deleted", () => {
    const env = { HOME: "/home/me", KUBECONFIG: "a", SLIPWAY_CALLED_IN: join(home.folder, "gone") };
    expect(() => userFiles(env)).toThrow(/^working directory: expected a folder that exists, got ".*gone"\. Change/);
    expect(userFiles({ ...env, KUBECONFIG: "/a" }).first).toBe("/a");
  });
});

describe("a merge", () => {
  test("creates a private file if the file is missing", async () => {
    await mergeIntoUserFile(ownStack, clusters, print);
    expect(modeOf(usual)).toBe(0o600);
    expect(readdirSync(join(home.folder, ".kube"))).toEqual(["config"]);
    expect(lines).toEqual([
      `${usual}: wrote the contexts slipway-dev-capd, slipway-dev-clusterapi`,
      "current context: slipway-dev-capd (before: none)",
    ]);
  });

  test("keeps a private backup of the file, and closes the file to other users", async () => {
    writeUsual(userKubeconfig);
    await mergeIntoUserFile(ownStack, clusters, print);
    const backup = `${usual}.slipway-backup`;
    expect([modeOf(usual), modeOf(backup)]).toEqual([0o600, 0o600]);
    expect(readFileSync(backup, "utf8")).toBe(userKubeconfig);
    expect(lines.at(-1)).toBe(`backup of the file: ${backup}`);
    await mergeIntoUserFile(ownStack, clusters, print); // changes nothing, so the backup stays
    expect(readFileSync(backup, "utf8")).toBe(userKubeconfig);
  });

  test("changes only the first file of KUBECONFIG", async () => {
    const [first, second] = [join(home.folder, "one"), join(home.folder, "two")];
    writeFileSync(second, userKubeconfig);
    process.env.KUBECONFIG = `${first}:${second}`;
    await mergeIntoUserFile(ownStack, clusters, print);
    expect(currentOf(first)).toBe("slipway-dev-capd");
    expect(readFileSync(second, "utf8")).toBe(userKubeconfig);
    expect(existsSync(usual)).toBe(false);
  });

  test.each([true, false])("writes through a symbolic link and keeps the link (target exists: %s)", async (exists) => {
    const target = join(home.folder, "dotfiles", "kubeconfig");
    mkdirSync(join(home.folder, "dotfiles"));
    mkdirSync(join(home.folder, ".kube"));
    if (exists) writeFileSync(target, userKubeconfig);
    symlinkSync("../dotfiles/kubeconfig", usual);
    await mergeIntoUserFile(ownStack, clusters, print);
    expect(lstatSync(usual).isSymbolicLink()).toBe(true);
    expect(currentOf(target)).toBe("slipway-dev-capd");
    expect(existsSync(`${target}.slipway-backup`)).toBe(exists);
  });

  test.each([
    ["is not YAML", "a: [", "expected YAML that parses"],
    ["is something else", "kind: Secret\ndata: {}\n", "expected a kubeconfig"],
    [
      "has a foreign entry of that name",
      userKubeconfig.replaceAll("name: work", "name: slipway-dev-capd"),
      "context slip",
    ],
  ])("leaves a file untouched that %s", async (_, text, message) => {
    writeUsual(text);
    await expect(mergeIntoUserFile(ownStack, clusters, print)).rejects.toThrow(message);
    expect(readFileSync(usual, "utf8")).toBe(text);
    expect(modeOf(usual)).toBe(0o644);
    expect(readdirSync(join(home.folder, ".kube"))).toEqual(["config"]);
  });

  test("refuses a file of .slipway, which up would overwrite, and what is not a file", async () => {
    const file = join(ownStack.checkout, ".slipway", "kubeconfigs", "dev", "capd.yaml");
    writeUsual(kubeconfigText("capd"), file);
    symlinkSync(file, join(home.folder, "link"));
    for (const path of [file, join(home.folder, "link")]) {
      process.env.KUBECONFIG = path;
      await expect(mergeIntoUserFile(ownStack, clusters, print)).rejects.toThrow("got one that up overwrites");
    }
    process.env.KUBECONFIG = home.folder;
    await expect(mergeIntoUserFile(ownStack, clusters, print)).rejects.toThrow("expected a regular file");
  });

  test("of all clusters keeps the stack's context that is current; of one cluster takes that one", async () => {
    await mergeIntoUserFile(ownStack, { ...clusters, current: "clusterapi", isComplete: false }, print);
    await mergeIntoUserFile(ownStack, clusters, print);
    expect(currentOf(usual)).toBe("slipway-dev-clusterapi");
    const { capd } = clusters.kubeconfigs;
    await mergeIntoUserFile(ownStack, { kubeconfigs: { capd }, current: "capd", isComplete: false }, print);
    expect(currentOf(usual)).toBe("slipway-dev-capd");
  });

  test("waits for kubectl's lock, and reports a lock that stays", async () => {
    writeUsual(userKubeconfig);
    writeFileSync(`${usual}.lock`, "");
    const options = { checkout: ownStack.checkout, seconds: 0.2 };
    await expect(changeUserFile(usual, () => "x", options)).rejects.toThrow(
      `${usual}.lock: expected no lock within 0.2 s`,
    );
    expect(readFileSync(usual, "utf8")).toBe(userKubeconfig);
    setTimeout(() => rmSync(`${usual}.lock`, { force: true }), 150);
    await mergeIntoUserFile(ownStack, clusters, print);
    expect(existsSync(`${usual}.lock`)).toBe(false);
  });

  test("loses nothing if two merges run at the same time", async () => {
    writeUsual(userKubeconfig);
    const stacks = ["a", "b", "c"].map((stack) => ({ ...ownStack, stack }));
    await Promise.all(stacks.map((stack) => mergeIntoUserFile(stack, clusters, print)));
    for (const stack of stacks) await removeFromUserFiles(stack, print);
    expect(readFileSync(usual, "utf8")).toBe(userKubeconfig);
  });
});

describe("a removal", () => {
  test("restores every file of KUBECONFIG and ~/.kube/config", async () => {
    const other = join(home.folder, "other");
    writeUsual(userKubeconfig);
    await mergeIntoUserFile(ownStack, clusters, print);
    process.env.KUBECONFIG = other;
    await mergeIntoUserFile(ownStack, clusters, print);
    lines = [];
    await removeFromUserFiles(ownStack, print);
    expect(readFileSync(usual, "utf8")).toBe(userKubeconfig);
    expect(readFileSync(other, "utf8")).not.toContain("slipway");
    expect(lines).toContain(`${usual}: removed the contexts slipway-dev-capd, slipway-dev-clusterapi`);
    expect(lines).toContain("current context: work (before: slipway-dev-capd)");
  });

  test("does not change a file without entries of the stack", async () => {
    writeUsual("a: [");
    chmodSync(usual, 0o644);
    expect(await removeFromUserFiles(ownStack, print)).toEqual([]);
    expect([readFileSync(usual, "utf8"), modeOf(usual), lines]).toEqual(["a: [", 0o644, []]);
  });

  test("after destroy reports why entries stay, and does not fail", async () => {
    await mergeIntoUserFile(ownStack, clusters, print);
    writeFileSync(usual, `${readFileSync(usual, "utf8")}\n]`);
    lines = [];
    await forgetMerged(ownStack, print);
    expect(lines[0]).toMatch(/^the merged entries of stack dev stay: .*expected YAML that parses/);
    expect(lines[1]).toBe("correct the problem, then run slipway kubeconfig --remove");
  });
});

test("all clusters in one kubeconfig have the names of a merge", () => {
  const config = readConfig(joinedKubeconfig(ownStack, clusters), "joined");
  expect(config["current-context"]).toBe("slipway-dev-capd");
  expect((config["users"] as { name: string }[]).map(({ name }) => name)).toEqual([
    "slipway-dev-capd",
    "slipway-dev-clusterapi",
  ]);
});
