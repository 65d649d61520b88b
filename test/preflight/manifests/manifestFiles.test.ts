import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

test("CRDs become files known by their sums, everything else stays an object", async () => {
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

test("a manifest that is no template is taken as it is", async () => {
  writeFileSync("m.yaml", pod.replace("${NAME:=p}", "'${x}'"));
  const { objects } = await readManifest({ name: "m", setting: "cniManifest", location: "m.yaml" });
  expect(objects[0]?.metadata.name).toBe("${x}");
});

test("a changed file is refused by the name of its setting", async () => {
  writeFileSync("m.yaml", crd);
  const source = { name: "m", setting: "cniManifest", location: "m.yaml" };
  await readManifest(source);
  expect(existsSync("manifests.lock.json")).toBe(true);
  writeFileSync("m.yaml", `${crd}# changed\n`);
  await expect(readManifest(source)).rejects.toThrow(/^cniManifest: .*manifests\.lock\.json/);
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
      rmSync("manifests.lock.json", { force: true });
      writeFileSync("m.yaml", `${crd}---\n${toYaml(wrap(object))}`);
      for (const more of [{}, { variables: {}, secrets: {} }]) {
        const read = readManifest({ name: "m", setting: "manifests", location: "m.yaml", ...more });
        // A text that is not a template is refused as one.
        await read.catch(() => undefined);
      }
      const files = readdirSync(".slipway", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = files.map((entry) => join(entry.parentPath, entry.name));
      const content = [...paths, "manifests.lock.json"].map((file) => readFileSync(file, "utf8")).join("\n");
      for (const needle of needlesIn(values)) expect(content.includes(needle)).toBe(false);
      for (const file of paths) expect(statSync(file).mode & 0o077).toBe(0);
      expect(statSync(".slipway").mode & 0o077).toBe(0);
    }),
    { numRuns: 50 },
  );
});
