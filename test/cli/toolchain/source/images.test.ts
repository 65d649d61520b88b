import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { orderByNeeds } from "../../../../cli/toolchain/build/artifact";
import { sourceArtifacts } from "../../../../cli/toolchain/source/artifacts";
import { lacksSysResource, withRuntime } from "../../../../cli/toolchain/source/docker";
import { debianMirror } from "../../../../cli/toolchain/source/images/apt";
import { imageNames } from "../../../../cli/toolchain/source/images/names";
import { keyOf, ourFile } from "../../../../cli/toolchain/source/images/recipe";
import { asReleased, imagesIn, inOrder } from "../../../../cli/toolchain/source/manifests";
import { pins } from "../../../../lib/versions/pins";
import { root } from "../../../../system/checkout";

const inFolder = (work: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-images-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

describe("the mirror of Debian", () => {
  const deb822 = `Types: deb
# http://elsewhere.example/debian
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
`;

  test("is found in deb822 files, with the security archive, and not among other vendors' lists", () => {
    const other = "deb [signed-by=/x.gpg] https://vendor.example/apt sdk-bookworm main\n";
    expect(debianMirror({ "a.list": other, "debian.sources": deb822 }, ["bookworm"])).toEqual({
      main: "http://mirror.example/debian",
      security: "http://mirror.example/security",
    });
  });

  test("is found in classic lists, past options and comments", () => {
    const text =
      "# deb http://no.example/debian bookworm main\ndeb-src http://no.example/debian bookworm main\n" +
      "deb [arch=amd64 trusted=yes] http://yes.example/debian bookworm main contrib # here\n" +
      "deb cdrom:[Debian]/ bookworm main\n";
    expect(debianMirror({ "sources.list": text }, ["bookworm"])).toEqual({ main: "http://yes.example/debian" });
  });

  test("is the machine's own release's where the wanted one is not configured, for a mirror has all", () => {
    const text = "deb http://yes.example/debian trixie main\ndeb http://yes.example/s trixie-security main\n";
    expect(debianMirror({ "sources.list": text }, ["bookworm", "trixie"])).toEqual({
      main: "http://yes.example/debian",
      security: "http://yes.example/s",
    });
    expect(debianMirror({ "sources.list": text }, ["bookworm"])).toBeUndefined();
  });

  test("a source that is switched off, or has no main, is none", () => {
    expect(debianMirror({ "debian.sources": deb822 }, ["trixie"])).toBeUndefined();
    expect(debianMirror({ "x.list": "deb http://x.example/debian bookworm contrib" }, ["bookworm"])).toBeUndefined();
  });
});

describe("Docker's runtime", () => {
  test("CAP_SYS_RESOURCE is bit 24 of the bounding set", () => {
    expect(lacksSysResource("CapEff:\t0\nCapBnd:\t000001fffeffffff\n")).toBe(true);
    expect(lacksSysResource("CapBnd:\t000001ffffffffff\n")).toBe(false);
    expect(lacksSysResource("Name:\tnode\n")).toBe(false);
  });

  test("the user's daemon.json is kept, and so is the default runtime chosen there", () => {
    const parse = (text: string): unknown => JSON.parse(withRuntime(text));
    const runtimes = { "slipway-runc": { path: "/usr/local/lib/slipway/runc" } };
    expect(parse("")).toEqual({ runtimes, "default-runtime": "slipway-runc" });
    const mine = { debug: true, runtimes: { mine: { path: "/m" } }, "default-runtime": "mine" };
    expect(parse(JSON.stringify(mine))).toEqual({ ...mine, runtimes: { ...mine.runtimes, ...runtimes } });
    expect(withRuntime(withRuntime(""))).toBe(withRuntime(""));
    expect(() => withRuntime("{")).toThrow();
  });

  (has("jq") ? test : test.skip)("the wrapper takes the capability and negative OOM scores out, then runs runc", () => {
    inFolder((folder) => {
      writeFileSync(join(folder, "runc"), '#!/bin/sh\necho "real $*"\n');
      chmodSync(join(folder, "runc"), 0o755);
      const wrapped = (...args: string[]): string => {
        const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
        const script = ourFile("runc-without-sys-resource.sh");
        return spawnSync("sh", [script, ...args], { env, encoding: "utf8" }).stdout;
      };
      const capabilities = { bounding: ["CAP_KILL", "CAP_SYS_RESOURCE"], effective: ["CAP_SYS_RESOURCE"] };
      const config = join(folder, "config.json");
      writeFileSync(config, JSON.stringify({ process: { capabilities, oomScoreAdj: -500, args: ["x"] } }));
      expect(wrapped("--root", "/r", "create", "--bundle", folder, "id")).toBe(
        `real --root /r create --bundle ${folder} id\n`,
      );
      const expected = { capabilities: { bounding: ["CAP_KILL"], effective: [] }, oomScoreAdj: 0, args: ["x"] };
      expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({ process: expected });

      const file = join(folder, "process.json");
      writeFileSync(file, JSON.stringify({ capabilities, oomScoreAdj: 100 }));
      wrapped("exec", `--process=${file}`, "id");
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ capabilities: expected.capabilities, oomScoreAdj: 100 });
      expect(wrapped("delete", "--force", "id")).toBe("real delete --force id\n");
      expect(readdirSync(folder).sort()).toEqual(["config.json", "process.json", "runc"]);
    });
  });
});

