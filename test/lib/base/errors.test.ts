import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { messageOf, pathFaultOf } from "../../../lib/base/errors";
import { printable, printableLines, sentence, show } from "../../../lib/base/problem";

const caught = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};

describe("the message of a failed path", () => {
  test.each([
    ["/", "a folder (EISDIR)"],
    ["/etc/passwd/x", "a path below a file (ENOTDIR)"],
    ["/no/such", "no such file or folder (ENOENT)"],
    [`/${"a".repeat(300)}`, "a name that is too long (ENAMETOOLONG)"],
  ])("%s", (path, words) => {
    const error = caught(() => readFileSync(path));
    // Node.js names no path in the error of a read.
    expect(pathFaultOf(error)).toBe(words);
    if (path !== "/")
      expect(messageOf(error)).toMatch(/^".*("|\.\.\.): expected a usable path, got .*\. Correct the path\.$/);
  });

  test("is not that of a program or a plain error", () => {
    const missing = Object.assign(new Error("spawn x ENOENT"), { code: "ENOENT", syscall: "spawn x", path: "x" });
    expect(messageOf(missing)).toBe("spawn x ENOENT");
    expect(messageOf(new Error("plain"))).toBe("plain");
    expect(messageOf("text")).toBe("text");
  });
});

describe("a text of a user in an error", () => {
  test.each([
    ["a\u001b[31m", "a\\u001b[31m"],
    ["a\u007f\u009b", "a\\u007f\\u009b"],
    ["a\u202eb\u200b", "a\\u202eb\\u200b"],
    ["a\u2028b", "a\\u2028b"],
    ["ä 🚢", "ä 🚢"],
  ])("%j has no control characters", (text, expected) => {
    expect(printable(text)).toBe(expected);
    expect(show(text)).toBe(`"${expected}"`);
    expect(printableLines(`${text}\n${text}`)).toBe(`${expected}\n${expected}`);
  });

  test.each([
    "password",
    "dbPassword",
    "API_TOKEN",
    "templateVariables.AWS_SECRET_ACCESS_KEY",
    "apiKey",
    "credentials",
  ])("is hidden under the name %s", (key) => {
    const remedy = "Write it as hunter2";
    expect(sentence({ key, received: "hunter2", rule: "a rule", remedy })).toBe(
      `${key}: expected a rule. Correct the value.`,
    );
    expect(show({ [key.replace(/^.*\./, "")]: { a: "hunter2" } })).not.toContain("hunter2");
  });

  test.each(["clusterName", "podCidr", "labelKey", "compass"])("is shown under the name %s", (key) => {
    expect(sentence({ key, received: "x", rule: "a rule", remedy: "Fix it" })).toBe(
      `${key}: expected a rule, got "x". Fix it.`,
    );
  });
});
