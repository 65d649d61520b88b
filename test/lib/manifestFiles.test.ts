import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readManifest } from "../../lib/manifestFiles";
import { crdFile } from "../../lib/paths";

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
  await expect(readManifest(source)).rejects.toThrow(/^cniManifest .*manifests\.lock\.json/);
});
