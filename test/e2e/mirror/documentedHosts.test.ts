import { describe, expect, test } from "@jest/globals";
import { documentedHosts, hostsIn, isListed } from "./documentedHosts";
import { registryHosts } from "./registries";
import { hosts } from "./server";

describe("the documented hosts", () => {
  test("are the names in backticks, with and without a star, and not settings", () => {
    const text = "`github.com`, `*.pkg.dev` | `cni: flannel`, `capdImageSource: pull`, `go env GOPROXY`";
    expect(hostsIn(text)).toEqual(["github.com", "*.pkg.dev"]);
  });

  test("include each host that the tests of the release route serve", () => {
    const listed = documentedHosts();
    const served = [...Object.keys(hosts), ...Object.keys(registryHosts)];
    expect(served.filter((host) => !isListed(host, listed))).toEqual([]);
  });

  test("a star stands for what is before the name, and for nothing else", () => {
    expect(isListed("us-west1-docker.pkg.dev", ["*.pkg.dev"])).toBe(true);
    for (const host of ["pkg.dev", "evilpkg.dev", "pkg.dev.example.org"])
      expect(isListed(host, ["*.pkg.dev"])).toBe(false);
  });
});
