// Step of `capdImageSource: build`. It compiles the manager of Cluster API's Docker provider from the Go module of
// CLUSTER_API_VERSION, builds the image IMAGE, and prints the image's id. After the first build, Go's caches are used.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../system/exec";
import { buildGoGroup } from "./goGroup";
import { clusterApiGroup } from "./goGroups";

const fromEnvironment = (name: string): string => {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name}: expected a value in the environment of steps/capd-build, got nothing. Run make up with capdImageSource build.`,
    );
  return value;
};

const main = async (): Promise<void> => {
  const image = fromEnvironment("IMAGE");
  const group = clusterApiGroup(fromEnvironment("CLUSTER_API_VERSION"));
  const folder = mkdtempSync(join(tmpdir(), "slipway-capd-"));
  const log = (text: string): void => void process.stderr.write(text);
  try {
    const mains = group.mains.filter((main) => main.output === "capd-manager");
    await buildGoGroup({ ...group, mains }, folder, log);
    writeFileSync(
      join(folder, "Dockerfile"),
      'FROM scratch\nCOPY bin/capd-manager /manager\nENTRYPOINT ["/manager"]\n',
    );
    log(await run("docker", ["build", "--tag", image, folder], { log }));
    process.stdout.write(await run("docker", ["image", "inspect", "--format", "{{.Id}}", image]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
