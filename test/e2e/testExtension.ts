import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGoGroup, downloadModule } from "../../cli/toolchain/source/goGroup";
import { clusterApiGroup } from "../../cli/toolchain/source/goGroups";
import { must } from "./harness";

const capi = "sigs.k8s.io/cluster-api";
const image = "example.org/test-extension:e2e";

/** Builds the image of Cluster API's own test extension from its Go module, as CAPD's image is built. */
const buildImage = async (version: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-extension-"));
  try {
    const mains = [{ package: `${capi}/test/extension`, output: "test-extension" }];
    await buildGoGroup({ ...clusterApiGroup(version), mains }, folder, () => undefined);
    const dockerfile = 'FROM scratch\nCOPY bin/test-extension /manager\nUSER 65532\nENTRYPOINT ["/manager"]\n';
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    must("docker", ["build", "--quiet", "--tag", image, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Writes the extension's manifest with its registration, from the configuration in its Go module. */
const writeManifest = async (version: string, path: string): Promise<void> => {
  const { Dir } = await downloadModule(`${capi}/test@v${version}`, () => undefined);
  const config = join(Dir, "extension/config");
  const components = must("kubectl", ["kustomize", join(config, "default")]);
  const registration = must("cat", [join(config, "tilt/extensionconfig.yaml")]);
  const local = components
    .replace(/image: \S*test-extension:\S*/, `image: ${image}`)
    .replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent");
  writeFileSync(path, `${local}---\n${registration}`);
};

/** Builds the test extension, and returns the path of its manifest in a folder. */
export const buildTestExtension = async (version: string, folder: string): Promise<string> => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "runtime-extension-components.yaml");
  await buildImage(version);
  await writeManifest(version, path);
  return path;
};
