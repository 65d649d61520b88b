import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { backendFolder, checkBackend, fileBackendOf, isFileBackend } from "../../../cli/pulumi/backendUrl";

describe("the URL of a folder", () => {
  test.each([
    ["/home/me/slipway", "file:///home/me/slipway"],
    ["/a b/ü/e\u0301", "file:///a b/ü/e\u0301"],
    ["/a#b", "file:///a%23b"],
    ["/100%", "file:///100%25"],
    ["/%41", "file:///%2541"],
    ["/a?b", "file:///a%3Fb"],
    ["/a\nb", "file:///a%0Ab"],
  ])("of %j is %s", (folder, url) => expect(fileBackendOf(folder)).toBe(url));

  test("leads back to the folder, and is one that Pulumi reads", () => {
    const names = fc.array(
      fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map((text) => text.replace(/[/\0]/g, "x")),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(names, (segments) => {
        const folder = join("/", ...segments.filter((name) => name !== ".."));
        const url = fileBackendOf(folder);
        expect(backendFolder(url)).toBe(folder.length > 1 ? folder.replace(/\/$/, "") : folder);
        expect(() => checkBackend(url, "PULUMI_BACKEND_URL")).not.toThrow();
      }),
    );
  });
});

describe("a backend that the user chose", () => {
  test.each([
    ...[
      "file:///state",
      "file://~",
      "file://~/state",
      "file://.",
      "file://./state",
      "file://state/a b",
      "file:///a%23b?no_tmp_dir=true",
    ],
    ...[
      "s3://bucket",
      "s3://bucket/path?region=eu-central-1&profile=a",
      "gs://bucket",
      "azblob://box?storage_account=a",
    ],
    ...["https://api.pulumi.com", "http://localhost:8080/path"],
  ])("%s is taken", (url) => expect(() => checkBackend(url, "PULUMI_BACKEND_URL")).not.toThrow());

  test.each([
    ["file:///a#b", "a URL with %25, %23 and %3F for %, # and ? of the path"],
    ["file:///100%", "a URL with %25, %23 and %3F for %, # and ? of the path"],
    ["file:///a%zzb", "a URL with %25, %23 and %3F for %, # and ? of the path"],
    ["file:///a%ffb", "a URL with %25, %23 and %3F for %, # and ? of the path"],
    ["file://my folder/x", "file:// and an absolute path"],
    ["file://a:b/x", "file:// and an absolute path"],
    ["file://100%25/x", "file:// and an absolute path"],
    ...[
      "/home/me/state",
      "home",
      "~",
      "file:/state",
      "FILE:///state",
      " file:///state",
      "https://",
      "ftp://host/a",
    ].map((url) => [url, "a URL that starts with file://, s3://, gs://, azblob:// or https://"]),
    ["file:///a\nb", "a URL that starts with file://, s3://, gs://, azblob:// or https://"],
  ])("%j is refused, because Pulumi would ask for a login at its cloud", (url = "", rule) => {
    const got = JSON.stringify(url);
    expect(() => checkBackend(url, "PULUMI_BACKEND_URL")).toThrow(`PULUMI_BACKEND_URL: expected ${rule}, got ${got}. `);
  });

  test("is a folder only with the scheme file", () => {
    expect(["file:///a", "s3://a", "https://a"].map(isFileBackend)).toEqual([true, false, false]);
  });
});