describe("the artifacts", () => {
  const artifacts = sourceArtifacts();

  test("form an order, each once, with keys of their own", () => {
    expect(orderByNeeds(artifacts)).toHaveLength(artifacts.length);
    expect(new Set(artifacts.map(({ key }) => key)).size).toBe(artifacts.length);
    expect(sourceArtifacts().map(({ key }) => key)).toEqual(artifacts.map(({ key }) => key));
  });

  test("make every image that has a name", () => {
    const titles = artifacts.map(({ title }) => title);
    for (const name of Object.values(imageNames)) expect(titles).toContain(`Image ${name}`);
  });

  test("that wait for the network need no compile, so that they run beside one", () => {
    const ordered = orderByNeeds(artifacts).map(({ name }) => name);
    const firstGo = ordered.findIndex((name) => name.startsWith("go-"));
    for (const name of ["debian-rootfs", "docker", "image-haproxy", "image-nginx", "image-node-base"]) {
      expect(ordered.indexOf(name)).toBeLessThan(firstGo);
    }
  });

  test("have another key when anything they are made of has", () => {
    expect(keyOf("a", ["b"])).not.toBe(keyOf("a", ["c"]));
    expect(keyOf("a", ["b"])).toBe(keyOf("a", ["b"]));
  });
});

describe("manifests", () => {
  const image = "registry.k8s.io/cluster-api/x:v1.0.0";
  const built = `        - --a=\${A:=b}\n        image: gcr.io/k8s-staging-cluster-api/x:main\n        imagePullPolicy: Always\n`;

  test("get the released image and pull policy, and keep their variables", () => {
    expect(asReleased(built, image)).toBe(
      `        - --a=\${A:=b}\n        image: ${image}\n        imagePullPolicy: IfNotPresent\n`,
    );
  });

  test("are refused without the image to replace", () => {
    const other = "        image: example.org/other:main\n";
    expect(() => asReleased(other, image)).toThrow("got example.org/other:main");
  });

  test("name images in plain, quoted and list form, and schemas of CRDs name none", () => {
    const text = `  image: a/b:1\n  - image: "c.d/e:v2"\n  image:\n    type: string\n  image: a/b:1\n`;
    expect(imagesIn(text)).toEqual(["a/b:1", "c.d/e:v2"]);
  });

  test("of a chart begin with the namespace and the CRDs", () => {
    const rendered = "---\nkind: Deployment\nname: d\n---\n# Source: c\nkind: CustomResourceDefinition\nname: c\n";
    const expected = ["apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n", "# Source: c\nkind: CustomResourceDefinition\nname: c", "kind: Deployment\nname: d\n"]; // prettier-ignore
    expect(inOrder(rendered, "n")).toBe(expected.join("\n---\n"));
  });
});

describe("the stand-in for kindnet", () => {
  interface StandIn {
    spec: { template: { spec: { initContainers: [{ command: string[] }] } } };
  }
  const text = readFileSync(ourFile("default-cni.yaml"), "utf8");

  test("asks kind to fill in the subnet, and says what it is", () => {
    expect(text).toContain("would you kindly template this file");
    expect(text).toContain("{{ .PodSubnet }}");
    expect(text).toContain("name: kindnet-stand-in");
    expect(["KUBE_PROXY_IMAGE", "PAUSE_IMAGE"].every((name) => text.includes(name))).toBe(true);
  });

  test.each([
    ["10.244.0.0/16", [[{ subnet: "10.244.0.0/16" }]], ["0.0.0.0/0"]],
    ["10.244.0.0/16,fd00::/56", [[{ subnet: "10.244.0.0/16" }], [{ subnet: "fd00::/56" }]], ["0.0.0.0/0", "::/0"]],
  ])("writes a configuration for %s", (subnet, ranges, routes) => {
    inFolder((folder) => {
      const script = (load(text) as StandIn).spec.template.spec.initContainers[0].command[2]!;
      const here = script.replaceAll("/net.d/", `${folder}/`);
      const { status } = spawnSync("sh", ["-euc", here], { env: { ...process.env, POD_SUBNET: subnet } });
      expect(status).toBe(0);
      const written = readFileSync(join(folder, "10-kindnet-stand-in.conflist"), "utf8");
      const config = JSON.parse(written) as { plugins: [{ type: string; ipam: { ranges: unknown; routes: unknown } }] };
      expect(config.plugins[0].type).toBe("ptp");
      expect(config.plugins[0].ipam.ranges).toEqual(ranges);
      expect(config.plugins[0].ipam.routes).toEqual(routes.map((dst) => ({ dst })));
      expect(readdirSync(folder)).toEqual(["10-kindnet-stand-in.conflist"]);
    });
  });
});

test("no file of the images names a package mirror", () => {
  const files = ["cli/toolchain/source/files", "cli/toolchain/source/images"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  for (const file of files.filter((one) => existsSync(one))) {
    expect(readFileSync(file, "utf8")).not.toMatch(/deb\.debian\.org|proxy\.golang\.org|registry\.npmjs\.org/);
  }
  expect(imageNames.node).toBe(`kindest/node:v${pins.source.kubernetes}`);
});
