import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { crdFile } from "../../../lib/base/paths";
import { toYaml } from "../../../lib/kubernetes/yaml";
import { readManifest } from "../../../preflight/manifests/read";
import { needlesIn, secretDocument, wrappings } from "../../helpers/secretDocuments";

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-files-"));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.org}\n";
const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: ${NAME:=p}}\n";

test("writes CRDs to files named by their checksums and keeps other objects", async () => {
  writeFileSync("m.yaml", `${crd}---\n${pod}`);
  const manifest = await readManifest({
    name: "m",
    setting: "coreManifest",
    location: "m.yaml",
    variables: {},
    providerLabel: "l",
  });
  expect(manifest.objects.map(({ metadata }) => metadata)).toEqual([
    { name: "p", labels: { "clusterctl.cluster.x-k8s.io": "", "cluster.x-k8s.io/provider": "l" } },
  ]);
  const [row] = manifest.crds;
  expect(manifest.crds).toEqual([{ name: "as.example.org", sha256: expect.any(String) }]);
  const text = readFileSync(crdFile(row?.sha256 ?? ""), "utf8");
  expect(createHash("sha256").update(text).digest("hex")).toBe(row?.sha256);
  expect(text).toContain('"cluster.x-k8s.io/provider":"l"');
});

test("leaves a manifest that is not a template unchanged", async () => {
  writeFileSync("m.yaml", pod.replace("${NAME:=p}", "'${x}'"));
  const { objects } = await readManifest({ name: "m", setting: "cniManifest", location: "m.yaml" });
  expect(objects[0]?.metadata.name).toBe("${x}");
});

test.each([".tools/manifests/m.yaml", "./.tools/manifests/m.yaml"])(
  "a changed file of make tools, %s, is refused by the name of its setting",
  async (location) => {
    mkdirSync(".tools/manifests", { recursive: true });
    writeFileSync(location, crd);
    const source = { name: "m", setting: "cniManifest", location };
    await readManifest(source);
    expect(existsSync("manifests.lock.json")).toBe(true);
    writeFileSync(location, `${crd}# changed\n`);
    await expect(readManifest(source)).rejects.toThrow(/^cniManifest: .*manifests\.lock\.json/);
  },
);

test.each(["m.yaml", ".tools/mine.yaml", "tools/manifests/m.yaml", "../.tools/manifests/m.yaml"])(
  "a user's file %s may change, and no checksum of it is kept",
  async (path) => {
    mkdirSync("work");
    process.chdir("work");
    mkdirSync(join(path, ".."), { recursive: true });
    for (const setting of ["manifests", "cniManifest", "coreManifest"]) {
      for (const data of ["a", "b"]) {
        writeFileSync(path, toYaml({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { data } }));
        const { objects } = await readManifest({ name: "m", setting, location: path });
        expect(objects[0]?.["data"]).toEqual({ data });
      }
    }
    expect(existsSync("manifests.lock.json")).toBe(false);
  },
);

test("entries of users' files that an earlier version locked are dropped without an error", async () => {
  const kept = { ".tools/manifests/calico.yaml": "1".repeat(64), "https://example.org/a.yaml": "2".repeat(64) };
  const old = { "m.yaml": "3".repeat(64), "/home/me/other.yaml": "4".repeat(64) };
  writeFileSync("manifests.lock.json", JSON.stringify({ ...kept, ...old }));
  writeFileSync("m.yaml", crd);
  await readManifest({ name: "m", setting: "manifests", location: "m.yaml" });
  expect(JSON.parse(readFileSync("manifests.lock.json", "utf8"))).toEqual(kept);
});

test("a lock file that cannot be read does not stop a user's file", async () => {
  writeFileSync("manifests.lock.json", "{");
  writeFileSync("m.yaml", crd);
  await expect(readManifest({ name: "m", setting: "manifests", location: "m.yaml" })).resolves.toMatchObject({
    name: "m",
  });
});

test("two settings may name equal files, and each place has its own name", async () => {
  writeFileSync("a.yaml", crd);
  writeFileSync("b.yaml", crd);
  const places = await Promise.all(
    ["a.yaml", "b.yaml"].map(async (location) => {
      const { placed } = await readManifest({ name: location, setting: "manifests", location });
      return placed?.map(({ place }) => place);
    }),
  );
  expect(places).toEqual([["document 1 of manifests a.yaml"], ["document 1 of manifests b.yaml"]]);
});

test.each([
  ["a: [", {}, /^cniManifest m\.yaml, line 2, column 1: expected YAML that parses, got unexpected end/],
  ["a: [", undefined, /^cniManifest m\.yaml, line 2, column 1: expected YAML that parses, got unexpected end/],
  ["a: ${B}", {}, /^cniManifest m\.yaml: expected .*B/],
])("%j says which setting and which file", async (text, variables, expected) => {
  writeFileSync("m.yaml", text);
  await expect(readManifest({ name: "m", setting: "cniManifest", location: "m.yaml", variables })).rejects.toThrow(
    expected,
  );
});

test("no file of the state folder holds a value of a Secret, and all are closed to other users", async () => {
  await fc.assert(
    fc.asyncProperty(secretDocument, fc.constantFrom(...Object.values(wrappings)), async ({ object, values }, wrap) => {
      writeFileSync("m.yaml", `${crd}---\n${toYaml(wrap(object))}`);
      for (const more of [{}, { variables: {}, secrets: {} }]) {
        const read = readManifest({ name: "m", setting: "manifests", location: "m.yaml", ...more });
        // A text that is not a template is refused as one.
        await read.catch(() => undefined);
      }
      const files = readdirSync(".slipway", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = files.map((entry) => join(entry.parentPath, entry.name));
      const content = paths.map((file) => readFileSync(file, "utf8")).join("\n");
      for (const needle of needlesIn(values)) expect(content.includes(needle)).toBe(false);
      for (const file of paths) expect(statSync(file).mode & 0o077).toBe(0);
      expect(statSync(".slipway").mode & 0o077).toBe(0);
    }),
    { numRuns: 50 },
  );
});
